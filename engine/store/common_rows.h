// Rows as nearly all are: plain decimals of up to 15 digits, on a day that is known. Read sixteen
// digits at a time with AVX2, where the processor has it, to the same values that csv_rows.cpp
// reads one by one; every other row is left to it.
#pragma once

#include <array>
#include <cstddef>

#include "chandler/bar_series.h"
#include "store/timestamp_reader.h"

namespace chandler::store {

struct RowColumns {
  std::array<double*, kColumnCount> values{};  // nullptr: read over
  std::array<bool, kColumnCount> required{};
  std::size_t count = 0;
  Instant* timestamp = nullptr;
};

// How far the reading of a text has come.
struct RowCursor {
  const char* at = nullptr;
  std::size_t row = 0;
  Instant previous = Instant::min();
  bool canonical = true;  // every value read so far stands as print_number() would print it
};

// Reads rows from the cursor on, up to `rows`, and stops before the first that is not a common one.
// With `check_canonical` the cursor is told of values that are written otherwise.
void read_common_rows(RowCursor& cursor, const char* end, std::size_t rows,
                      const TimestampReader& timestamps, const RowColumns& columns,
                      bool check_canonical);

}  // namespace chandler::store
