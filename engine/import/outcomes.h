// Sums what became of the deliveries of one series.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chandler/cache.h"

namespace chandler::foreign {

class Tally {
 public:
  void read(std::uint64_t rows, std::uint64_t rejected) {
    rows_ += rows;
    rejected_ += rejected;
  }
  void failed(const Error& error);           // a delivery that was not written
  void nothing_new() { succeeded_ = true; }  // a delivery without bars to write
  void merged(const WriteOutcome& outcome);
  void dropped_outside_session(std::uint64_t rows) { outside_session_ += rows; }
  void add(const Tally& other);

  [[nodiscard]] WriteOutcome outcome(const SeriesId& id, const Cache& cache) const;

 private:
  std::uint64_t rows_ = 0;
  std::uint64_t rejected_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t outside_session_ = 0;
  bool succeeded_ = false;
  bool changed_ = false;
  bool merged_ = false;
  std::optional<Error> error_;  // the first
  std::set<std::string> providers_;
  std::set<std::string> files_;
  std::vector<std::string> notes_;
};

}  // namespace chandler::foreign
