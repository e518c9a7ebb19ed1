// What is costly to make, kept for whoever needs one next. There are never more than were in use at
// once.
//
//   static Spares<Scratch>& spares = *new Spares<Scratch>;  // lives as long as the last thread
//   const auto scratch = spares.borrow();                   // goes back by itself
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace chandler {

// Safe from several threads.
template <class T>
class Spares {
 public:
  struct GiveBack {
    Spares* to;
    void operator()(T* one) const { to->keep(std::unique_ptr<T>(one)); }
  };
  using Borrowed = std::unique_ptr<T, GiveBack>;

  // As the last one left it, or a new one.
  Borrowed borrow() {
    {
      const std::lock_guard hold(guard_);
      if (!free_.empty()) {
        std::unique_ptr<T> one = std::move(free_.back());
        free_.pop_back();
        return Borrowed(one.release(), GiveBack{this});
      }
      free_.reserve(++made_);  // so that giving back needs no memory
    }
    return Borrowed(std::make_unique<T>().release(), GiveBack{this});
  }

 private:
  void keep(std::unique_ptr<T> one) {
    const std::lock_guard hold(guard_);
    free_.push_back(std::move(one));
  }

  std::mutex guard_;
  std::vector<std::unique_ptr<T>> free_;
  std::size_t made_ = 0;
};

}  // namespace chandler
