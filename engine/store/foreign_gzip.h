// Unpacks a gzip that Chandler did not write, as far as it goes.
#pragma once

#include <string>

#include "store/gzip_member.h"

namespace chandler::store {

struct ForeignText {
  std::string text;     // of whole members; of a cut one the whole lines before the cut
  std::string problem;  // empty when every member was whole; else the kind: truncated,
                        // damaged_block, trailing_bytes
  bool too_big = false;
  std::size_t bytes_used = 0;
};

// Stops at `cap` unpacked bytes with the problem damaged_block (a bomb), never holding more.
[[nodiscard]] ForeignText unpack_foreign(std::span<const std::byte> data, std::size_t cap);

}  // namespace chandler::store
