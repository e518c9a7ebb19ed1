// The data sets that are measured with, so that who makes them and who reads them agree.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "chandler/cache.h"

namespace chandler::bench {

inline constexpr std::size_t kMinutesADay = 1440;
inline constexpr int kYear = 2023;
inline constexpr std::array<int, 3> kManyYears = {2021, 2022, 2023};

struct Sizes {
  std::size_t days_a_year;  // of a year of minutes that are there
  std::size_t status_series;
};
inline constexpr Sizes kFull{.days_a_year = 365, .status_series = 10'000};
inline constexpr Sizes kShort{.days_a_year = 14, .status_series = 200};

[[nodiscard]] SeriesId year_series();                         // BTCUSDT 1m
[[nodiscard]] std::vector<SeriesId> many_series();            // ten symbols, 1m
[[nodiscard]] BarSeries year_of_minutes(const Sizes& sizes);  // of year_series(), from 1 January on
// Of series `i` of many_series(); the last days of the year.
[[nodiscard]] BarSeries minutes_of(std::size_t i, int year, const Sizes& sizes);

// The bars as a writer brings them: validated. An error when they are not all fit to be kept.
[[nodiscard]] Result<Delivery> validated(const SeriesId& id, BarSeries bars, Instant now);

}  // namespace chandler::bench
