// Names from outside: whatever a symbol, a provider, a plugin or a job is called, nothing is read or
// written where it should not be. And what is written has the modes the user wants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "command_line.h"

namespace chandler::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Names : public CommandLine {
 protected:
  // Everything in the test's folder that does not lie in the cache.
  [[nodiscard]] std::set<std::string> outside() const {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(path(""))) {
      const std::string name = fs::relative(entry.path(), path("")).string();
      if (name != "cache" && !name.starts_with("cache/")) names.insert(name);
    }
    return names;
  }
  [[nodiscard]] std::set<std::string> symbol_folders() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(cache()))
      names.insert(entry.path().filename().string());
    return names;
  }
};

TEST_F(Names, OfSymbolsNeverLeaveTheCache) {
  const std::string file = write("bars.csv", bars_csv("2024-01-01", 3600, 10));
  const std::vector<std::string> symbols = {
      "../x",     "/etc/passwd", "..",   ".",       "../../../../tmp/x", "a/../../b",  "_metadata",
      ".hidden",  "CON",         "a\nb", "\x1b[2J", "%2e%2e%2fx",        "..%2f..%2f", "x/",
      "\xff\xfe", "~/x",         "$HOME"};
  const auto before = outside();
  for (const std::string& symbol : symbols) {
    const ProcessResult imported =
        run({"import", file, "--symbol", "crypto:" + symbol, "--timeframe", "1h"});
    EXPECT_EQ(imported.exit_code, 0) << symbol << imported.err;
    const ProcessResult read = run({"read", symbol, "1h"});
    EXPECT_EQ(read.exit_code, 0) << symbol << read.err;
    EXPECT_EQ((imported.out + imported.err).find('\x1b'), std::string::npos);
    EXPECT_EQ(run({"export", symbol, "1h", "--out", "cache/../cache/BTCUSDT"}).exit_code, 2);
    EXPECT_EQ(run({"status", symbol}).exit_code, 0) << symbol;
  }
  EXPECT_EQ(outside(), before);
  for (const std::string& name : symbol_folders()) {
    if (name == "_metadata") continue;
    EXPECT_NE(name.front(), '.') << name;
    EXPECT_NE(name.front(), '_') << name;
    EXPECT_EQ(name.find_first_of("/\\\n\x1b$~"), std::string::npos) << name;
  }
  // The folder of summaries is nobody's symbol.
  EXPECT_FALSE(fs::exists(cache("_metadata/1h")));
  for (const std::string& symbol : symbols) {
    EXPECT_EQ(run({"rm", symbol, "--yes"}).exit_code, 0) << symbol;
  }
  EXPECT_EQ(outside(), before);
  EXPECT_EQ(symbol_folders(), (std::set<std::string>{"_metadata"}));
}

TEST_F(Names, OfSymbolsThatAreNoneAreWrongUsage) {
  const std::string file = write("bars.csv", bars_csv("2024-01-01", 3600, 10));
  for (const std::string& symbol : {std::string(), std::string(66, 'A')}) {
    EXPECT_EQ(run({"import", file, "--symbol", symbol, "--timeframe", "1h"}).exit_code, 2);
    EXPECT_EQ(run({"read", symbol, "1h"}).exit_code, 2);
    EXPECT_EQ(run({"rm", symbol, "--yes"}).exit_code, 2);
  }
  EXPECT_FALSE(fs::exists(cache()));
}

TEST_F(Names, ThatAreEmptyNeverMeanAllOfThem) {
  fill("BTCUSDT", "1h", "2024-01-01", 3);
  fill("ETHUSDT", "1h", "2024-01-01", 3);
  const auto before = cache_content();
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"rm", "", "--yes"},
        {"rm", "BTCUSDT", "", "--yes"},
        {"prune", "", "--keep-years", "1", "--yes"},
        {"heal", ""},
        {"verify", "", "--repair"},
        {"status", ""},
        {"gaps", "", "1h"},
        {"fetch", "", "-t", "1h", "--from", "2024-01-01"}}) {
    const ProcessResult result = run(words);

    EXPECT_EQ(result.exit_code, 2) << words[0] << result.out << result.err;
    EXPECT_THAT(result.err, HasSubstr("is empty")) << words[0];
  }
  EXPECT_EQ(cache_content(), before);
}

TEST_F(Names, OfProvidersThatAreNoneAreWrongUsage) {
  const std::string file = write("bars.csv", bars_csv("2024-01-01", 3600, 10));
  const auto before = outside();
  for (const char* name : {"../x", "/etc/passwd", "..", "-x", "A", "a b", "a\nb"}) {
    const std::vector<std::string> provider = {std::string("--provider=") + name};
    for (std::vector<std::string> words :
         {std::vector<std::string>{"import", file, "--symbol", "X", "--timeframe", "1h"},
          std::vector<std::string>{"fetch", "X", "-t", "1h", "--from", "2024-01-01"},
          std::vector<std::string>{"select", "X", "-t", "1h"}}) {
      words.insert(words.end(), provider.begin(), provider.end());
      const ProcessResult result = run(words);
      EXPECT_EQ(result.exit_code, 2) << words[0] << ' ' << name << result.err;
    }
    write("chandler.json", "{\"providers\": {\"" +
                               (std::string(name) == "a\nb" ? "a\\nb" : std::string(name)) +
                               "\": {}}}");
    EXPECT_EQ(run({"providers", "list"}).exit_code, 2) << name;
    fs::remove(path("chandler.json"));
  }
  EXPECT_EQ(outside(), before);
  EXPECT_FALSE(fs::exists(cache())) << "exit code 2: nothing was done";
}

