// chandler fetch, run and heal, against the loopback exchange and the sandbox.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <thread>

#include "chandler/cache.h"
#include "exchange_line.h"

namespace chandler::cli {
namespace {

using testing::Venue;

constexpr const char* kKlines = "/api/v3/klines";

std::vector<std::string> fetch_days(const std::string& from, const std::string& to,
                                    std::vector<std::string> more = {}) {
  std::vector<std::string> words{"fetch", "BTCUSDT", "-t", "1m", "--from", from, "--to", to};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class Fetch : public ExchangeLine {
 protected:
  BarSeries truth(const std::string& from, const std::string& to) const {
    return exchange->truth(Venue::binance, "BTCUSDT", Timeframe::m1,
                           {*parse_exact(from + " 00:00:00"), *parse_exact(to + " 00:00:00")});
  }
  BarSeries kept(const char* symbol = "BTCUSDT", const char* timeframe = "1m") const {
    const auto opened = Cache::open(cache());
    const auto bars = opened->read(symbol, timeframe);
    EXPECT_TRUE(bars) << bars.error().line();
    return bars ? *bars : BarSeries{};
  }
  std::map<std::string, std::string> on_sandbox(const std::string& faults = "") const {
    return {{"CHANDLER_SANDBOX_FAULTS", faults}};
  }
};
using RunJob = Fetch;
using Heal = Fetch;

TEST_F(Fetch, HasTheFieldsOfTheContractAndTheBarsOfTheExchange) {
  const Json document = ask_json(fetch_days("2024-01-01", "2024-01-03", {"--derive", "5m,1h"}));

  EXPECT_EQ(document["ok"], true);
  ASSERT_EQ(document["series"].size(), 3U);
  const Json& source = document["series"][0];
  EXPECT_EQ(source["symbol"], "BTCUSDT");
  EXPECT_EQ(source["timeframe"], "1m");
  EXPECT_EQ(source["provider"], "binance");
  EXPECT_EQ(source["tried"], Json::array({"binance"}));
  EXPECT_EQ(source["rows_fetched"], 2880);
  EXPECT_EQ(source["rows_written"], 2880);
  EXPECT_EQ(source["rejected"], 0);
  EXPECT_EQ(source["gaps"], 0);
  EXPECT_EQ(source["status"], "ok");
  EXPECT_EQ(source["error"], nullptr);
  EXPECT_EQ(source["files"], Json::array({"BTCUSDT/1m/2024.csv.gz"}));
  EXPECT_EQ(document["series"][1]["timeframe"], "5m");
  EXPECT_EQ(document["series"][1]["derived_from"], "1m");
  EXPECT_EQ(document["series"][2]["rows_written"], 48);
  EXPECT_TRUE(identical(kept(), truth("2024-01-01", "2024-01-03")));
}

TEST_F(Fetch, TheSecondTimeAsksForNoBarsAndChangesNoByte) {
  ask_json(fetch_days("2024-01-01", "2024-01-03", {"--derive", "1h"}));
  const std::string data = content_of(cache("BTCUSDT/1m/2024.csv.gz"));
  const std::string metadata = content_of(cache("BTCUSDT/1m/2024.metadata.json"));
  exchange->clear_log();

  const Json document = ask_json(fetch_days("2024-01-01", "2024-01-03", {"--derive", "1h"}));

  EXPECT_TRUE(exchange->log(kKlines).empty());
  EXPECT_EQ(document["series"][0]["status"], "unchanged");
  EXPECT_EQ(content_of(cache("BTCUSDT/1m/2024.csv.gz")), data);
  EXPECT_EQ(content_of(cache("BTCUSDT/1m/2024.metadata.json")), metadata);
}

TEST_F(Fetch, ADryRunShowsThePlanAndDoesNothing) {
  ask_json(fetch_days("2024-01-02", "2024-01-03"));
  exchange->clear_log();
  const auto before = cache_content();

  const Json plan = ask_json(fetch_days("2024-01-01", "2024-01-04", {"--dry-run"}));

  EXPECT_EQ(plan["dry_run"], true);
  const Json& series = plan["series"][0];
  EXPECT_EQ(series["provider"], "binance");
  EXPECT_EQ(series["expected_bars"], 2880);
  EXPECT_EQ(series["requests"], 4);
  EXPECT_EQ(plan["needed_bytes"], 2880 * 48 + (1 << 20));
  EXPECT_GT(plan["free_bytes"], 0);
  ASSERT_EQ(series["ranges"].size(), 2U);
  EXPECT_EQ(series["ranges"][0]["from"], "2024-01-01T00:00:00");
  EXPECT_EQ(series["ranges"][0]["to"], "2024-01-02T00:00:00");
  EXPECT_EQ(series["ranges"][1]["from"], "2024-01-03T00:00:00");
  EXPECT_TRUE(exchange->log().empty());
  EXPECT_EQ(cache_content(), before);
}

TEST_F(Fetch, WhatTheMetadataSaysOfTheProvider) {
  ask_json(fetch_days("2024-01-01", "2024-01-02"));
  const Json metadata = Json::parse(content_of(cache("BTCUSDT/1m/2024.metadata.json")));
  EXPECT_EQ(metadata["data_source"], "binance");
  EXPECT_EQ(metadata["provider_info"]["adjustment"], "raw");
  EXPECT_EQ(metadata["asset_class"], "crypto");
  EXPECT_EQ(metadata["asked"]["from"], "2024-01-01T00:00:00");
  EXPECT_EQ(metadata["asked"]["to"], "2024-01-02T00:00:00");
}

TEST_F(Fetch, AnUnknownSymbolFailsWithOneLineAndFour) {
  const ProcessResult result =
      ask({"fetch", "NOSUCHUSDT", "-t", "1m", "--from", "2024-01-01", "--to", "2024-01-02"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_NE(result.err.find("NOSUCHUSDT"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(cache("NOSUCHUSDT")));
}

TEST_F(Fetch, OneThatFailsDoesNotStopTheOthers) {
  const Json document = ask_json(
      {"fetch", "NOSUCHUSDT", "BTCUSDT", "-t", "1m", "--from", "2024-01-01", "--to", "2024-01-02"},
      1);
  EXPECT_EQ(document["ok"], false);
  ASSERT_EQ(document["series"].size(), 2U);
  EXPECT_EQ(document["series"][0]["status"], "ok");
  EXPECT_EQ(document["series"][1]["status"], "failed");
  EXPECT_TRUE(document["series"][1]["error"].is_string());
  EXPECT_EQ(document["error"]["message"], document["series"][1]["error"]);
}

TEST_F(Fetch, MistakesAreMetWithTwoAndNothingDone) {
  const std::vector<std::vector<std::string>> mistakes = {
      {"fetch", "BTCUSDT", "-t", "7m", "--from", "2024-01-01"},
      {"fetch", "BTCUSDT", "-t", "1m"},
      {"fetch", "BTCUSDT", "-t", "1m", "--from", "2024-01-02", "--to", "2024-01-01"},
      {"fetch", "BTCUSDT", "-t", "1h", "--from", "2024-01-01", "--derive", "1m"},
      {"fetch", "BTCUSDT", "-t", "1m", "--from", "2024-01-01", "--workers", "0"},
      {"run", "absent.json"},
  };
  for (const auto& words : mistakes) {
    const ProcessResult result = ask(words);
    EXPECT_EQ(result.exit_code, 2) << words.back() << ": " << result.err;
    EXPECT_FALSE(std::filesystem::exists(cache()));
  }
  EXPECT_EQ(ask(fetch_days("2024-01-01", "2024-01-02", {"--provider", "binanze"})).exit_code, 2);
  EXPECT_TRUE(exchange->log().empty());
}

TEST_F(Fetch, AProviderThatNobodyKnowsLeavesNothingBehind) {
  write("job.json", R"({"name": "two", "from": "2024-01-01", "to": "2024-01-02",
    "series": [{"symbols": "BTCUSDT", "timeframe": "1m"},
               {"symbols": "AAPL", "timeframe": "1d", "provider": "yaho"}]})");
  const std::vector<std::vector<std::string>> mistakes = {
      fetch_days("2024-01-01", "2024-01-02", {"--provider", "binanze"}),
      fetch_days("2024-01-01", "2024-01-02", {"--provider", "binanze", "--dry-run"}),
      {"run", "job.json"},
      {"run", "job.json", "--dry-run"}};
  for (const auto& words : mistakes) {
    const ProcessResult result = ask(words);
    EXPECT_EQ(result.exit_code, 2) << words.front() << result.err;
    EXPECT_NE(result.err.find("did you mean"), std::string::npos) << result.err;
    EXPECT_FALSE(std::filesystem::exists(cache()));
  }
  EXPECT_TRUE(exchange->log().empty());
}

TEST_F(Fetch, MoreThanTheDiskHoldsIsNotBegun) {
  constexpr std::uint64_t kOfOne = 850'000'000;  // 34 years of minutes
  const std::uint64_t times = std::filesystem::space(path("")).available * 3 / 2 / kOfOne + 1;
  if (times > 26 * 26) GTEST_SKIP() << "the disk is too large to be short of room";
  std::vector<std::string> words{"fetch", "-t",         "1m",         "--from", "1990-01-01",
                                 "--to",  "2024-01-01", "--provider", "sandbox"};
  for (std::uint64_t i = 0; i < times; ++i)
    words.push_back(std::string{static_cast<char>('A' + i / 26), static_cast<char>('A' + i % 26)} +
                    "USDT");
  std::vector<std::string> dry = words;
  dry.emplace_back("--dry-run");

  const Json plan = ask_json(dry, 4);
  EXPECT_EQ(plan["ok"], false);
  EXPECT_EQ(plan["error"]["kind"], "no_space");
  EXPECT_GT(plan["needed_bytes"], plan["free_bytes"]);
  EXPECT_EQ(plan["series"][0]["error"], nullptr);
  const ProcessResult result = ask(words);
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_NE(result.err.find(" MB are needed, "), std::string::npos) << result.err;
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  EXPECT_FALSE(std::filesystem::exists(cache()));
}

TEST_F(Fetch, MetadataOfANewerChandlerAreAFailureOfTheSeriesAlone) {
  const TimeRange hole{*parse_exact("2024-01-01 10:00:00"), *parse_exact("2024-01-01 11:00:00")};
  exchange->misbehave({.kind = FaultKind::holes, .path = kKlines, .range = hole});
  ask_json(fetch_days("2024-01-01", "2024-01-02", {"--derive", "1h"}));
  exchange->behave();
  Json newer = Json::parse(content_of(cache("BTCUSDT/1m/2024.metadata.json")));
  newer["schema_version"] = 2;
  write("cache/BTCUSDT/1m/2024.metadata.json", newer.dump());
  const std::string data = content_of(cache("BTCUSDT/1m/2024.csv.gz"));

  for (const std::vector<std::string>& words :
       {fetch_days("2024-01-01", "2024-01-03"),
        fetch_days("2024-01-01", "2024-01-03", {"--derive", "1h"}),
        {"heal", "BTCUSDT"},
        {"heal", "BTCUSDT", "1m"}}) {
    const Json document = ask_json(words, 1);
    EXPECT_EQ(document["error"]["kind"], "newer_schema") << document;
    EXPECT_EQ(document["series"][0]["status"], "failed");
    EXPECT_EQ(content_of(cache("BTCUSDT/1m/2024.metadata.json")), newer.dump());
    EXPECT_EQ(content_of(cache("BTCUSDT/1m/2024.csv.gz")), data);
  }
  EXPECT_EQ(ask({"fetch", "BTCUSDT", "NOSUCHUSDT", "-t", "1m", "--from", "2024-01-01", "--to",
                 "2024-01-03"})
                .exit_code,
            4);
}

TEST_F(Fetch, AFolderInThePlaceOfAFileIsNamedAndFailsTheOneSeries) {
  for (const std::string name : {"2024.csv.gz", "2024.metadata.json", ".lock"}) {
    std::filesystem::remove_all(cache());
    ask_json(fetch_days("2023-12-30", "2024-01-02"));
    const std::string place = "BTCUSDT/1m/" + name;
    std::filesystem::remove(cache(place));
    std::filesystem::create_directory(cache(place));

    const Json document = ask_json(fetch_days("2023-12-30", "2024-01-03"), 1);

    EXPECT_EQ(document["error"]["kind"], "misplaced") << document;
    EXPECT_EQ(document["series"][0]["error"],
              place + ": is a folder, a file is expected here; move it away");
    EXPECT_EQ(ask(fetch_days("2023-12-30", "2023-12-31")).exit_code, 0) << "the other year is good";
    std::filesystem::remove(cache(place));
    EXPECT_EQ(ask(fetch_days("2023-12-30", "2024-01-03")).exit_code, 0) << name;
    EXPECT_TRUE(identical(kept(), truth("2023-12-30", "2024-01-03")));
  }
}

TEST_F(Fetch, FillsAHoleInAFileWhoseEndIsGood) {
  ask_json(fetch_days("2024-01-01", "2024-01-09"));
  const std::string good = content_of(cache("BTCUSDT/1m/2024.csv.gz"));
  std::string holed = good;
  std::fill_n(holed.begin() + static_cast<std::ptrdiff_t>(holed.size() / 2), 4096, '\0');
  write("cache/BTCUSDT/1m/2024.csv.gz", holed);
  EXPECT_EQ(ask({"verify"}).exit_code, 3);

  const Json document = ask_json(fetch_days("2024-01-01", "2024-01-09"));

  EXPECT_EQ(document["series"][0]["rows_written"], 4096);
  EXPECT_EQ(content_of(cache("BTCUSDT/1m/2024.csv.gz")), good);
  EXPECT_EQ(ask({"verify"}).exit_code, 0);
}

TEST_F(Fetch, SaysThatSummariesAreDamagedAndMakesThemAnew) {
  ask_json(fetch_days("2024-01-01", "2024-01-02"));
  const std::string good = content_of(cache("_metadata/quality_scores.json"));
  write("cache/_metadata/quality_scores.json", good.substr(0, good.size() / 2));
  const std::string said = "warning: _metadata/quality_scores.json: is damaged";

  const ProcessResult read = ask({"status"});
  const ProcessResult written = ask(fetch_days("2024-01-01", "2024-01-02"));

  EXPECT_EQ(read.exit_code, 0);
  EXPECT_NE(read.err.find(said), std::string::npos) << read.err;
  EXPECT_EQ(written.exit_code, 0);
  EXPECT_NE(written.err.find(said), std::string::npos) << written.err;
  EXPECT_EQ(ask({"status"}).err, "");
}

TEST_F(Heal, OfASeriesWithABadYearFillsTheOthersAndNamesIt) {
  const auto fetched = [&](const char* from, const char* to) {
    ask_json({"fetch", "BTCUSDT", "-t", "1d", "--from", from, "--to", to});
  };
  const TimeRange hole{*parse_exact("2024-03-01 00:00:00"), *parse_exact("2024-03-02 00:00:00")};
  exchange->misbehave({.kind = FaultKind::holes, .path = kKlines, .range = hole});
  fetched("2022-01-01", "2022-05-01");
  fetched("2022-06-01", "2024-12-01");
  exchange->behave();
  write("cache/BTCUSDT/1d/2023.csv.gz", "rubbish");

  const Json healed = ask_json({"heal"}, 1);

  ASSERT_EQ(healed["series"].size(), 1U) << healed;
  EXPECT_EQ(healed["series"][0]["rows_written"], 31 + 1);
  EXPECT_EQ(healed["series"][0]["status"], "partial");
  const std::string error = healed["series"][0]["error"];
  EXPECT_NE(error.find("BTCUSDT/1d/2023.csv.gz"), std::string::npos) << error;
  EXPECT_EQ(content_of(cache("BTCUSDT/1d/2023.csv.gz")), "rubbish");
  const ProcessResult again = ask({"heal"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.out.find("before: 0 gaps, 0 bars missing"), std::string::npos) << again.out;
}

TEST_F(Heal, WhatItCannotReadHasFailedAndTheOthersGoOn) {
  const TimeRange hole{*parse_exact("2024-01-01 10:00:00"), *parse_exact("2024-01-01 11:00:00")};
  exchange->misbehave({.kind = FaultKind::holes, .path = kKlines, .range = hole});
  ask_json({"fetch", "BTCUSDT", "ETHUSDT", "-t", "1m", "--from", "2024-01-01", "--to", "2024-01-03",
            "--derive", "1h"});
  exchange->behave();
  const std::string good = content_of(cache("BTCUSDT/1m/2024.csv.gz"));
  write("cache/BTCUSDT/1m/2024.csv.gz", good.substr(0, good.size() / 2));
  std::filesystem::remove(cache("BTCUSDT/1m/2024.metadata.json"));

  const Json plan = ask_json({"heal", "--dry-run"}, 1);
  EXPECT_EQ(plan["ok"], false);
  const Json healed = ask_json({"heal"}, 1);

  EXPECT_EQ(healed["ok"], false);
  EXPECT_EQ(healed["error"]["kind"], "damaged");
  ASSERT_EQ(healed["series"].size(), 3U) << healed;
  EXPECT_EQ(healed["series"][0]["symbol"], "BTCUSDT");
  EXPECT_EQ(healed["series"][0]["status"], "failed");
  EXPECT_NE(healed["series"][0]["error"].get<std::string>().find("`chandler verify --repair`"),
            std::string::npos);
  EXPECT_EQ(healed["series"][1]["symbol"], "ETHUSDT");
  EXPECT_EQ(healed["series"][1]["rows_written"], 60);

  const ProcessResult people = ask({"heal"});
  EXPECT_EQ(people.exit_code, 1);
  EXPECT_NE(people.out.find("1 failed"), std::string::npos) << people.out;
  EXPECT_NE(people.err.find("BTCUSDT/1m/2024.csv.gz"), std::string::npos) << people.err;
  const std::size_t hint = people.err.find("run `chandler verify --repair`");
  ASSERT_NE(hint, std::string::npos) << people.err;
  EXPECT_EQ(people.err.find("run `chandler verify --repair`", hint + 1), std::string::npos);

  write("cache/ETHUSDT/1m/2024.csv.gz", good.substr(0, good.size() / 2));
  std::filesystem::remove(cache("ETHUSDT/1m/2024.metadata.json"));
  EXPECT_EQ(ask_json({"heal"}, 4)["ok"], false);
  EXPECT_EQ(ask_json({"heal", "BTCUSDT", "1h"}, 1)["ok"], false);
}

TEST_F(Heal, BringsBackAYearOfWhichARepairCouldKeepNothing) {
  ask_json(fetch_days("2024-01-01", "2024-01-03", {"--derive", "1h"}));
  const std::string good = content_of(cache("BTCUSDT/1m/2024.csv.gz"));
  write("cache/BTCUSDT/1m/2024.csv.gz", std::string(good.size(), 'x'));
  EXPECT_EQ(ask({"verify", "--repair"}).exit_code, 3);

  const Json healed = ask_json({"heal"});

  EXPECT_EQ(healed["series"][0]["rows_written"], 2880);
  EXPECT_EQ(content_of(cache("BTCUSDT/1m/2024.csv.gz")), good);
  EXPECT_EQ(ask({"verify", "--deep"}).exit_code, 0);
}

TEST_F(Heal, MakesNoCacheOfAMisspeltName) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"BTCUSDT"}, {"BTCUSDT", "1m", "--dry-run"}}) {
    std::vector<std::string> words{"heal", "--cache", "cahce"};
    words.insert(words.end(), more.begin(), more.end());
    const ProcessResult result = ask(words);
    EXPECT_EQ(result.exit_code, 2) << result.out << result.err;
    EXPECT_NE(result.err.find("cahce: there is no cache there"), std::string::npos) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_FALSE(std::filesystem::exists(path("cahce")));
  }
}

TEST_F(Fetch, ThePageIsNotWrittenOverWhatTheCacheHolds) {
  ask_json(fetch_days("2024-01-01", "2024-01-02"));
  write("job.json", R"({"name": "two", "from": "2024-01-01", "to": "2024-01-03",
    "series": [{"symbols": "BTCUSDT", "timeframe": "1m"}]})");
  std::filesystem::create_symlink(cache(), path("link"));
  exchange->clear_log();
  const auto before = cache_content();

