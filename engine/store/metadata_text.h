// YEAR.metadata.json as this version prints it, written and read without a document in between: a
// year of minutes has a hundred and thirty blocks, and a nightly run reads and writes thousands of
// such files.
//
// Both know one spelling only, the one that print_metadata() gives a year without anything unusual:
// no unknown keys, no conflicts, nothing lost or rebuilt, plain names. For all else they give
// nothing, and the general way is taken. What both can do gives the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/metadata.h"

namespace chandler::store {

[[nodiscard]] std::optional<std::string> print_plain(const YearMetadata& metadata);
[[nodiscard]] std::optional<YearMetadata> read_plain(std::string_view text);

}  // namespace chandler::store
