#include "table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace chandler::cli {
namespace {

// Characters, not bytes: UTF-8 continuation bytes take no room.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

void put(std::string& line, std::string_view cell, std::size_t padding, Align align) {
  if (align == Align::right) line.append(padding, ' ');
  line += cell;
  if (align == Align::left) line.append(padding, ' ');
}

}  // namespace

std::string Table::text() const {
  const std::size_t columns = headings_.size();
  std::vector<std::size_t> widths;
  widths.reserve(columns);
  for (const Heading& heading : headings_) widths.push_back(width_of(heading.text));
  std::vector<std::size_t> of_cells;  // row after row
  of_cells.reserve(rows_.size() * columns);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < columns; ++i) {
      of_cells.push_back(width_of(row[i]));
      widths[i] = std::max(widths[i], of_cells.back());
    }
  }

  std::string all;
  all.reserve((rows_.size() + 1) * std::accumulate(widths.begin(), widths.end(), 3 * columns));
  const auto end_line = [&] {
    all.erase(all.find_last_not_of(' ') + 1);
    all += '\n';
  };
  for (std::size_t i = 0; i < columns; ++i) {
    const Heading& heading = headings_[i];
    if (i > 0) all += "  ";
    put(all, heading.text, widths[i] - width_of(heading.text), heading.align);
  }
  end_line();
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    for (std::size_t i = 0; i < columns; ++i) {
      if (i > 0) all += "  ";
      put(all, rows_[row][i], widths[i] - of_cells[row * columns + i], headings_[i].align);
    }
    end_line();
  }
  return all;
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string human_percent(double ratio) {
  return fmt::format("{:.2f} %", std::floor(ratio * 10'000) / 100);
}

std::string human_age(seconds age) {
  const std::int64_t s = std::max<std::int64_t>(0, age.count());
  if (s < 120) return fmt::format("{} s", s);
  if (s < 7200) return fmt::format("{} min", s / 60);
  if (s < 172'800) return fmt::format("{} h", s / 3600);
  return fmt::format("{} d", s / 86'400);
}

std::string human_time(Instant t) {
  std::string text = format_instant(t);
  if (text.ends_with(":00")) text.resize(text.size() - 3);
  return text;
}

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
  if (count == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string all;
  for (const std::string& part : parts) {
    if (!all.empty()) all += separator;
    all += part;
  }
  return all;
}

}  // namespace chandler::cli