  for (const char* const page :
       {"cache/BTCUSDT/1m/2024.csv.gz", "link/new.html", "none/x.html", "cache"}) {
    const std::vector<std::vector<std::string>> lines = {
        fetch_days("2024-01-01", "2024-01-03", {"--html", page}),
        {"run", "job.json", "--html", page},
        {"heal", "--html", page}};
    for (const auto& words : lines) {
      const ProcessResult result = ask(words);
      EXPECT_EQ(result.exit_code, 2) << words.front() << " " << page << result.out;
      EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    }
  }

  EXPECT_TRUE(exchange->log().empty());
  EXPECT_EQ(cache_content(), before);
}

TEST_F(Fetch, APageThatCannotBeWrittenAfterwardsIsSaidInTheDocument) {
  std::filesystem::create_directories(path("pages"));
  std::filesystem::create_directories(cache("BTCUSDT/1m"));
  const int held = ::open(cache("BTCUSDT/1m/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  testing::Process process{
      program(fetch_days("2024-01-01", "2024-01-02", {"--html", "pages/x.html", "--json"})),
      defaults(alone())};
  while (exchange->log(kKlines).empty()) std::this_thread::yield();
  std::filesystem::remove_all(path("pages"));
  ::close(held);  // until now nothing could be committed
  const ProcessResult result = process.wait();

  EXPECT_EQ(result.exit_code, 1) << result.err;
  const Json document = Json::parse(result.out);
  EXPECT_EQ(document["ok"], false);
  EXPECT_NE(document["error"]["message"].get<std::string>().find("pages/x.html"),
            std::string::npos);
  EXPECT_EQ(document["series"][0]["status"], "ok");
}

TEST_F(Fetch, MadeUpBarsAndRealOnesAreNotMixed) {
  ask_json(fetch_days("2024-01-01", "2024-01-02", {"--provider", "sandbox"}));
  const ProcessResult result =
      ask(fetch_days("2024-01-01", "2024-01-03", {"--provider", "binance"}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("are not mixed"), std::string::npos) << result.err;
  EXPECT_TRUE(exchange->log(kKlines).empty());
}

TEST_F(Fetch, ThreeDaysOfBinanceAreRolledUpFromItsDaysAndBeginOnOurGrid) {
  const Json document =
      ask_json({"fetch", "BTCUSDT", "-t", "3d", "--from", "2024-01-01", "--to", "2024-03-01"});

  ASSERT_EQ(document["series"].size(), 2U);
  EXPECT_EQ(document["series"][0]["timeframe"], "1d");
  EXPECT_EQ(document["series"][0]["rejected"], 0);
  EXPECT_EQ(document["series"][1]["timeframe"], "3d");
  EXPECT_EQ(document["series"][1]["derived_from"], "1d");
  EXPECT_GE(kept("BTCUSDT", "3d").size(), 19U);
}

// What the metadata say of a year.
struct Rejections {
  const Json quality;
  [[nodiscard]] std::size_t count(const std::string& rule) const {
    for (const Json& each : quality["validation_errors"]) {
      if (each["rule"] == rule) return each["count"];
    }
    return 0;
  }
  [[nodiscard]] std::size_t bars_rejected() const {
    std::size_t bars = 0;
    for (const Json& gap : quality["gap_list"]) {
      if (gap["cause"] == "rejected") bars += gap["bars"].get<std::size_t>();
    }
    return bars;
  }
};

TEST_F(Fetch, ABarWithoutANumberIsRejectedByNameAndLeavesAGapThatSaysSo) {
  const auto quality = [this](const char* metadata) {
    return Rejections{Json::parse(content_of(cache(metadata)))["data_quality"]};
  };
  exchange->misbehave({.kind = FaultKind::no_number});

  const Json crypto = ask_json(fetch_days("2024-01-01", "2024-01-02"))["series"][0];
  EXPECT_EQ(crypto["rows_fetched"], 1440);
  EXPECT_EQ(crypto["rejected"], 144);
  const Rejections binance = quality("BTCUSDT/1m/2024.metadata.json");
  EXPECT_EQ(binance.quality["rejected"], 144);
  EXPECT_EQ(binance.count("bad_number"), 144U);
  EXPECT_EQ(binance.bars_rejected(), 144U);
  EXPECT_LT(binance.quality["score"], 0.9);

  ask_json({"fetch", "AAPL", "-t", "1d", "--from", "2024-01-01", "--to", "2024-03-01"});
  const Rejections yahoo = quality("AAPL/1d/2024.metadata.json");
  EXPECT_GT(yahoo.count("bad_number"), 3U);
  EXPECT_EQ(yahoo.bars_rejected(), yahoo.count("bad_number"));
  EXPECT_EQ(yahoo.quality["rejected"], yahoo.count("bad_number")) << "no holiday among them";

  for (const char* provider : {"alpaca", "alpha_vantage"}) {
    ask_json({"fetch", "MSFT", "-t", "5m", "--from", "2024-01-02", "--to", "2024-02-01",
              "--provider", provider},
             0, keys());
    EXPECT_GT(quality("MSFT/5m/2024.metadata.json").bars_rejected(), 100U) << provider;
    std::filesystem::remove_all(cache("MSFT"));
  }
}

TEST_F(Fetch, NullsOfTheSandboxAreRejectedToo) {
  ask_json(fetch_days("2024-01-01", "2024-01-02", {"--provider", "sandbox"}), 0,
           on_sandbox("nulls=0.05"));

  const Rejections found{
      Json::parse(content_of(cache("BTCUSDT/1m/2024.metadata.json")))["data_quality"]};
  EXPECT_GT(found.quality["rejected"], 40);
  EXPECT_EQ(found.count("bad_number"), found.bars_rejected());
}

TEST_F(Fetch, APageWithoutNumbersIsNotTrusted) {
  const ProcessResult result = ask(
      fetch_days("2024-01-01", "2024-01-02", {"--provider", "sandbox"}), on_sandbox("nulls=0.6"));

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_NE(result.err.find("more than half of the bars"), std::string::npos) << result.err;
  EXPECT_FALSE(std::filesystem::exists(cache("BTCUSDT/1m/2024.csv.gz")));
}

TEST_F(Fetch, AnInterruptionCommitsWhatArrivedAndTheNextRunDoesTheRest) {
  exchange->misbehave({.kind = FaultKind::stall, .path = kKlines, .after = 3, .bytes = 100});
  testing::Process process{program(fetch_days("2024-01-01", "2024-01-06", {"--json"})),
                           defaults(alone())};
  while (exchange->log(kKlines).size() < 4) std::this_thread::yield();
  ::kill(process.pid(), SIGINT);
  const ProcessResult result = process.wait();

  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_NE(result.err.find("the same command again does the rest"), std::string::npos);
  const Json document = Json::parse(result.out);
  EXPECT_EQ(document["interrupted"], true);
  EXPECT_EQ(document["error"]["kind"], "interrupted");
  EXPECT_EQ(document["series"][0]["rows_written"], 3000);
  EXPECT_EQ(kept().size(), 3000U);

  exchange->behave();
  exchange->clear_log();
  EXPECT_EQ(ask(fetch_days("2024-01-01", "2024-01-06")).exit_code, 0);
  EXPECT_EQ(exchange->log(kKlines).size(), 5U);
  EXPECT_TRUE(identical(kept(), truth("2024-01-01", "2024-01-06")));
}

TEST_F(Fetch, KilledAgainAndAgainItEndsAsIfNothingHadHappened) {
  const std::vector<std::string> words =
      fetch_days("2024-01-01", "2024-01-15", {"--derive", "5m,1h,1d", "-q"});
  for (std::size_t pages = 1; pages < 24; pages += 4) {
    exchange->clear_log();
    testing::Process process{program(words), defaults(alone())};
    while (exchange->log(kKlines).size() < pages && ::kill(process.pid(), 0) == 0 &&
           !std::filesystem::exists(cache("BTCUSDT/1d/2024.csv.gz")))
      std::this_thread::yield();
    ::kill(process.pid(), SIGKILL);
    process.wait();
  }
  EXPECT_EQ(ask(words).exit_code, 0);
  EXPECT_EQ(ask({"verify", "--deep"}).exit_code, 0);
  EXPECT_TRUE(identical(kept(), truth("2024-01-01", "2024-01-15")));

  std::map<std::string, std::string> killed;
  for (const auto& [name, bytes] : cache_content()) {
    EXPECT_FALSE(name.ends_with(".tmp")) << name;
    if (name.ends_with(".csv.gz")) killed[name] = bytes;
  }
  std::filesystem::remove_all(cache());
  EXPECT_EQ(ask(words).exit_code, 0);
  std::size_t files = 0;
  for (const auto& [name, bytes] : cache_content()) {
    if (!name.ends_with(".csv.gz")) continue;
    ++files;
    EXPECT_TRUE(killed[name] == bytes) << name;
  }
  EXPECT_EQ(files, 4U);
}

TEST_F(RunJob, DoesWhatAJobSaysAndKeepsAReport) {
  write("job.json", R"({"name": "two", "from": "2024-01-01", "to": "2024-01-02",
    "series": [{"symbols": ["BTCUSDT", "ETHUSDT"], "timeframe": "1m", "derive": ["1h"]},
               {"symbols": "AAPL", "timeframe": "1d", "from": "2023-01-01"}]})");
  const Json document = ask_json({"run", "job.json"});

  EXPECT_EQ(document["job"], "two");
  EXPECT_TRUE(document["seconds"].is_number());
  ASSERT_EQ(document["series"].size(), 5U);
  EXPECT_EQ(document["series"][0]["provider"], "yahoo");
  EXPECT_EQ(document["series"][0]["rows_written"], 250);
  const Json report = Json::parse(content_of(cache(document["report"].get<std::string>())));
  EXPECT_EQ(report["job"], "two");
  EXPECT_EQ(report["providers"].size(), 2U);
  EXPECT_GT(report["providers"][0]["requests"], 0);
}

TEST_F(Fetch, RunsWithoutAReportWhereThereCanBeNone) {
  write("cache/_metadata", "no folder");

  const ProcessResult result = ask(fetch_days("2024-01-01", "2024-01-02", {"--json"}));

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("warning: the report was not kept: "), std::string::npos) << result.err;
  const Json document = Json::parse(result.out);
  EXPECT_EQ(document["ok"], true);
  EXPECT_EQ(document["report"], nullptr);
  EXPECT_EQ(kept().size(), 1440U);
  EXPECT_EQ(content_of(cache("_metadata")), "no folder");
  EXPECT_EQ(ask({"heal"}).exit_code, 0);

  write("job.json", R"({"name": "nightly", "from": "2024-01-01", "to": "2024-01-02",
    "series": [{"symbols": "BTCUSDT", "timeframe": "1m"}]})");
  EXPECT_EQ(ask({"run", "job.json"}).exit_code, 4) << "nobody could tell whether it runs already";
}

