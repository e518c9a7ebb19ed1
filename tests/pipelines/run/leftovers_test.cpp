// What a run that died, or failed, leaves behind, and what the next one makes of it. Found by
// tests/fault/, from outside.
#include <gmock/gmock.h>

#include "run/runner.h"
#include "tests/pipelines/run_box.h"

namespace chandler {
namespace {

using testing::days;
using testing::report_of;
using testing::RunBox;
using testing::want;

std::size_t temporaries(const RunBox& box) { return box.box.snapshot(".tmp").size(); }

TEST(Leftovers, OfASeriesThatMissesNothingAreClearedUp) {
  RunBox box;
  const std::vector<SeriesAsk> asks = {
      want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-02"))};
  box.run(asks);
  const auto whole = box.box.snapshot();
  // Its writer died, or its sync failed, just behind the commit point.
  box.box.put("BTCUSDT/1m/.2024.metadata.json.0123abcd.tmp",
              whole.at("BTCUSDT/1m/2024.metadata.json"));
  box.box.put("BTCUSDT/1m/.2024.csv.gz.0123abcd.tmp", "half of a fi");

  const RunResult result = box.run(asks);

  EXPECT_EQ(report_of(result, "BTCUSDT 1m")->outcome.status, WriteStatus::unchanged);
  EXPECT_EQ(temporaries(box), 0U);
  EXPECT_EQ(box.box.snapshot(), whole);
}

TEST(Leftovers, OfADeliveryThatWasCutBetweenTwoYearsDoNotShowInWhatWasAskedFor) {
  RunBox undisturbed;
  undisturbed.run({want("AAPL", Timeframe::d1, days("2023-12-20", "2024-01-10"))});
  RunBox cut;
  // The first year was committed, its own share of the range asked for, and then the power went.
  cut.run({want("AAPL", Timeframe::d1, days("2023-12-20", "2024-01-01"))});

  cut.run({want("AAPL", Timeframe::d1, days("2023-12-20", "2024-01-10"))});

  // New Year's Day, on which nobody would ever ask for a bar, was asked for all the same.
  const auto asked = [](const RunBox& box) {
    return box.box.metadata("AAPL/1d/2024.metadata.json")["asked"];
  };
  EXPECT_EQ(asked(cut)["from"], "2024-01-01T00:00:00");
  EXPECT_EQ(asked(cut), asked(undisturbed));
}

TEST(Leftovers, OfAReportThatWasBeingWrittenGoWithTheNextOne) {
  RunBox box;
  ASSERT_TRUE(box.box.cache().make_root());
  const RunRecords records = RunRecords::open(box.box.cache());
  box.box.put("_metadata/runs/.20240101T000000-nightly-0123abcd.json.0123abcd.tmp", "{\"ok\"");

  const auto kept = records.keep(RunReport{.verb = "fetch", .job = "nightly"});

  ASSERT_TRUE(kept) << kept.error().line();
  EXPECT_EQ(temporaries(box), 0U);
}

}  // namespace
}  // namespace chandler
