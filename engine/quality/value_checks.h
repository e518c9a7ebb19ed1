// The plain questions to long columns, without branches and as many values at once as the processor
// can. Not part of the public face.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace chandler::quality {

// How many rows each is asked about: a multiple of this.
inline constexpr std::size_t kRowsAtOnce = 4;

struct BarValues {
  const double* open;
  const double* high;
  const double* low;
  const double* close;
  const double* volume;
};

struct ValueChecks {
  // Every bar's values go together (see BarChecks::has_sound_values).
  bool (*bars)(const BarValues& values, std::size_t rows);
  // Above zero and finite, or unknown (NaN).
  bool (*prices)(std::span<const double> values);
  // Not below zero and finite, or unknown (NaN).
  bool (*amounts)(std::span<const double> values);
  // Each is `step` after the one before.
  bool (*evenly)(std::span<const std::int64_t> times, std::int64_t step);
  // The sign of one is set: it is below zero, or a negative zero.
  bool (*signs)(std::span<const double> values);
};

// The fastest this processor has.
[[nodiscard]] const ValueChecks& value_checks();
// What every processor has; answers the same.
[[nodiscard]] const ValueChecks& portable_value_checks();

}  // namespace chandler::quality
