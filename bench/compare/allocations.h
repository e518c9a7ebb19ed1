// How much memory from the heap is in use, and the most there ever was. Only in programs that
// allocations.cpp is linked into. Counts what malloc hands out, not what was asked for.
#pragma once

#include <cstddef>

namespace chandler::bench {

// Begins anew: the most there was is what there is now. Answers it.
std::size_t most_allocated_now();
[[nodiscard]] std::size_t most_allocated();

}  // namespace chandler::bench
