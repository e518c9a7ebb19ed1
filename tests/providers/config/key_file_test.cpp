// Keys in a file: who may have it, what is read, and that none of it is ever shown.
#include "config/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>

namespace chandler {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class KeyFileTest : public testing::Test {
 protected:
  KeyFileTest() {
    std::string name = (fs::temp_directory_path() / "chandler_keys_XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) folder_ = name;
  }
  ~KeyFileTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  [[nodiscard]] fs::path write(const fs::path& name, const std::string& text,
                               mode_t mode = 0600) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    EXPECT_EQ(::chmod((folder_ / name).c_str(), mode), 0);
    return folder_ / name;
  }
  [[nodiscard]] Environment environment() const {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(std::string(name));
      if (found == variables.end()) return {};
      return found->second;
    };
  }
  static Error refused(const Result<KeyFile>& keys) {
    EXPECT_FALSE(keys);
    if (keys) return {};
    EXPECT_EQ(keys.error().kind, ErrorKind::usage);
    return keys.error();
  }

  fs::path folder_;
  std::map<std::string, std::string> variables;
};

TEST_F(KeyFileTest, HasALineForEachKey) {
  const auto keys = KeyFile::read(write("keys",
                                        "# keys\n\nALPHA_VANTAGE_API_KEY=k1\r\n"
                                        "  APCA_API_KEY_ID = k2 \n"
                                        "APCA_API_SECRET_KEY=\"k=3 #\"\n"
                                        "LAST='k4'"));

  ASSERT_TRUE(keys) << keys.error().line();
  EXPECT_EQ(keys->key("ALPHA_VANTAGE_API_KEY"), "k1");
  EXPECT_EQ(keys->key("APCA_API_KEY_ID"), "k2");
  EXPECT_EQ(keys->key("APCA_API_SECRET_KEY"), "k=3 #");
  EXPECT_EQ(keys->key("LAST"), "k4");
  EXPECT_EQ(keys->key("NONE"), std::nullopt);
}

TEST_F(KeyFileTest, MustBeOursAlone) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0644U, 0666U, 0777U}) {
    const auto file = write("keys", "A=secret\n", mode);
    const Error error = refused(KeyFile::read(file));
    EXPECT_EQ(
        error.line(),
        file.string() + ": holds keys and others may read or write it; chmod 600 " + file.string())
        << std::oct << mode;
  }
  for (const mode_t mode : {0600U, 0400U}) {
    EXPECT_TRUE(KeyFile::read(write("keys", "A=secret\n", mode))) << std::oct << mode;
    fs::remove(folder_ / "keys");
  }
}

TEST_F(KeyFileTest, OfSomebodyElseIsRefused) {
  const auto file = write("keys", "A=secret\n");
  if (::chown(file.c_str(), 12345, 12345) != 0) GTEST_SKIP() << "only root can give a file away";

  EXPECT_THAT(refused(KeyFile::read(file)).line(), HasSubstr("belongs to somebody else"));
}

TEST_F(KeyFileTest, MustBeARegularFileOfALittleSize) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);

  EXPECT_THAT(refused(KeyFile::read(folder_ / "pipe")).line(), HasSubstr("not a regular file"));
  EXPECT_THAT(refused(KeyFile::read(folder_)).line(), HasSubstr("not a regular file"));
  EXPECT_THAT(refused(KeyFile::read(folder_ / "none")).line(), HasSubstr("No such file"));
  EXPECT_THAT(refused(KeyFile::read(write("keys", std::string(70'000, '#')))).line(),
              HasSubstr("over 64 KiB"));
}

TEST_F(KeyFileTest, ShowsNothingOfALineThatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"secret", "not NAME=value"},
      {"secret secret=1", "not a variable's name"},
      {"=secret", "not a variable's name"},
      {"export A=secret", "not a variable's name"},
      {"A=", "no value"},
      {"A=\"\"", "no value"},
      {"A=secret\x1b[2J", "control characters"},
      {"A=secret\nA=secret2", "comes twice"}};
  for (const auto& [text, what] : cases) {
    const std::string line = refused(parse_key_file("# one\n" + text + "\n", "keys")).line();
    EXPECT_THAT(line, HasSubstr(what));
    EXPECT_THAT(line, HasSubstr(text.find('\n') == std::string::npos ? "keys:2" : "keys:3"));
    EXPECT_THAT(line, Not(HasSubstr("secret")));
  }
}

TEST_F(KeyFileTest, IsFoundWhereTheEnvironmentOrTheConfigurationSayOrAtHome) {
  variables["HOME"] = folder_.string();
  Config config;
  EXPECT_EQ(find_key_file(config, environment())->key("A"), std::nullopt);

  static_cast<void>(write(".config/chandler/keys", "A=home\n"));
  EXPECT_EQ(find_key_file(config, environment())->key("A"), "home");
  config.key_file = write("configured", "A=configured\n");
  EXPECT_EQ(find_key_file(config, environment())->key("A"), "configured");
  variables["CHANDLER_KEY_FILE"] = write("named", "A=named\n").string();
  EXPECT_EQ(find_key_file(config, environment())->key("A"), "named");

  variables["CHANDLER_KEY_FILE"] = (folder_ / "none").string();
  EXPECT_THAT(refused(find_key_file(config, environment())).line(), HasSubstr("none"));
}

TEST_F(KeyFileTest, YieldsToTheEnvironment) {
  variables = {{"A", "environment"}, {"EMPTY", ""}};
  const auto keys = parse_key_file("A=file\nB=file\nEMPTY=file\n", "keys");
  ASSERT_TRUE(keys);

  const Environment found = keys_from(environment(), *keys);

  EXPECT_EQ(found("A"), "environment");
  EXPECT_EQ(found("B"), "file");
  EXPECT_EQ(found("EMPTY"), "file");
  EXPECT_EQ(found("C"), std::nullopt);
}

}  // namespace
}  // namespace chandler
