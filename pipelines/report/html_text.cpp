#include "report/html_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "time/utf8.h"

namespace chandler::html {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool unfit_for_a_page(char32_t c) {
  if (c == '\t' || c == '\n') return false;
  return is_control(c) || c == 0xFFFE || c == 0xFFFF;
}

std::string_view entity(char32_t c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

std::string padded(std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

}  // namespace

std::string escaped(std::string_view text, std::size_t limit) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t n = 0; !text.empty(); ++n) {
    if (n == limit) return out + "…";
    const CodePoint point = first_code_point(text);
    const std::size_t bytes = std::max<std::size_t>(1, point.bytes);
    if (point.bytes == 0 || unfit_for_a_page(point.value)) {
      out += kReplacement;
    } else if (const std::string_view name = entity(point.value); !name.empty()) {
      out += name;
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return out;
}

std::string counted(std::int64_t n) {
  std::string digits = std::to_string(n);
  const std::size_t sign = n < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
  return counted(n).append(" ").append(n == 1 ? one : many);
}

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "–";
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, decimals);
  return {buffer.data(), end.ptr};
}

std::string compact(double value) {
  constexpr std::array<std::pair<double, const char*>, 4> kUnits = {
      {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}}};
  for (const auto& [size, letter] : kUnits) {
    if (std::abs(value) < size) continue;
    const double units = value / size;
    return fixed(units, std::abs(units) < 10 ? 1 : 0) + letter;
  }
  if (value == 0 || std::abs(value) >= 10) return fixed(value, 0);
  const int decimals = 1 - static_cast<int>(std::floor(std::log10(std::abs(value))));
  return fixed(value, std::clamp(decimals, 0, 12));
}

std::string byte_size(std::uint64_t bytes) {
  constexpr std::array<std::pair<double, const char*>, 3> kUnits = {
      {{1e9, " GB"}, {1e6, " MB"}, {1e3, " kB"}}};
  for (const auto& [size, name] : kUnits) {
    const double units = static_cast<double>(bytes) / size;
    if (units >= 1) return fixed(units, units < 100 ? 1 : 0) + name;
  }
  return std::to_string(bytes) + " B";
}

std::string lasted(std::chrono::microseconds time) {
  const std::int64_t us = time.count();
  if (us < 10'000) return fixed(static_cast<double>(us) / 1e3, us == 0 ? 0 : 1) + " ms";
  if (us < 1'000'000) return std::to_string(us / 1000) + " ms";
  if (us < 60'000'000) return fixed(static_cast<double>(us) / 1e6, 1) + " s";
  const std::int64_t s = us / 1'000'000;
  if (s < 3600) return std::to_string(s / 60) + " min " + std::to_string(s % 60) + " s";
  return counted(s / 3600) + " h " + padded(s / 60 % 60) + " min";
}

std::string minute_text(Instant t) { return format_instant(t).substr(0, 16); }
std::string date_text(Instant t) { return format_instant(t).substr(0, 10); }

std::string_view month_name(unsigned month) {
  constexpr std::array<std::string_view, 12> kNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return kNames.at(month - 1);
}

}  // namespace chandler::html
