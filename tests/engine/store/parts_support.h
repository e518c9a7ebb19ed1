// What the tests of the store's parts share: a folder of one series, opened through a file system
// that can be told to fail, and drafts of year files to put into it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "store/commit.h"
#include "store/describe.h"
#include "store/folder.h"
#include "store/lock.h"
#include "store_support.h"
#include "tests/support/faulty_file_system.h"

namespace chandler::test {

inline const SeriesId kSeries{*Symbol::parse("BTCUSDT"), Timeframe::m1};
inline const std::filesystem::path kSeriesFolder = "BTCUSDT/1m";

// One minute bars at the given minutes of a year: few rows, many blocks.
inline BarSeries bars_at(std::initializer_list<int> minutes, int year = 2024, double price = 100) {
  BarSeries bars;
  bars.resize(minutes.size());
  std::size_t i = 0;
  for (const int minute : minutes) {
    bars.timestamp[i] = year_start(year) + seconds{60} * minute;
    bars.open[i] = bars.low[i] = price;
    bars.high[i] = bars.close[i] = price + 0.25 * (minute % 7);
    bars.volume[i] = minute % 11;
    ++i;
  }
  return bars;
}

class SeriesFolder {
 public:
  explicit SeriesFolder(FileSystem& files = FileSystem::system()) {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    root_path_ = std::filesystem::path(::testing::TempDir()) /
                 ("chandler-parts-" + std::string(info->test_suite_name()) + "-" + info->name());
    std::filesystem::remove_all(root_path_);
    std::filesystem::create_directories(path());
    root_.emplace(*store::Folder::open_root(files, root_path_.string()));
    symbol_.emplace(*root_->open_folder("BTCUSDT"));
    folder_.emplace(*symbol_->open_folder("1m"));
  }
  ~SeriesFolder() { std::filesystem::remove_all(root_path_); }
  SeriesFolder(const SeriesFolder&) = delete;
  SeriesFolder& operator=(const SeriesFolder&) = delete;

  [[nodiscard]] std::filesystem::path path() const { return root_path_ / kSeriesFolder; }
  [[nodiscard]] const std::filesystem::path& root_path() const { return root_path_; }
  [[nodiscard]] const store::Folder& root() const { return *root_; }
  [[nodiscard]] const store::Folder& folder() const { return *folder_; }

  [[nodiscard]] std::string bytes(const std::string& name) const {
    std::ifstream file(path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(path() / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path() / name));
  }
  [[nodiscard]] std::vector<std::string> names() const { return *folder_->names(); }

 private:
  std::filesystem::path root_path_;
  std::optional<store::Folder> root_, symbol_, folder_;
};

inline Delivery delivery_of(const BarSeries& bars, const char* provider = "import") {
  Delivery delivery;
  delivery.provider.name = provider;
  delivery.bars = bars;
  delivery.report.rows_in = bars.size();
  return delivery;
}

inline store::YearDraft draft_of(const BarSeries& bars, const std::string& provider = "import",
                                 const SeriesId& series = kSeries) {
  store::RowOwners owners;
  for (std::size_t i = 0; i < bars.size(); ++i) owners.push_back(provider);
  auto draft = store::draft_year(series, utc_year(bars.timestamp.front()), nullptr,
                                 store::cut_into_blocks(series.timeframe, bars, owners),
                                 bars.columns, false);
  EXPECT_TRUE(draft);
  return std::move(*draft);
}

inline std::string file_of(const store::YearDraft& draft) {
  std::string bytes;
  const auto add = [&](const store::Bytes& b) {
    bytes.append(reinterpret_cast<const char*>(b.data()), b.size());
  };
  for (const store::DraftBlock& block : draft.blocks) add(block.member);
  add(store::encode_end_mark(draft.mark()));
  return bytes;
}

inline store::YearMetadata description_of(const store::YearDraft& draft) {
  store::DescribeRequest request;
  request.draft = &draft;
  request.calendar = Calendar::of(kSeries.symbol, AssetClass::crypto);
  request.now = *parse_exact("2026-01-01 00:00:00");
  request.fetched_from = "import";
  auto metadata = store::describe_year(std::move(request));
  EXPECT_TRUE(metadata);
  return std::move(*metadata);
}

// Names with their nonces made equal, so that they can be compared.
inline std::string without_nonce(std::string name) {
  for (const char* ending : {".tmp", ""}) {
    const std::string tail = ending;
    if (!name.ends_with(tail) || name.size() < tail.size() + 9) continue;
    const std::size_t at = name.size() - tail.size() - 9;
    if (name[at] == '.' &&
        name.find_first_not_of("0123456789abcdef", at + 1) >= name.size() - tail.size()) {
      return name.substr(0, at) + ".NONCE" + tail;
    }
  }
  return name;
}

}  // namespace chandler::test
