// One deflate block (RFC 1951) with codes of its own, or with the fixed ones where that is shorter.
#pragma once

#include <span>
#include <string_view>

#include "store/byte_order.h"
#include "store/row_matches.h"

namespace chandler::store {

// Appends a whole deflate stream: the text, said by these matches (which cover it). A function of
// the two alone.
void write_deflate(std::string_view text, std::span<const Match> matches, Bytes& out);

}  // namespace chandler::store
