#include <fmt/format.h>
#include <gtest/gtest.h>

#include "chandler/timeframe.h"
#include "command_line.h"

namespace chandler::cli {
namespace {

class Import : public CommandLine {};

TEST_F(Import, ReportsWhatItDid) {
  const std::string file = write("a.csv", bars_csv("2024-01-01", 60, 100));
  const Json document = run_json({"import", file, "--symbol", "BTC/USDT", "--timeframe", "1m"});

  EXPECT_EQ(document["ok"], true);
  ASSERT_EQ(document["series"].size(), 1U);
  const Json& series = document["series"][0];
  EXPECT_EQ(series["symbol"], "BTCUSDT");
  EXPECT_EQ(series["timeframe"], "1m");
  EXPECT_EQ(series["provider"], "import");
  EXPECT_EQ(series["tried"], Json{"import"});
  EXPECT_EQ(series["rows_fetched"], 100);
  EXPECT_EQ(series["rows_written"], 100);
  EXPECT_EQ(series["rejected"], 0);
  EXPECT_EQ(series["gaps"], 0);
  EXPECT_EQ(series["status"], "ok");
  EXPECT_TRUE(series["error"].is_null());
  EXPECT_EQ(series["files"], Json{"BTCUSDT/1m/2024.csv.gz"});
  EXPECT_EQ(document["rejected_lines"], Json::array());
  EXPECT_EQ(document["failed_files"], Json::array());
}

TEST_F(Import, TheSameAgainChangesNothing) {
  const std::string file = write("a.csv", bars_csv("2024-01-01", 60, 100));
  ASSERT_EQ(run({"import", file, "--symbol", "BTCUSDT", "-t", "1m"}).exit_code, 0);
  const auto before = cache_content();

  const Json again = run_json({"import", file, "--symbol", "BTCUSDT", "-t", "1m"});

  EXPECT_EQ(again["series"][0]["status"], "unchanged");
  EXPECT_EQ(again["series"][0]["rows_written"], 0);
  EXPECT_EQ(cache_content(), before);
}

TEST_F(Import, SaysNothingMoreOnOneCore) {
  const std::string file = write("a.csv", bars_csv("2024-01-01", 60, 100));
  std::vector<std::string> words = {"taskset", "--cpu-list", "0"};
  for (std::string& word : program({"import", file, "--symbol", "BTCUSDT", "-t", "1m", "--quiet"}))
    words.push_back(std::move(word));

  const ProcessResult result = testing::run_process(words, defaults());

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
}

TEST_F(Import, ReadsSymbolAndTimeframeFromNames) {
  for (int month = 1; month <= 3; ++month) {
    write(fmt::format("data/BTCUSDT-1h-2024-0{}.csv", month),
          bars_csv(fmt::format("2024-0{}-01", month), 3600, 24));
  }
  write("data/ETHUSDT-1h-2024-01.csv", bars_csv("2024-01-01", 3600, 24));
  write("data/notes.txt", "not bars");
  const Json document = run_json({"import", "-r", "data"});

  ASSERT_EQ(document["series"].size(), 2U);
  EXPECT_EQ(document["series"][0]["symbol"], "BTCUSDT");
  EXPECT_EQ(document["series"][0]["rows_written"], 72);
  EXPECT_EQ(document["series"][1]["symbol"], "ETHUSDT");
  EXPECT_EQ(document["files_read"], 4);
}

TEST_F(Import, ReadsNamesFromAList) {
  const std::string a = write("a.csv", bars_csv("2024-01-01", 3600, 24));
  const std::string b = write("b.csv", bars_csv("2024-01-02", 3600, 24));
  write("list.txt", a + "\r\n\n" + b + "\n" + a + "\n");

  EXPECT_EQ(run_json({"import", "@list.txt", "--symbol", "XUSDT", "-t",
                      "1h"})["series"][0]["rows_fetched"],
            48);
  EXPECT_EQ(run({"import", "@none.txt", "--symbol", "XUSDT", "-t", "1h"}).exit_code, 2);
}

TEST_F(Import, TellsTheTimeframeByTheDistanceOfRows) {
  const std::string file = write("prices.csv", bars_csv("2024-01-01", 900, 100));
  const ProcessResult result = run({"import", file, "--symbol", "BTCUSDT"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("taken for 15m, by the distance of its rows"), std::string::npos)
      << result.err;
  EXPECT_EQ(run_json({"status"})["series"][0]["timeframe"], "15m");
}

TEST_F(Import, AsksForWhatItCannotKnow) {
  const std::string file = write("prices.csv", bars_csv("2024-01-01", 900, 2));
  const ProcessResult symbol = run({"import", file, "-t", "15m"});
  const ProcessResult timeframe = run({"import", file, "--symbol", "XUSDT"});

  EXPECT_EQ(symbol.exit_code, 2);
  EXPECT_NE(symbol.err.find("give --symbol"), std::string::npos) << symbol.err;
  EXPECT_EQ(timeframe.exit_code, 2);
  EXPECT_NE(timeframe.err.find("give --timeframe"), std::string::npos) << timeframe.err;
  EXPECT_FALSE(std::filesystem::exists(cache()));
}

TEST_F(Import, WritesNoFormulasForASpreadsheet) {
  const std::string file = write("=a.csv",
                                 "timestamp,open,high,low,close,volume,adj_close\n"
                                 "=HYPERLINK(\"http://example.test\"),1,2,1,2,1,1\n"
                                 "+1+1,1,2,1,2,1,1\n@SUM(A1),1,2,1,2,1,1\n-A1,1,2,1,2,1,1\n"
                                 "\t=1,1,2,1,2,1,1\n"
                                 "2024-01-01 00:00:00,1,2,1,2,1,1.5\n"
                                 "2024-01-01 00:01:00,1,2,1,2,1,2\n"
                                 "2024-01-01 00:02:00,1,2,1,2,1,3\n"
                                 "2024-01-01 00:03:00,1,2,1,2,1,3\n"
                                 "2024-01-01 00:04:00,1,2,1,2,1,3\n"
                                 "2024-01-01 00:05:00,1,2,1,2,1,3\n");
  ASSERT_EQ(
      run({"import", "=a.csv", "--symbol", "BTCUSDT", "-t", "1m", "--rejects", "r.csv"}).exit_code,
      0);

  const std::string rejects = content_of(path("r.csv"));
  EXPECT_NE(rejects.find("\n'=a.csv,2,bad_timestamp,\"'=HYPERLINK(\"\"http"), std::string::npos)
      << rejects;
  EXPECT_NE(rejects.find(",\"'+1+1,"), std::string::npos) << rejects;
  EXPECT_NE(rejects.find(",\"'@SUM"), std::string::npos) << rejects;
  EXPECT_NE(rejects.find(",\"'-A1,1"), std::string::npos) << rejects;
  EXPECT_EQ(rejects.find('\t'), std::string::npos) << rejects;
  // Numbers stay numbers.
  ASSERT_EQ(run({"export", "BTCUSDT", "1m", "--out", "out.csv"}).exit_code, 0);
  EXPECT_NE(content_of(path("out.csv")).find("2024-01-01 00:00:00,1,2,1,2,1,1.5\n"),
            std::string::npos);
}

TEST_F(Import, ListsRejectedLinesWithFileLineAndRule) {
  const std::string file = write("a.csv",
                                 "timestamp,open,high,low,close,volume\n"
                                 "2024-01-01 00:00:00,1,2,1,2,1\n"
                                 "2024-01-01 00:01:00,1,0.5,1,2,1\n"
                                 "yesterday,1,2,1,2,1\n"
                                 "2024-01-01 00:02:30,1,2,1,2,1\n"
                                 "2024-01-01 00:03:00,1,2,1\n"
                                 "2024-01-01 00:04:00,1,2,1,2,1\n"
                                 "2024-01-01 00:05:00,1,2,1,2,1\n"
                                 "2024-01-01 00:06:00,1,2,1,2,1\n");
  const Json document =
      run_json({"import", file, "--symbol", "BTCUSDT", "-t", "1m", "--rejects", "rejects.csv"});

  std::vector<std::string> listed;
  for (const Json& line : document["rejected_lines"]) {
    EXPECT_EQ(line["file"], file);
    listed.push_back(
        fmt::format("{} {}", line["line"].get<int>(), line["rule"].get<std::string>()));
  }
  EXPECT_EQ(listed, (std::vector<std::string>{"3 high_below_body", "4 bad_timestamp", "5 off_grid",
                                              "6 bad_line"}));
  EXPECT_EQ(document["rejected_lines_omitted"], 0);
  EXPECT_EQ(document["series"][0]["rejected"], 4);
  EXPECT_EQ(document["series"][0]["rows_written"], 4);
  EXPECT_NE(content_of(path("rejects.csv")).find(",4,bad_timestamp,\"yesterday,1,2,1,2,1\"\n"),
            std::string::npos)
      << content_of(path("rejects.csv"));

  const ProcessResult people = run({"import", file, "--symbol", "BTCUSDT", "-t", "1m"});
  EXPECT_NE(people.err.find("a.csv:4: bad_timestamp: yesterday,1,2,1,2,1"), std::string::npos)
      << people.err;
}

TEST_F(Import, ShowsTheFirstTwentyRejectedLinesOfAFile) {
  std::string csv = bars_csv("2024-01-01", 60, 200);
  for (int i = 0; i < 50; ++i) csv += fmt::format("nonsense {},1,1,1,1,1\n", i);
  const ProcessResult result =
      run({"import", write("a.csv", csv), "--symbol", "BTCUSDT", "-t", "1m"});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.err.find("nonsense 19"), std::string::npos);
  EXPECT_EQ(result.err.find("nonsense 20"), std::string::npos);
  EXPECT_NE(result.err.find("a.csv: and 30 more rejected lines"), std::string::npos);
}

TEST_F(Import, NeutralisesFormulasInTheRejectsFile) {
  std::string csv = bars_csv("2024-01-01", 60, 20) + "=cmd(),1,1,1,1,1\n";
  ASSERT_EQ(
      run({"import", write("a.csv", csv), "--symbol", "XUSDT", "-t", "1m", "--rejects", "r.csv"})
          .exit_code,
      0);
  EXPECT_NE(content_of(path("r.csv")).find(",\"'=cmd(),1,1,1,1,1\"\n"), std::string::npos)
      << content_of(path("r.csv"));
}

TEST_F(Import, AFileMostlyRejectedIsRefusedAsAWhole) {
  std::string csv = bars_csv("2024-01-01", 60, 10);
  for (int i = 0; i < 11; ++i) csv += "x,1,1,1,1,1\n";
  const std::string bad = write("bad.csv", csv);
  const std::string good = write("good.csv", bars_csv("2024-02-01", 60, 10));

  const ProcessResult alone = run({"import", bad, "--symbol", "XUSDT", "-t", "1m"});
  EXPECT_EQ(alone.exit_code, 1) << alone.err;
  EXPECT_NE(alone.err.find("11 of 21 rows rejected (bad_timestamp 11): nothing of it was written"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(cache("XUSDT")));

  const Json both = run_json({"import", bad, good, "--symbol", "XUSDT", "-t", "1m"}, 1);
  EXPECT_EQ(both["ok"], false);
  EXPECT_EQ(both["failed_files"][0]["file"], bad);
  EXPECT_EQ(both["series"][0]["status"], "partial");
  EXPECT_EQ(both["series"][0]["rows_written"], 10);
  EXPECT_EQ(
      run_json({"import", bad, bad + "", write("bad2.csv", csv), "--symbol", "YUSDT", "-t", "1m"},
               4)["ok"],
      false);
}

TEST_F(Import, OpenBarsAreRejected) {
  const Instant now = Clock::system().now();
  std::string csv =
      bars_csv(format_iso(utc_floor(Timeframe::d1, now) - seconds{3 * 86'400}), 86'400, 4);
  const Json document =
      run_json({"import", write("a.csv", csv), "--symbol", "BTCUSDT", "-t", "1d"});

  EXPECT_EQ(document["series"][0]["rows_written"], 3);
  EXPECT_EQ(document["rejected_lines"][0]["rule"], "out_of_range");
  EXPECT_EQ(document["rejected_lines"][0]["line"], 5);
}

TEST_F(Import, PassesOverWhatIsOutsideTheRange) {
  const std::string file = write("a.csv", bars_csv("2024-01-01", 3600, 48));
  const Json document = run_json({"import", file, "--symbol", "XUSDT", "-t", "1h", "--from",
                                  "2024-01-01T12:00", "--to", "2024-01-01T14:00"});

  EXPECT_EQ(document["series"][0]["rows_written"], 2);
  EXPECT_EQ(document["series"][0]["rejected"], 0);
  EXPECT_EQ(run_json({"import", file, "--symbol", "XUSDT", "-t", "1h", "--from",
                      "2030-01-01"})["series"][0]["status"],
            "unchanged");
}

TEST_F(Import, TakesTheClassAsTheCallerSaysIt) {
  const std::string file = write("a.csv", bars_csv("2024-01-06", 3600, 24));  // a Saturday
  EXPECT_EQ(run_json({"import", file, "--symbol", "crypto:ABTC", "-t",
                      "1h"})["series"][0]["rows_written"],
            24);
  EXPECT_EQ(run_json({"status", "ABTC"})["series"][0]["class"], "crypto");
  EXPECT_EQ(run_json({"import", file, "--symbol", "QQQQ", "-t", "1h", "--class",
                      "stock"})["series"][0]["rows_written"],
            0);
  EXPECT_EQ(run_json({"import", file, "--symbol", "QQQQ", "-t", "1h", "--class", "stock",
                      "--extended-hours"})["series"][0]["rows_written"],
            24);
}

TEST_F(Import, TheLaterFileWinsAConflict) {
  write("1.csv",
        "timestamp,open,high,low,close,volume\n2024-01-01 00:00:00,1,1,1,1,1\n2024-01-01 "
        "01:00:00,1,1,1,1,1\n");
  write("2.csv",
        "timestamp,open,high,low,close,volume\n2024-01-01 01:00:00,2,2,2,2,2\n2024-01-01 "
        "02:00:00,2,2,2,2,2\n");
  ASSERT_EQ(run({"import", "2.csv", "1.csv", "--symbol", "BTCUSDT", "-t", "1h"}).exit_code, 0);

  EXPECT_EQ(
      run({"read", "BTCUSDT", "1h", "--columns", "close"}).out,
      "timestamp,close\n2024-01-01 00:00:00,1\n2024-01-01 01:00:00,2\n2024-01-01 02:00:00,2\n");
  EXPECT_EQ(run_json({"stats"})["conflicts"], 1);
}

TEST_F(Import, AFileOfMoreRowsThanAreCommittedAtOnceComesInWhole) {
  const std::string csv = bars_csv("2020-06-01", 60, 700'000);
  const Json document =
      run_json({"import", write("a.csv", csv), "--symbol", "BTCUSDT", "-t", "1m"});

  EXPECT_EQ(document["series"][0]["rows_fetched"], 700'000);
  EXPECT_EQ(document["series"][0]["rows_written"], 700'000);
  EXPECT_EQ(run({"read", "BTCUSDT", "1m"}).out, csv);
}

TEST_F(Import, ReadsForeignDialects) {
  write("d.csv",
        "Datum;Auf;Hoch;Tief;Zu;Menge\n01.03.2024 00:00;1;2;1;2;5\n01.03.2024 01:00;2;3;2;3;5\n");
  const std::vector<std::string> words = {
      "import",
      "d.csv",
      "--symbol",
      "BTCUSDT",
      "-t",
      "1h",
      "--mapping",
      "timestamp=Datum,open=Auf,high=Hoch,low=Tief,close=Zu,volume=Menge",
      "--delimiter",
      "semicolon",
      "--header",
      "yes",
      "--tz",
      "Europe/Berlin",
      "--time-format",
      "%d.%m.%Y %H:%M",
      "--provider",
      "mybank"};
  const Json document = run_json(words);

  EXPECT_EQ(document["series"][0]["provider"], "mybank");
  EXPECT_EQ(run({"read", "BTCUSDT", "1h", "--columns", "open"}).out,
            "timestamp,open\n2024-02-29 23:00:00,1\n2024-03-01 00:00:00,2\n");
}

}  // namespace
}  // namespace chandler::cli
