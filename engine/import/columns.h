// Which field of a line is what: by the names of a header, by the user's mapping, or by both.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/result.h"
#include "import/fields.h"

namespace chandler::foreign {

// "Adj Close" -> "adj_close", "<OPEN>" -> "open", "Close/Last" -> "close_last".
[[nodiscard]] std::string normalised(std::string_view name);

// What the user said of one slot.
struct MappedSlot {
  bool said = false;
  bool none = false;                    // "none": the file has no such column
  std::optional<std::size_t> position;  // else by name
  std::string name;
};
using Mapping = std::array<MappedSlot, kSlotCount + 1>;
inline constexpr std::size_t kDateKey =
    kSlotCount;  // "date": the timestamp's slot, with or without a clock

[[nodiscard]] Result<Mapping> parse_mapping(std::string_view text);
[[nodiscard]] bool says_anything(const Mapping& mapping);

struct ColumnPlan {
  std::vector<int> order;  // for FieldSplitter
  ColumnSet columns;
  bool has_clock = false;
  bool has_volume = true;
  std::string time_name;  // normalised name of the timestamp's column, where it has one
};

// `names` are those of the header, or of a known layout, or empty texts: one for each field of the
// line.
[[nodiscard]] Result<ColumnPlan> plan_columns(const std::vector<std::string>& names,
                                              const Mapping& mapping);

}  // namespace chandler::foreign
