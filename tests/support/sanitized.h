// Is this build watched by a sanitizer that keeps books of its own? Then memory that is measured is
// not the program's alone.
#pragma once

namespace chandler::test {

// GCC defines a macro, Clang answers a question.
#if !defined(__has_feature)
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kMemoryCounts = false;
#else
inline constexpr bool kMemoryCounts = true;
#endif

}  // namespace chandler::test
