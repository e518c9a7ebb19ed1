// A file of 60 kB in which every bit is turned, one after the other, and which is cut at every
// length: each time it is found, and no reader gets a row that was not there.
//
// CHANDLER_EVERY_BIT=1 does all of them (close to half a million bits and 60,000 lengths); without
// it a sample that is the same each time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "damage_support.h"
#include "fuzz/one_file.h"
#include "store/year_scan.h"

namespace chandler {
namespace {

using namespace test;

constexpr std::size_t kBlocks = 12;
constexpr std::size_t kRowsPerBlock = 265;

bool every_bit() { return std::getenv("CHANDLER_EVERY_BIT") != nullptr; }

// Bars of twelve blocks of a year of minutes, a few hundred in each.
BarSeries bars_of_blocks() {
  BarSeries bars;
  bars.columns = columns_of({Column::trade_count});
  for (std::size_t block = 0; block < kBlocks; ++block) {
    for (std::size_t i = 0; i < kRowsPerBlock; ++i) {
      const auto minute = static_cast<std::int64_t>(block * 4096 + i * 15);
      add_bar(bars, year_start(2024) + seconds{60} * minute);
    }
  }
  return bars;
}

class Rot : public ::testing::Test {
 protected:
  Rot() {
    EXPECT_EQ(box_.merge("BTCUSDT", Timeframe::m1, truth_).status, WriteStatus::ok);
    original_ = box_.bytes("BTCUSDT/1m/2024.csv.gz");
    const auto blocks = box_.metadata("BTCUSDT/1m/2024.metadata.json")["file_info"]["blocks"];
    for (const auto& b : blocks) begins_.push_back(b["offset"].get<std::size_t>());
    begins_.push_back(begins_.back() + blocks.back()["size"].get<std::size_t>());
    EXPECT_EQ(begins_.size(), kBlocks + 1);
    EXPECT_GE(original_.size(), 60'000U);
    auto folder = store::Folder::open_root(files_, box_.root().string());
    if (folder) folder = folder->open_folder("BTCUSDT");
    if (folder) folder = folder->open_folder("1m");
    folder_.emplace(std::move(*folder));
    auto cache = Cache::open(box_.root(), {.clock = &box_.clock, .files = &files_});
    cache_.emplace(std::move(*cache));
  }

  // The block a byte lies in; kBlocks: the end mark.
  [[nodiscard]] std::size_t part_of(std::size_t byte) const {
    std::size_t part = 0;
    while (part < kBlocks && begins_[part + 1] <= byte) ++part;
    return part;
  }
  [[nodiscard]] TimeRange times_of(std::size_t block) const {
    const std::size_t first = block * kRowsPerBlock;
    return {truth_.timestamp[first], truth_.timestamp[first + kRowsPerBlock - 1] + seconds{1}};
  }

  // True when the range is read as it was, false when it is refused. Nothing else may happen.
  [[nodiscard]] bool reads(TimeRange range) const {
    const auto bars = cache_->read(id_, range);
    if (!bars) {
      EXPECT_EQ(bars.error().kind, ErrorKind::damaged) << bars.error().line();
      return false;
    }
    EXPECT_TRUE(identical(*bars, between(truth_, range))) << "wrong rows";
    return true;
  }

  [[nodiscard]] store::YearScan scan() const {
    auto scan = store::scan_year(*folder_, id_, 2024);
    EXPECT_TRUE(scan);
    return scan ? std::move(*scan) : store::YearScan{};
  }
  // Only rows that were there.
  void expect_good_rows_are_true(const store::YearScan& scan) const {
    for (const store::BlockRows& good : scan.good) {
      const TimeRange range{good.bars.timestamp.front(), good.bars.timestamp.back() + seconds{1}};
      EXPECT_TRUE(identical(good.bars, between(truth_, range)));
    }
  }

  const SeriesId id_ = series("BTCUSDT", Timeframe::m1);
  const BarSeries truth_ = bars_of_blocks();
  Sandbox box_;
  fuzz::OneFile files_{"2024.csv.gz"};
  std::string original_;
  std::vector<std::size_t> begins_;
  std::optional<store::Folder> folder_;
  std::optional<Cache> cache_;
};

// So that they run side by side.
class RotOfBits : public Rot, public ::testing::WithParamInterface<std::size_t> {};

constexpr std::size_t kShares = 8;

TEST_P(RotOfBits, IsFoundAndCostsOnlyItsBlock) {
  const std::size_t every = every_bit() ? 1 : 499;
  std::size_t turned = 0;
  for (std::size_t bit = GetParam(); bit < original_.size() * 8; bit += kShares * every) {
    std::string rotten = original_;
    rotten[bit / 8] = static_cast<char>(rotten[bit / 8] ^ static_cast<char>(1U << bit % 8));
    files_.put(rotten);
    const std::size_t part = part_of(bit / 8);

    const store::YearScan found = scan();
    ASSERT_EQ(found.problems.size(), 1U) << "bit " << bit;
    EXPECT_EQ(found.problems[0].kind, "damaged_block") << "bit " << bit;
    EXPECT_EQ(found.good.size(), part == kBlocks ? kBlocks : kBlocks - 1) << "bit " << bit;
    expect_good_rows_are_true(found);
    EXPECT_EQ(reads({}), part == kBlocks) << "bit " << bit;
    const std::size_t block = std::min(part, kBlocks - 1);
    const std::size_t another = (block + 1 + bit % (kBlocks - 1)) % kBlocks;
    EXPECT_EQ(reads(times_of(block)), part == kBlocks) << "bit " << bit;
    EXPECT_TRUE(reads(times_of(another))) << "bit " << bit;
    ++turned;
    ASSERT_FALSE(HasFailure());
  }
  RecordProperty("bits", std::to_string(turned));
}
INSTANTIATE_TEST_SUITE_P(Share, RotOfBits, ::testing::Range<std::size_t>(0, kShares));

class RotOfLengths : public Rot, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(RotOfLengths, IsTruncationAndTheBlocksBeforeItAreRead) {
  std::size_t cuts = 0;
  for (std::size_t size = GetParam(); size < original_.size(); size += kShares) {
    const bool at_an_edge = std::find(begins_.begin(), begins_.end(), size) != begins_.end();
    if (!every_bit() && !at_an_edge && size / kShares % 97 != 0) continue;
    files_.put(original_.substr(0, size));

    const store::YearScan found = scan();
    ASSERT_EQ(found.problems.size(), 1U) << "length " << size;
    EXPECT_EQ(found.problems[0].kind, "truncated") << "length " << size;
    expect_good_rows_are_true(found);
    EXPECT_FALSE(reads({})) << "length " << size;
    const std::size_t part = part_of(size);
    if (part > 0) {
      EXPECT_TRUE(reads(times_of(part - 1))) << "length " << size;
    }
    if (part < kBlocks) {
      EXPECT_FALSE(reads(times_of(part))) << "length " << size;
    }
    ++cuts;
    ASSERT_FALSE(HasFailure());
  }
  RecordProperty("cuts", std::to_string(cuts));
}
INSTANTIATE_TEST_SUITE_P(Share, RotOfLengths, ::testing::Range<std::size_t>(0, kShares));

}  // namespace
}  // namespace chandler