TEST_F(RunJob, ACacheNamedOutsideTheJobGoesBeforeTheJobs) {
  write("job.json", R"({"name": "mine", "cache": "of-the-job", "from": "2024-01-01",
    "to": "2024-01-02", "series": [{"symbols": "BTCUSDT", "timeframe": "1m"}]})");

  EXPECT_EQ(ask({"run", "job.json"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(cache("BTCUSDT"))) << "by the environment";
  EXPECT_EQ(ask({"run", "job.json", "--cache", "given"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(path("given/BTCUSDT")));
  EXPECT_FALSE(std::filesystem::exists(path("of-the-job")));
  EXPECT_EQ(ask({"run", "job.json"}, {{"CHANDLER_CACHE", ""}}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(path("of-the-job/BTCUSDT")));
}

TEST_F(RunJob, OfOneJobOnlyOneRunsAtATime) {
  write("job.json", R"({"name": "busy", "from": "2024-01-01", "to": "2024-01-02",
    "series": [{"symbols": "BTCUSDT", "timeframe": "1m"}]})");
  std::filesystem::create_directories(cache("_metadata/runs"));
  const int held =
      ::open(cache("_metadata/runs/.busy.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  ASSERT_EQ(::write(held, "pid 1, since 2024-01-01T00:00:00\n", 33), 33);

  const ProcessResult second = ask({"run", "job.json"});
  EXPECT_EQ(second.exit_code, 4);
  EXPECT_NE(second.err.find("job busy: is already running: pid 1, since 2024-01-01T00:00:00"),
            std::string::npos)
      << second.err;
  EXPECT_TRUE(exchange->log().empty());
  ::close(held);
  EXPECT_EQ(ask({"run", "job.json"}).exit_code, 0);
}

TEST_F(Heal, FillsWhatWasMissingAndConfirmsWhatStaysEmpty) {
  const TimeRange hole{*parse_exact("2024-01-01 10:00:00"), *parse_exact("2024-01-01 11:00:00")};
  exchange->misbehave({.kind = FaultKind::holes, .path = kKlines, .range = hole});
  EXPECT_EQ(
      ask_json(fetch_days("2024-01-01", "2024-01-03", {"--derive", "1h"}))["series"][0]["gaps"], 1);
  exchange->behave();
  exchange->misbehave(
      {.kind = FaultKind::holes, .path = kKlines, .range = {hole.from + seconds{1800}, hole.to}});

  const Json healed = ask_json({"heal", "BTCUSDT"});
  EXPECT_EQ(healed["series"][0]["rows_written"], 30);
  EXPECT_EQ(healed["series"][1]["timeframe"], "1h");
  EXPECT_EQ(healed["series"][1]["status"], "ok");
  const Json gaps = ask_json({"gaps", "BTCUSDT", "1m"})["gaps"];
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0]["state"], "confirmed");
  EXPECT_EQ(gaps[0]["confirmed_by"], "binance");

  exchange->clear_log();
  const ProcessResult again = ask({"heal", "BTCUSDT"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_TRUE(exchange->log(kKlines).empty());
  EXPECT_NE(again.out.find("before: 1 gap, 30 bars missing"), std::string::npos) << again.out;
  EXPECT_NE(again.out.find("after:  1 gap, 30 bars missing, of which 30 confirmed"),
            std::string::npos);

  exchange->behave();
  EXPECT_EQ(ask_json({"heal", "BTCUSDT", "1m", "--force"})["series"][0]["rows_written"], 30);
  EXPECT_TRUE(identical(kept(), truth("2024-01-01", "2024-01-03")));
}

}  // namespace
}  // namespace chandler::cli
