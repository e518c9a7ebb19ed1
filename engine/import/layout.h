// How the lines of one text are to be read, as told by the user and by its first line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "chandler/foreign_csv.h"
#include "import/columns.h"
#include "import/time_field.h"

namespace chandler::foreign {

// The user's words, looked through once for all members.
struct Wishes {
  ForeignFormat format;
  Mapping mapping;

  [[nodiscard]] static Result<Wishes> of(const ForeignFormat& format);
};

struct Layout {
  ForeignPreset preset = ForeignPreset::generic;
  char delimiter = ',';
  bool header = false;
  // yfinance's table has two more lines of header: "Ticker,AAPL,..." and "Date,,,".
  bool more_header = false;
  ColumnPlan plan;
  TimeReader time;
};

// Precondition: the line is not empty. `file` is the member's name, else the file's.
[[nodiscard]] Result<Layout> find_layout(std::string_view first_line, const Wishes& wishes,
                                         const std::filesystem::path& file);

}  // namespace chandler::foreign
