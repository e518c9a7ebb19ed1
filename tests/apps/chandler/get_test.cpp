// chandler get, with the sandbox as the only provider.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "command_line.h"

namespace chandler::cli {
namespace {

namespace fs = std::filesystem;

class Get : public CommandLine {
 protected:
  Get() {
    write("chandler.json",
          R"({"selection": [{"class": "crypto", "providers": ["sandbox"]},
                            {"class": "stock", "providers": ["sandbox"]}]})");
  }
  ProcessResult with_faults(std::vector<std::string> words, const std::string& faults) const {
    ProcessOptions options;
    options.environment["CHANDLER_SANDBOX_FAULTS"] = faults;
    return run(std::move(words), std::move(options));
  }
  [[nodiscard]] std::size_t runs() const {
    const fs::path place = cache("_metadata/runs");
    if (!fs::exists(place)) return 0;
    const fs::directory_iterator files{place};
    return static_cast<std::size_t>(std::count_if(begin(files), end(files), [](const auto& entry) {
      return entry.path().extension() == ".json";
    }));
  }
};

std::vector<std::string> words_of(const char* verb, std::vector<std::string> more = {}) {
  std::vector<std::string> words{verb,         "BTCUSDT", "1h",        "--from",
                                 "2024-01-01", "--to",    "2024-02-01"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(Get, GivesTheBarsWhereNoReportCanBeKept) {
  write("cache/_metadata", "no folder");

  const ProcessResult got = run(words_of("get"));

  EXPECT_EQ(got.exit_code, 0) << got.err;
  EXPECT_EQ(lines_in(got.out), 1 + 31U * 24);
  EXPECT_NE(got.err.find("the report was not kept: _metadata: is a file"), std::string::npos)
      << got.err;
}

TEST_F(Get, PrintsWhatFetchAndReadWould) {
  const ProcessResult got = run(words_of("get"));

  EXPECT_EQ(got.exit_code, 0) << got.err;
  EXPECT_EQ(got.err, "");
  EXPECT_EQ(lines_in(got.out), 1 + 31U * 24);
  EXPECT_EQ(got.out, run(words_of("read")).out);
  ASSERT_EQ(run({"fetch", "BTCUSDT", "-t", "1h", "--from", "2024-01-01", "--to", "2024-02-01",
                 "--cache", "other"})
                .exit_code,
            0);
  EXPECT_EQ(got.out, run(words_of("read", {"--cache", "other"})).out);
}

TEST_F(Get, AsksNobodyTwice) {
  const ProcessResult first = run(words_of("get"));
  const auto content = cache_content();
  EXPECT_EQ(runs(), 1U);

  const ProcessResult second = with_faults(words_of("get"), "fail_every=1");

  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.out, first.out);
  EXPECT_EQ(cache_content(), content);
}

TEST_F(Get, HasTheFormsOfRead) {
  ASSERT_EQ(run(words_of("get")).exit_code, 0);
  for (const std::vector<std::string>& form : {std::vector<std::string>{"--json"},
                                               {"--format", "json"},
                                               {"--format", "arrow"},
                                               {"--columns", "close,volume"},
                                               {"--json", "--columns", "turnover"}}) {
    const ProcessResult got = run(words_of("get", form));
    EXPECT_EQ(got.exit_code, 0) << got.err;
    EXPECT_EQ(got.out, run(words_of("read", form)).out) << form.back();
  }
  EXPECT_EQ(run(words_of("get", {"--columns", "vwap"})).exit_code, 1);
  EXPECT_EQ(run(words_of("get", {"--json", "--format", "csv"})).exit_code, 2);
}

TEST_F(Get, TheLastBarsOfAStockPassOverTheWeekend) {
  const ProcessResult got =
      run({"get", "AAPL", "1d", "--last", "2", "--to", "2024-01-09", "--columns", "close"});

  EXPECT_EQ(got.exit_code, 0) << got.err;
  EXPECT_EQ(lines_in(got.out), 3U);
  EXPECT_NE(got.out.find("\n2024-01-05 00:00:00,"), std::string::npos) << got.out;
  EXPECT_NE(got.out.find("\n2024-01-08 00:00:00,"), std::string::npos) << got.out;
}

// 20 days of minutes are three pages, of which the second fails.
TEST_F(Get, PrintsWhatIsThereWhenAPartCannotBeHad) {
  const std::vector<std::string> words{"get",        "BTCUSDT", "1m",        "--from",
                                       "2024-03-01", "--to",    "2024-03-21"};
  const ProcessResult got = with_faults(words, "fail_every=2");

  EXPECT_EQ(got.exit_code, 1);
  EXPECT_EQ(lines_in(got.out), 1 + 10'000U);
  EXPECT_NE(got.err.find("chandler: BTCUSDT 1m: failed on purpose"), std::string::npos) << got.err;

  std::vector<std::string> as_json = words;
  as_json.emplace_back("--json");
  const ProcessResult document = with_faults(as_json, "fail_every=1");
  EXPECT_EQ(document.exit_code, 1);
  const Json parsed = Json::parse(document.out, nullptr, false);
  ASSERT_FALSE(parsed.is_discarded());
  EXPECT_EQ(parsed["ok"], false);
  EXPECT_EQ(parsed["error"]["kind"], "unavailable");
  EXPECT_EQ(parsed["bars"].size(), 10'000U);
}

TEST_F(Get, ExitsWithFourWhenNothingCanBeHad) {
  const ProcessResult got = with_faults(words_of("get"), "fail_every=1");
  EXPECT_EQ(got.exit_code, 4);
  EXPECT_EQ(got.out, "");
  EXPECT_EQ(lines_in(got.err), 1U) << got.err;

  const ProcessResult document = with_faults(words_of("get", {"--json"}), "fail_every=1");
  EXPECT_EQ(document.exit_code, 4);
  EXPECT_EQ(Json::parse(document.out)["error"]["kind"], "unavailable");
  EXPECT_EQ(run(words_of("get", {"--offline", "--cache", "nowhere"})).exit_code, 4);
  EXPECT_FALSE(fs::exists(path("nowhere")));
}

TEST_F(Get, OfflineAsksNobody) {
  const ProcessResult first = run(words_of("get"));
  const auto content = cache_content();

  EXPECT_EQ(run(words_of("get", {"--offline"})).out, first.out);
  const ProcessResult more =
      run({"get", "BTCUSDT", "1h", "--from", "2024-01-01", "--to", "2024-02-02", "--offline"});

  EXPECT_EQ(more.exit_code, 1);
  EXPECT_EQ(more.out, first.out);
  EXPECT_EQ(more.err,
            "chandler: BTCUSDT 1h: 24 bars are not in the cache, from 2024-02-01 00:00:00 on, and "
            "nobody is asked offline\n");
  EXPECT_EQ(cache_content(), content);
}

TEST_F(Get, WithoutARangeTopsUpWhatIsThere) {
  const ProcessResult nothing = run({"get", "BTCUSDT", "1d"});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_NE(nothing.err.find("it is not said where to begin"), std::string::npos) << nothing.err;
  ASSERT_EQ(run({"get", "BTCUSDT", "1d", "--from", "-10d", "--to", "-5d"}).exit_code, 0);

  const ProcessResult all = run({"get", "BTCUSDT", "1d"});

  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_GE(lines_in(all.out), 1 + 9U);
  EXPECT_EQ(all.out, run({"read", "BTCUSDT", "1d"}).out);
}

TEST_F(Get, MistakesAreTold) {
  for (const auto& [more, says] :
       {std::pair<std::vector<std::string>, const char*>{{"--last", "0"}, "--last"},
        {{"--last", "3"}, "exclude each other"},
        {{"--format", "xml"}, "write csv, json or arrow"},
        {{"--columns", "clothes"}, "is not a column"},
        {{"--provider", "sandbocks"}, "did you mean \"sandbox\"?"}}) {
    const ProcessResult got = run(words_of("get", more));
    EXPECT_EQ(got.exit_code, 2) << says;
    EXPECT_EQ(got.out, "");
    EXPECT_NE(got.err.find(says), std::string::npos) << got.err;
  }
  write("file", "x");
  EXPECT_EQ(run(words_of("get", {"--cache", "file"})).exit_code, 2);
  EXPECT_FALSE(fs::exists(cache()));
}

TEST_F(Get, ACacheThatCannotBeWrittenIsReadAsItIs) {
  const ProcessResult first = run(words_of("get"));
  fs::permissions(path(""), fs::perms{0755});
  for (const auto& entry : fs::recursive_directory_iterator{cache()})
    fs::permissions(entry, fs::perms{entry.is_directory() ? 0555U : 0444U});
  fs::permissions(cache(), fs::perms{0555});
  if (!run_as_somebody({"--version"})) GTEST_SKIP() << "only root can start the program here";

  const ProcessResult held = *run_as_somebody(words_of("get"));
  const ProcessResult more =
      *run_as_somebody({"get", "BTCUSDT", "1h", "--from", "2024-01-01", "--to", "2024-03-01"});
  const ProcessResult nothing = *run_as_somebody({"get", "ETHUSDT", "1h", "--from", "2024-01-01"});
  fs::permissions(cache(), fs::perms{0755});
  for (const auto& entry : fs::recursive_directory_iterator{cache()})
    fs::permissions(entry, fs::perms{entry.is_directory() ? 0755U : 0644U});

  EXPECT_EQ(held.exit_code, 0) << held.err;
  EXPECT_EQ(held.out, first.out);
  EXPECT_EQ(more.exit_code, 1) << more.err;
  EXPECT_EQ(more.out, first.out);
  EXPECT_EQ(lines_in(more.err), 1U) << more.err;
  EXPECT_EQ(nothing.exit_code, 2) << nothing.err;
}

}  // namespace
}  // namespace chandler::cli
