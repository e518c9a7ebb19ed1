// Every mistake there can be, and the line it is answered with.
#include <gtest/gtest.h>

#include "jobs.h"

namespace chandler {
namespace {

struct Case {
  std::string text;
  const char* line;
};

TEST(JobErrors, NameFileLineAndPathOfAShapeThatIsWrong) {
  const Case cases[] = {
      {"[]", "dir/nightly.json:1: a job must be an object, not a list"},
      {"{\n\"sereis\": []}", "dir/nightly.json:2: sereis: unknown key; did you mean \"series\"?"},
      {"{\"series\": [{},\n{\"time_frame\": \"1m\"}]}",
       "dir/nightly.json:2: series[1].time_frame: unknown key; did you mean \"timeframe\"?"},
      {R"({"series": [{"zzzzzz": 1}]})",
       "dir/nightly.json:1: series[0].zzzzzz: unknown key; known keys are symbols, timeframe, "
       "derive, provider, from, to, extended_hours"},
      {R"({"a\nb": 1})",
       "dir/nightly.json:1: a?b: unknown key; known keys are $schema, name, cache, series, "
       "timeframe, derive, provider, from, to, extended_hours, workers, on_error"},
      {"{\"name\":\n5}", "dir/nightly.json:1: name: must be a string, not a number"},
      {R"({"series": [{"symbols": 5}]})",
       "dir/nightly.json:1: series[0].symbols: must be a list or a string, not a number"},
      {"{\"series\": [{\"symbols\": [\"A\",\nnull]}]}",
       "dir/nightly.json:2: series[0].symbols[1]: must be a string, not null"},
      {R"({"derive": "1h"})", "dir/nightly.json:1: derive: must be a list, not a string"},
      {R"({"workers": "4"})", "dir/nightly.json:1: workers: must be a number, not a string"},
      {R"({"extended_hours": 1})",
       "dir/nightly.json:1: extended_hours: must be true or false, not a number"},
      {"{\"from\": \"now\",\n\"from\": \"now\"}",
       "dir/nightly.json:2: the key \"from\" comes twice"},
      {"{\n\"series\": [,]}", "dir/nightly.json:2: not valid JSON near \"\"series\": [,\""},
  };
  for (const auto& [text, line] : cases) EXPECT_EQ(job_mistake(text), line) << text;
}

TEST(JobErrors, NameFileLineAndPathOfAValueThatMakesNoSense) {
  const std::string names = "names are 1 to 64 of A-Z a-z 0-9 _ - . and begin with neither - nor .";
  const auto job = [](const std::string& keys) {
    return "{" + keys +
           R"(, "from": "2024-01-01", "series": [{"symbols": "A", "timeframe": "1m"}]})";
  };
  struct Mistake {
    std::string text;
    std::string line;
  };
  const Mistake cases[] = {
      {job(R"("name": "")"), "name: \"\" is not a job's name; " + names},
      {job(R"("name": "../x")"), "name: \"../x\" is not a job's name; " + names},
      {job(R"("name": "-x")"), "name: \"-x\" is not a job's name; " + names},
      {job(R"("name": ".x")"), "name: \".x\" is not a job's name; " + names},
      {job(R"("name": ")" + std::string(65, 'x') + "\""),
       "name: \"" + std::string(65, 'x') + "\" is not a job's name; " + names},
      {job(R"("cache": "")"), "cache: is empty"},
      {job(R"("workers": 0)"), "workers: must be a whole number from 1 to 64"},
      {job(R"("workers": 65)"), "workers: must be a whole number from 1 to 64"},
      {job(R"("workers": 1.5)"), "workers: must be a whole number from 1 to 64"},
      {job(R"("on_error": "stopp")"),
       R"(on_error: must be "continue" or "stop", not "stopp"; did you mean "stop"?)"},
      {job(R"("on_error": "explode")"), R"(on_error: must be "continue" or "stop", not "explode")"},
      {job(R"("provider": "Binance")"),
       "provider: \"Binance\" is not a provider's name; `chandler providers` lists them"},
      {job(R"("to": "tomorrow")"),
       "to: \"tomorrow\" is not a date; write 2024-01-31, 2024-01-31T09:30, now, or -30d"},
      {job(R"("timeframe": "5min")"),
       "timeframe: \"5min\" is not a timeframe; did you mean \"5m\"?"},
      {job(R"("derive": ["1h", "1y"])"),
       "derive[1]: \"1y\" is not a timeframe; the timeframes are 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h "
       "12h 1d 3d 1w 1M"},
  };
  for (const auto& [text, line] : cases) {
    EXPECT_EQ(job_mistake(text), "dir/nightly.json:1: " + line) << text;
  }
}

TEST(JobErrors, NameTheSeriesThatLacksSomething) {
  const char* const example = R"(; write one like {"symbols": ["BTCUSDT"], "timeframe": "1h"})";
  EXPECT_EQ(job_mistake("{}"),
            std::string("dir/nightly.json:1: the job names no \"series\"") + example);
  EXPECT_EQ(job_mistake("{\n\"series\": []}"),
            std::string("dir/nightly.json:2: series: is empty") + example);
  EXPECT_EQ(job_mistake("{\"from\": \"-1d\", \"series\": [\n{\"symbols\": \"A\"}]}"),
            "dir/nightly.json:2: series[0]: names no \"timeframe\"; write one like \"1h\", here or "
            "at the top of the job");
  EXPECT_EQ(job_mistake(R"({"series": [{"symbols": "A", "timeframe": "1d"}]})"),
            "dir/nightly.json:1: series[0]: names no \"from\"; write one here, at the top of the "
            "job, or as defaults.from into the configuration");
  EXPECT_EQ(job_mistake(series_job(R"({"timeframe": "1d"})")),
            "dir/nightly.json:1: series[0]: names no \"symbols\"; write them like [\"BTCUSDT\", "
            "\"AAPL\", \"@more.txt\"]");
  EXPECT_EQ(job_mistake(series_job(R"({"symbols": [], "timeframe": "1d"})")),
            "dir/nightly.json:1: series[0].symbols: is empty; write them like [\"BTCUSDT\", "
            "\"AAPL\", \"@more.txt\"]");
}

TEST(JobErrors, NameTheMistakeWithinASeries) {
  const Case cases[] = {
      {"{\"from\": \"now\", \"series\": [\n{},\n{\"timeframe\": \"1d\"}]}",
       "dir/nightly.json:2: series[0]: names no \"timeframe\"; write one like \"1h\", here or at "
       "the top of the job"},
      {series_job("{\"symbols\": \"A\",\n\"timeframe\": \"5min\"}"),
       "dir/nightly.json:2: series[0].timeframe: \"5min\" is not a timeframe; did you mean "
       "\"5m\"?"},
      {series_job(R"({"symbols": "A", "timeframe": "1d", "from": "2024-13-01"})"),
       "dir/nightly.json:1: series[0].from: \"2024-13-01\" is not a date; write 2024-01-31, "
       "2024-01-31T09:30, now, or -30d"},
      {series_job(R"({"symbols": "A", "timeframe": "1d", "provider": "a b"})"),
       "dir/nightly.json:1: series[0].provider: \"a b\" is not a provider's name; `chandler "
       "providers` lists them"},
      {series_job(R"({"symbols": "A", "timeframe": "1d", "derive": ["1w", "1h"]})"),
       "dir/nightly.json:1: series[0].derive[1]: 1h cannot be made of 1d bars; of 1d bars can be "
       "made only 3d 1w 1M"},
      {series_job(R"({"symbols": "A", "timeframe": "1h", "derive": ["1h"]})"),
       "dir/nightly.json:1: series[0].derive[0]: 1h cannot be made of 1h bars; of 1h bars can be "
       "made only 2h 4h 6h 8h 12h 1d 3d 1w 1M"},
      {series_job(R"({"symbols": "A", "timeframe": "3m", "derive": ["15m"]})"),
       "dir/nightly.json:1: series[0].derive[0]: 15m cannot be made of 3m bars; of 3m bars can be "
       "made nothing"},
      {"{\"from\": \"-1d\", \"derive\": [\"1h\",\n\"5m\"], \"timeframe\": \"1m\", \"series\": "
       "[{\"symbols\": \"A\"}, {\"symbols\": \"B\", \"timeframe\": \"5m\"}]}",
       "dir/nightly.json:2: derive[1]: 5m cannot be made of 5m bars, the timeframe of series[1]; "
       "give series[1] its own \"derive\"; of 5m bars can be made only 15m 30m 1h 2h 4h 6h 8h 12h "
       "1d 3d 1w 1M"},
  };
  for (const auto& [text, line] : cases) EXPECT_EQ(job_mistake(text), line) << text;
}

TEST(JobErrors, NameTheEndOfARangeThatIsEmpty) {
  const auto line = [](const std::string& place, const std::string& from, const std::string& to) {
    return "dir/nightly.json:1: " + place + ": from " + from + "T00:00:00 to " + to +
           " is no time at all; \"from\" must be before \"to\", which is exclusive";
  };
  EXPECT_EQ(
      job_mistake(series_job(
          R"({"symbols": "A", "timeframe": "1d", "from": "2025-01-01", "to": "2024-01-01"})")),
      line("series[0].from", "2025-01-01", "2024-01-01T00:00:00"));
  EXPECT_EQ(job_mistake(series_job(R"({"symbols": "A", "timeframe": "1d", "to": "2024-01-01"})")),
            line("series[0].to", "2024-01-01", "2024-01-01T00:00:00"));
  EXPECT_EQ(
      job_mistake(R"({"from": "2026-01-01", "series": [{"symbols": "A", "timeframe": "1d"}]})"),
      line("from", "2026-01-01", "2025-06-01T12:00:00"));
  Around around;
  around.defaults.from = "2026-01-01";
  EXPECT_EQ(job_mistake(R"({"series": [{"symbols": "A", "timeframe": "1d"}]})", around),
            line("series[0]", "2026-01-01", "2025-06-01T12:00:00"));
  EXPECT_EQ(job_mistake(R"({"to": "2025-01-01", "series": [{"symbols": "A", "timeframe": "1d"}]})",
                        around),
            line("to", "2026-01-01", "2025-01-01T00:00:00"));
}

TEST(JobErrors, NameAMistakeOfTheConfiguration) {
  Around around;
  around.defaults.from = "someday";

  EXPECT_EQ(
      job_mistake(R"({"series": [{"symbols": "A", "timeframe": "1d"}]})", around),
      "dir/nightly.json:1: series[0]: defaults.from of the configuration: \"someday\" is not a "
      "date; write 2024-01-31, 2024-01-31T09:30, now, or -30d");
}

TEST(JobErrors, AskForANameWhereTheFileHasNone) {
  const auto job = parse_job(series_job(R"({"symbols": "A", "timeframe": "1d"})"), "my job.json",
                             Around{}.surroundings());

  ASSERT_FALSE(job);
  EXPECT_EQ(
      job.error().line(),
      "my job.json:1: \"my job\", from the file, is not a job's name; write a \"name\"; names "
      "are 1 to 64 of A-Z a-z 0-9 _ - . and begin with neither - nor .");
}

TEST(JobErrors, SayWhichLimitWasReached) {
  const std::string deep = "{\"series\": " + std::string(64, '[') + std::string(64, ']') + "}";
  EXPECT_EQ(job_mistake(deep), "dir/nightly.json:1: nested more than 64 deep");
  EXPECT_EQ(job_mistake(std::string((std::size_t{16} << 20U) + 1, ' ')),
            "dir/nightly.json: is over 16 MiB");

  const std::string many = series_job(R"({"symbols": "@half.txt", "timeframe": "1d"},
    {"symbols": "@half.txt", "timeframe": "1h"}, {"symbols": "A", "timeframe": "1d"})");
  Around around;
  for (int i = 0; i < 50'000; ++i) around.files["dir/half.txt"] += "S" + std::to_string(i) + "\n";
  EXPECT_EQ(job_mistake(many, around),
            "dir/nightly.json:2: series[2].symbols: the job has more than 100000 series; divide it "
            "into several");
}

TEST(JobErrors, SayWhyAFileCannotBeRead) {
  const auto none = load_job("no/such.json", Around{}.surroundings());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().line(), "no/such.json: cannot be read: No such file or directory");
  EXPECT_EQ(none.error().kind, ErrorKind::usage);

  const auto folder = load_job("/", Around{}.surroundings());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().line(), "/: is a folder, not a file");
}

}  // namespace
}  // namespace chandler
