#include "spares.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <thread>

namespace chandler {
namespace {

struct Costly {
  int uses = 0;
  bool taken = false;
};

TEST(Spares, WhatWasGivenBackIsLentAgainAsItWas) {
  Spares<Costly> spares;
  spares.borrow()->uses = 3;
  EXPECT_EQ(spares.borrow()->uses, 3);
}

TEST(Spares, TwoAtOnceAreDifferentOnes) {
  Spares<Costly> spares;
  const auto one = spares.borrow();
  const auto other = spares.borrow();
  EXPECT_NE(one.get(), other.get());
}

TEST(Spares, SeveralThreadsNeverShareOneAndMakeNoMoreThanThereAreOfThem) {
  Spares<Costly> spares;
  std::array<std::set<const Costly*>, 4> seen;
  std::array<std::thread, 4> threads;
  for (std::size_t t = 0; t < threads.size(); ++t) {
    threads[t] = std::thread([&spares, &mine = seen[t]] {
      for (int i = 0; i < 2000; ++i) {
        const auto one = spares.borrow();
        EXPECT_FALSE(one->taken);
        one->taken = true;
        mine.insert(one.get());
        one->taken = false;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<const Costly*> all;
  for (const auto& mine : seen) all.insert(mine.begin(), mine.end());
  EXPECT_LE(all.size(), threads.size());
}

}  // namespace
}  // namespace chandler
