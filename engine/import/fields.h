// Fields out of a line: quotes, delimiters, numbers.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/bar_series.h"

namespace chandler::foreign {

// What a field of a line can be to a bar.
inline constexpr std::size_t kTimestampSlot = 0;  // or the date, when there is a clock
inline constexpr std::size_t kClockSlot = 1;
inline constexpr std::size_t kFirstColumnSlot = 2;
inline constexpr std::size_t kSlotCount = kFirstColumnSlot + kColumnCount;
inline constexpr int kNoSlot = -1;
using Slots = std::array<char*, kSlotCount>;  // nullptr where the file has no such field

[[nodiscard]] inline std::size_t slot_of(Column c) {
  return kFirstColumnSlot + static_cast<std::size_t>(c);
}

class FieldSplitter {
 public:
  // order[i]: the slot of the i-th field, or kNoSlot. Precondition: the delimiter is one of , ;
  // tab.
  FieldSplitter(char delimiter, std::vector<int> order);

  // Cuts the line up in place. False when it has not exactly as many fields as `order`, or a quote
  // does not end.
  [[nodiscard]] bool split(char* line, Slots& slots) const {
    return split_(line, slots.data(), order_);
  }

 private:
  using Split = bool (*)(char*, char**, const std::vector<int>&);
  Split split_;
  std::vector<int> order_;
};

// All fields of a line, trimmed, without quotes; nothing when a quote does not end.
[[nodiscard]] std::optional<std::vector<std::string>> split_all(std::string_view line,
                                                                char delimiter);

// The one of tab ; , that cuts the line (outside quotes) into most fields.
[[nodiscard]] char find_delimiter(std::string_view line);

[[nodiscard]] std::string_view trimmed(std::string_view text);

// Exactly rounded; the whole field must be a finite decimal number. Spaces around it and a leading
// '$' are let pass.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

}  // namespace chandler::foreign
