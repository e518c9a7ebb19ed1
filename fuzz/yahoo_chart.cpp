#include "fuzz/require.h"
#include "yahoo/rows.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace chandler;
  const std::string_view text = fuzz::text_of(data, size);
  static_cast<void>(yahoo::parse_error(text));
  const auto chart = yahoo::parse_chart(text);
  if (!chart) return 0;
  fuzz::require_even(chart->rows);
  for (const Split& split : chart->splits)
    fuzz::require(split.numerator > 0 && split.denominator > 0);
  const TimeRange years{year_start(2015), year_start(2026)};
  for (const Timeframe tf : {Timeframe::m5, Timeframe::d1, Timeframe::w1, Timeframe::mo1}) {
    const auto rows = yahoo::bars_of(
        *chart, {.timeframe = tf, .labels = years, .asked = years, .over = year_start(2024)});
    if (!rows) continue;
    fuzz::require_even(rows->bars);
    fuzz::require_even(rows->neighbours);
    for (const Instant t : rows->neighbours.timestamp) fuzz::require(!years.contains(t));
    for (const Instant t : rows->bars.timestamp) {
      fuzz::require(years.contains(t));
      fuzz::require(t < year_start(2024) + std::chrono::days{1});
    }
    for (const Instant t : rows->blanks) fuzz::require(years.contains(t));
  }
  return 0;
}
