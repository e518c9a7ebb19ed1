// What must have reached the disk before bars go away.
#include <gtest/gtest.h>

#include <algorithm>

#include "parts_support.h"

namespace chandler {
namespace {

using test::bars_at;
using test::Call;
using test::CallRecord;
using test::FaultyFileSystem;
using test::kSeries;

// They are not synced when they are made, and cannot be made again without their source.
TEST(RemovalOrder, RollUpsAreThereToStayBeforeTheirSourceGoes) {
  test::Sandbox box;
  FaultyFileSystem files;
  auto cache = Cache::open(box.root(), {.clock = &box.clock, .files = &files});
  ASSERT_TRUE(cache);
  const std::vector<Timeframe> frames = {Timeframe::m5};
  ASSERT_FALSE(cache->merge(kSeries, test::delivery_of(bars_at({0, 1, 5}))).error);
  ASSERT_FALSE(cache->resample(kSeries.symbol, Timeframe::m1, frames).front().error);
  files.clear();

  const RemoveOutcome outcome = cache->remove(kSeries);

  EXPECT_TRUE(outcome.errors.empty());
  const auto records = files.records();
  const auto place_of = [&](Call call, const std::string& name) {
    return std::find_if(records.begin(), records.end(), [&](const CallRecord& r) {
      return r.call == call && r.name == name && !r.failed;
    });
  };
  const auto gone = place_of(Call::unlink, "BTCUSDT/1m/2024.csv.gz");
  ASSERT_NE(gone, records.end());
  for (const char* name : {"BTCUSDT/5m/2024.csv.gz", "BTCUSDT/5m/2024.metadata.json", "BTCUSDT/5m"})
    EXPECT_LT(place_of(Call::sync, name), gone) << name;
}

}  // namespace
}  // namespace chandler
