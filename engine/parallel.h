// oneTBB as ThreadSanitizer can follow it. The library's own code is not instrumented, so that the
// sanitizer does not see one thread hand work to another; these tell it. Without it they are nothing.
#pragma once

#include <oneapi/tbb/parallel_for.h>

#include <cstddef>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace chandler {

// Whoever takes sees all that was done before somebody left.
class HandOff {
 public:
#if defined(__SANITIZE_THREAD__)
  void leave() { __tsan_release(this); }
  void take() { __tsan_acquire(this); }
#else
  void leave() {}
  void take() {}
#endif

 private:
  [[maybe_unused]] char place_ = 0;
};

// body(i) for each i from begin to end, in any order, by several threads.
template <class Body>
void parallel_for(std::size_t begin, std::size_t end, const Body& body) {
  HandOff there;
  HandOff back;
  there.leave();
  oneapi::tbb::parallel_for(begin, end, [&](std::size_t i) {
    there.take();
    body(i);
    back.leave();
  });
  back.take();
}

}  // namespace chandler
