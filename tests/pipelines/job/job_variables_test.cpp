// The environment in the texts of a job.
#include <gtest/gtest.h>

#include "jobs.h"

namespace chandler {
namespace {

TEST(JobVariables, StandInAnyText) {
  Around around;
  around.files["/data/all.txt"] = "ADAUSDT, $SPX";
  const Job job = good_job(R"({
    "$schema": "${NOBODY} reads $this", "name": "n_${COIN}", "cache": "${PLACE}/bars",
    "from": "2024-01-01${EMPTY}", "series": [
      {"symbols": ["${COIN}", "@${PLACE}/all.txt"], "timeframe": "1${EMPTY}m"}]})",
                           around);

  EXPECT_EQ(job.name, "n_SOLUSDT");
  EXPECT_EQ(job.cache, "/data/bars");
  ASSERT_EQ(job.series.size(), 3U);
  EXPECT_EQ(job.series[0].symbol.symbol.name(), "SOLUSDT");
  EXPECT_EQ(job.series[0].timeframe, Timeframe::m1);
  // Files of symbols are taken as they are.
  EXPECT_EQ(job.series[2].symbol.symbol.name(), "$SPX");
}

TEST(JobVariables, FillInWhatTheyHoldAsItIs) {
  EXPECT_EQ(good_job(R"({"cache": "a$$b/${PLACE}/${DOLLARS}/${EMPTY}$$", "from": "-1d",
                         "series": [{"symbols": "${COIN}", "timeframe": "1d"}]})")
                .cache,
            "dir/a$b//data/$${COIN}/$");
}

TEST(JobVariables, MustBeSetAndWellWritten) {
  struct Case {
    const char* text;
    const char* said;
  };
  for (const auto& [text, said] :
       {Case{"${NOBODY}", "${NOBODY} is not set; export it, or write $$ for a dollar"},
        Case{"$COIN", "\"$COIN\" is not a variable; write ${NAME}, or $$ for a dollar"},
        Case{"a$", "\"$\" is not a variable; write ${NAME}, or $$ for a dollar"},
        Case{"${COIN", "\"${COIN\" is not a variable; write ${NAME}, or $$ for a dollar"},
        Case{"${}", "\"${}\" is not a variable; write ${NAME}, or $$ for a dollar"},
        Case{"a\\u0000b", "\"a?b\" holds a control character"}}) {
    EXPECT_EQ(job_mistake("{\"series\": [{\"timeframe\": \"1m\",\n\"derive\": [\"" +
                          std::string(text) + "\"]}]}"),
              std::string("dir/nightly.json:2: series[0].derive[0]: ") + said);
  }
}

TEST(JobVariables, AreNotSetWithoutAnEnvironment) {
  const auto job = parse_job(R"({"cache": "${HOME}"})", "a.json", {.now = noon_of_june()});

  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().line(),
            "a.json:1: cache: ${HOME} is not set; export it, or write $$ for a dollar");
}

}  // namespace
}  // namespace chandler
