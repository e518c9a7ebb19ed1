// Whose file is it? By its header, by the shape of a line without one, by its name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/foreign_csv.h"

namespace chandler::foreign {

// The zone of a preset's clock: Alpha Vantage's intraday times are those of New York.
[[nodiscard]] std::string_view zone_of(ForeignPreset preset);

// `names` as normalised() makes them; `file` is the member's name, else the file's.
[[nodiscard]] ForeignPreset recognise_header(const std::vector<std::string>& names,
                                             const std::filesystem::path& file);
// By the fields of the first line; generic where nothing else fits.
[[nodiscard]] ForeignPreset recognise_row(const std::vector<std::string>& fields,
                                          const std::filesystem::path& file);

// The columns of a file without a header; empty when this preset has no layout for such a line.
[[nodiscard]] std::vector<std::string> layout_of(ForeignPreset preset,
                                                 const std::vector<std::string>& fields);

}  // namespace chandler::foreign
