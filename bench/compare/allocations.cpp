#include "allocations.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> g_in_use{0};
std::atomic<std::size_t> g_most{0};

void* counted(void* p) {
  if (p == nullptr) throw std::bad_alloc();
  const std::size_t size = ::malloc_usable_size(p);
  const std::size_t now = g_in_use.fetch_add(size, std::memory_order_relaxed) + size;
  std::size_t most = g_most.load(std::memory_order_relaxed);
  while (most < now && !g_most.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
  }
  return p;
}

void release(void* p) {
  if (p == nullptr) return;
  g_in_use.fetch_sub(::malloc_usable_size(p), std::memory_order_relaxed);
  std::free(p);
}

}  // namespace

// The forms without throw and for arrays come to these two pairs.
void* operator new(std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(step, (size + step - 1) / step * step));
}
void operator delete(void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t /*size*/) noexcept { release(p); }
void operator delete(void* p, std::align_val_t /*alignment*/) noexcept { release(p); }
void operator delete(void* p, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  release(p);
}

namespace chandler::bench {

std::size_t most_allocated_now() {
  const std::size_t now = g_in_use.load(std::memory_order_relaxed);
  g_most.store(now, std::memory_order_relaxed);
  return now;
}

std::size_t most_allocated() { return g_most.load(std::memory_order_relaxed); }

}  // namespace chandler::bench
