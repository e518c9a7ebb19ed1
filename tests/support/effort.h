// How thorough the property tests are. CHANDLER_LONG_TESTS=1 runs every case there is; without it a
// sample that is the same each time.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace chandler::test {

inline bool long_tests() { return std::getenv("CHANDLER_LONG_TESTS") != nullptr; }

// Is case i among one in n?
inline bool in_sample(std::size_t i, std::size_t n) { return long_tests() || i % n == 0; }

}  // namespace chandler::test
