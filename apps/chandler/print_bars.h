// Bars on stdout, in the forms that read and get share.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "output.h"

namespace chandler::cli {

// As typed.
struct FormArguments {
  std::string format;
  std::vector<std::string> columns;
};

// Declares --format and --columns.
void add_form(CLI::App& app, FormArguments& arguments);

enum class Format : std::uint8_t { csv, json, arrow };

struct BarsForm {
  Format format = Format::csv;
  // In the order asked; nothing: all the series has. The timestamp always comes first.
  std::optional<std::vector<Column>> columns{};
};

// `json`: --json was given.
[[nodiscard]] Result<BarsForm> parse_form(const FormArguments& arguments, bool json);

// Fails before anything is printed when a column is not there. `lacking`: why there is not more;
// the JSON document says so.
[[nodiscard]] Result<void> print_bars(Output& out, const SeriesId& id, const BarSeries& bars,
                                      const BarsForm& form,
                                      const std::optional<Error>& lacking = {});

}  // namespace chandler::cli
