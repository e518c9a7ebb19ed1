// Tables for people, and numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/time.h"

namespace chandler::cli {

enum class Align { left, right };

class Table {
 public:
  struct Heading {
    std::string text;
    Align align = Align::left;
  };
  explicit Table(std::vector<Heading> headings) : headings_(std::move(headings)) {}

  // Precondition: as many cells as headings.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Heading> headings_;
  std::vector<std::vector<std::string>> rows_;
};

[[nodiscard]] std::string human_bytes(std::uint64_t bytes);  // 812 B, 1.2 MB
[[nodiscard]] std::string human_percent(double ratio);       // 99.97 %; never 100 when it is less
[[nodiscard]] std::string human_age(seconds age);            // 3 h, 12 d
[[nodiscard]] std::string human_time(Instant t);             // 2024-01-31 23:59, seconds if any
[[nodiscard]] std::string plural(std::uint64_t count, std::string_view one,
                                 std::string_view many = {});  // 1 file, 2 files
[[nodiscard]] std::string joined(const std::vector<std::string>& parts,
                                 std::string_view separator = ", ");

}  // namespace chandler::cli
