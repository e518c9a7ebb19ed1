// A cache in a folder of its own with a clock that stands still, and bars to put into it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "chandler/cache.h"

namespace chandler::test {

class FixedClock final : public Clock {
 public:
  explicit FixedClock(const char* when) : now_(*parse_exact(when)) {}
  [[nodiscard]] Instant now() const override { return now_; }
  void pause(std::chrono::milliseconds /*time*/) const override { ++pauses; }
  void set(const char* when) { now_ = *parse_exact(when); }
  mutable std::atomic<int> pauses = 0;  // threads of the cache pause, too

 private:
  Instant now_;
};

// Minutes of a random walk with two decimals, the same on every machine; not a function of where it
// is cut.
inline BarSeries minutes(const char* day, std::size_t count, std::uint32_t seed = 1) {
  const Instant from = *parse_exact(std::string(day) + " 00:00:00");
  BarSeries bars;
  bars.reserve(count);
  std::uint32_t state = seed * 2654435761U + 12345U;
  const auto next = [&] {
    state = state * 1664525U + 1013904223U;
    return static_cast<double>(state >> 8U) / 16777216.0;
  };
  double price = 42000;
  for (std::size_t i = 0; i < count; ++i) {
    const double open = std::round(price * 100) / 100;
    const double close = std::round((price + (next() - 0.5) * 20) * 100) / 100;
    bars.timestamp.push_back(from + seconds{60} * static_cast<std::int64_t>(i));
    bars.open.push_back(open);
    bars.high.push_back(std::round((std::max(open, close) + next() * 5) * 100) / 100);
    bars.low.push_back(std::round((std::min(open, close) - next() * 5) * 100) / 100);
    bars.close.push_back(close);
    bars.volume.push_back(std::round(next() * 1e7) / 1e5);
    price = close;
  }
  return bars;
}

class Sandbox {
 public:
  explicit Sandbox(FileSystem* files = nullptr) : files_(files) {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    static int made = 0;  // a test may have several
    root_ = std::filesystem::path(::testing::TempDir()) /
            ("chandler-" + std::string(info->test_suite_name()) + "-" + info->name() + "-" +
             std::to_string(++made));
    for (char& c : const_cast<std::string&>(root_.native())) {
      if (c == '\n') c = '_';
    }
    std::filesystem::remove_all(root_);
    open();
  }
  ~Sandbox() { std::filesystem::remove_all(root_); }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // As a new process would.
  void open() {
    auto cache = Cache::open(root_, {.clock = &clock, .files = files_});
    ASSERT_TRUE(cache) << cache.error().line();
    cache_.emplace(std::move(*cache));
  }

  Cache& cache() { return *cache_; }
  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  WriteOutcome merge(const char* symbol, Timeframe tf, const BarSeries& bars,
                     const char* provider = "import") {
    Delivery delivery;
    delivery.provider.name = provider;
    delivery.bars = bars;
    delivery.report.rows_in = bars.size();
    return cache_->merge({*Symbol::parse(symbol), tf}, delivery);
  }

  [[nodiscard]] std::string bytes(const std::string& name) const {
    std::ifstream file(root_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(root_ / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] nlohmann::json metadata(const std::string& name) const {
    return nlohmann::json::parse(bytes(name));
  }

  // Name and content of every file but locks.
  [[nodiscard]] std::map<std::string, std::string> snapshot(const std::string& ending = "") const {
    std::map<std::string, std::string> files;
    if (!std::filesystem::exists(root_)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
      const std::string name = std::filesystem::relative(entry.path(), root_).string();
      if (!entry.is_regular_file() || entry.path().filename() == ".lock" || !name.ends_with(ending))
        continue;
      files.emplace(name, bytes(name));
    }
    return files;
  }

  FixedClock clock{"2026-01-01 00:00:00"};

 private:
  FileSystem* files_;
  std::filesystem::path root_;
  std::optional<Cache> cache_;
};

}  // namespace chandler::test