TEST_F(Names, OfPluginsThatAreNoneLeaveThePluginOut) {
  for (const char* name : {"../x", "/x", ".x", "X", "", "-x"}) {
    const std::string plugin =
        write("plugins/odd", "#!/bin/sh\necho '{\"protocol\": 1, \"name\": \"" + std::string(name) +
                                 R"(", "classes": ["crypto"], "timeframes": ["1m"]}')" + "\n");
    fs::permissions(plugin, fs::perms::owner_all);

    const ProcessResult result = run({"providers", "list", "--plugin-dir", "plugins"});

    EXPECT_EQ(result.exit_code, 0) << name << result.err;
    EXPECT_THAT(result.err, HasSubstr("plugins/odd")) << name;
    EXPECT_EQ(result.out.find("odd"), std::string::npos);
  }
}

TEST_F(Names, OfJobsThatAreNoneAreWrongUsage) {
  for (const std::string name :
       {"../evil", "/tmp/evil", ".evil", "a/b", "", "a\\nb", "\\u001b[2J"}) {
    write("job.json", R"({"name": ")" + name +
                          R"(", "from": "2024-01-01", "to": "2024-01-02", "series": [{"symbols": )"
                          R"(["BTCUSDT"], "timeframe": "1h", "provider": "sandbox"}]})");
    const auto before = outside();
    const ProcessResult result = run({"run", "job.json"});

    EXPECT_EQ(result.exit_code, 2) << name << result.err;
    EXPECT_EQ(result.err.find('\x1b'), std::string::npos);
    EXPECT_EQ(outside(), before) << name;
  }
  EXPECT_FALSE(fs::exists(cache()));
}

TEST_F(Names, OfFilesToExportToDoNotReachIntoTheCache) {
  fill("BTCUSDT", "1h", "2024-01-01", 3);
  const auto before = cache_content();
  fs::create_directory_symlink(cache("BTCUSDT"), path("link"));
  fs::create_symlink(cache("BTCUSDT/1h/2024.csv.gz"), path("file.csv.gz"));
  for (const char* out : {"cache/x.csv", "link/x.csv", "link/1h/2024.csv.gz", "link",
                          "home/../cache/BTCUSDT/", "cache/BTCUSDT/../../cache/x"}) {
    fs::create_directories(path("home"));
    EXPECT_EQ(run({"export", "BTCUSDT", "1h", "--out", out}).exit_code, 2) << out;
  }
  EXPECT_EQ(run({"export", "BTCUSDT", "1h", "--out", "file.csv.gz"}).exit_code, 2);

  EXPECT_EQ(cache_content(), before);
}

TEST_F(Names, OfWhatIsWrittenHaveTheModesTheUserWants) {
  const std::string job =
      R"({"name": "modes", "from": "2024-01-01", "to": "2024-01-03", "series": )"
      R"([{"symbols": ["BTCUSDT"], "timeframe": "1h", "derive": ["1d"], )"
      R"("provider": "sandbox"}]})";
  write("job.json", job);
  for (const unsigned mask : {0077U, 0027U, 0022U}) {
    fs::remove_all(cache());
    fs::remove_all(path("home"));
    const std::string line = "umask 0" +
                             std::string(mask == 0077U   ? "77"
                                         : mask == 0027U ? "27"
                                                         : "22") +
                             "; \"$0\" run job.json --html page.html && \"$0\" export BTCUSDT 1h "
                             "--out out.csv && \"$0\" select BTCUSDT -t 1h";
    fs::remove(path("page.html"));
    fs::remove(path("out.csv"));
    const ProcessResult result =
        testing::run_process({"sh", "-c", line, program({})[0]}, defaults());
    ASSERT_EQ(result.exit_code, 0) << result.err;

    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path(""))) {
      if (entry.path().filename() == "job.json") continue;
      struct stat facts {};
      ASSERT_EQ(::stat(entry.path().c_str(), &facts), 0);
      EXPECT_EQ(facts.st_mode & mask, 0U) << entry.path() << std::oct << facts.st_mode;
      EXPECT_EQ(facts.st_mode & (S_ISUID | S_ISGID | S_IWOTH), 0U) << entry.path();
      if (S_ISREG(facts.st_mode)) {
        EXPECT_EQ(facts.st_mode & 0111U, 0U) << entry.path();
        ++files;
      }
    }
    EXPECT_GT(files, 6U);
  }
}

}  // namespace
}  // namespace chandler::cli
