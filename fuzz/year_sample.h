// One year file of three blocks, made by the engine, with its rows.
#pragma once

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "fuzz/require.h"
#include "fuzz/scratch.h"

namespace chandler::fuzz {

class YearSample {
 public:
  YearSample() {
    // 60 bars in each of three blocks of 4,096 minutes.
    for (int block = 0; block < 3; ++block) {
      for (int i = 0; i < 60; ++i) add(year_start(2024) + seconds{60} * (block * 4096 + i * 11));
    }
    const Scratch scratch;
    auto cache = Cache::open(scratch.path());
    require(cache.ok());
    Delivery delivery;
    delivery.provider.name = "import";
    delivery.bars = bars_;
    delivery.report.rows_in = bars_.size();
    require(cache->merge(series_, delivery).status == WriteStatus::ok);
    bytes_ = content(scratch.path() / "BTCUSDT/1m/2024.csv.gz");
    metadata_ = content(scratch.path() / "BTCUSDT/1m/2024.metadata.json");
    find_pieces();
  }

  [[nodiscard]] const SeriesId& series() const { return series_; }
  [[nodiscard]] const BarSeries& bars() const { return bars_; }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] const std::string& metadata() const { return metadata_; }

  // The whole year, and each block up to its last bar.
  [[nodiscard]] std::vector<TimeRange> ranges() const {
    std::vector<TimeRange> all{TimeRange{}};
    for (std::size_t block = 0; block < 3; ++block) {
      all.push_back({bars_.timestamp[block * 60], bars_.timestamp[block * 60 + 59] + seconds{1}});
    }
    return all;
  }

  // The pieces of the file (three blocks and the end mark) in another order, some of them left out.
  [[nodiscard]] std::string rearranged(unsigned order, unsigned kept) const {
    std::string bytes;
    for (std::size_t i = 0; i < 4; ++i, order /= 4, kept /= 2) {
      if (kept % 2 == 0) bytes += pieces_[order % 4];
    }
    return bytes;
  }

 private:
  void add(Instant t) {
    const double n = std::fmod(static_cast<double>(epoch_seconds(t)) * 0.618, 97.0);
    const double open = 100 + std::round(n * 100) / 100;
    bars_.timestamp.push_back(t);
    bars_.open.push_back(open);
    bars_.high.push_back(open + 2);
    bars_.low.push_back(open - 1.5);
    bars_.close.push_back(open + 0.25);
    bars_.volume.push_back(std::floor(n * 10));
  }
  static std::string content(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // A member begins with these bytes (store/gzip_member.h); they are found nowhere else in it.
  void find_pieces() {
    const std::string head("\x1f\x8b\x08\x04\0\0\0\0\0\xff", 10);
    for (std::size_t at = bytes_.find(head); at != std::string::npos;) {
      const std::size_t next = bytes_.find(head, at + 1);
      pieces_.push_back(bytes_.substr(at, next - at));
      at = next;
    }
    require(pieces_.size() == 4);
  }

  SeriesId series_{*Symbol::parse("BTCUSDT"), Timeframe::m1};
  BarSeries bars_;
  std::string bytes_;
  std::string metadata_;
  std::vector<std::string> pieces_;
};

}  // namespace chandler::fuzz
