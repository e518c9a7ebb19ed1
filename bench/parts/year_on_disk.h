// A year of bars in a cache of its own, in a folder that goes when this does.
#pragma once

#include <filesystem>

#include "chandler/cache.h"
#include "parts/market_year.h"
#include "store/folder.h"

namespace chandler::bench {

class YearOnDisk {
 public:
  explicit YearOnDisk(const BarSeries& bars);
  ~YearOnDisk();
  YearOnDisk(const YearOnDisk&) = delete;
  YearOnDisk& operator=(const YearOnDisk&) = delete;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] SeriesId series() const { return {*Symbol::parse("BTCUSDT"), Timeframe::m1}; }
  [[nodiscard]] Cache cache() const;
  [[nodiscard]] store::Folder folder() const;  // of the series

 private:
  std::filesystem::path root_;
};

// Ends the program with the line of the error.
[[noreturn]] void give_up(const Error& error);
template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(*result);
}
void must(const WriteOutcome& outcome);

// What a writer brings: these bars, sound and in order.
[[nodiscard]] Delivery delivery_of(BarSeries bars);

}  // namespace chandler::bench
