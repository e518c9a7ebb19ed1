// JSON documents of which every byte is known beforehand but for the values: written and read in one
// pass, without a tree of values in between.
//
// A layout is one function over a writer or a reader. It visits literals and values in the order of
// the text; every visit says whether it could. A reader that says no has met another spelling, a
// writer a value that the layout has no spelling for: then the general way (json_text.h) is taken.
#pragma once

#include <date/date.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chandler/time.h"
#include "store/json_text.h"
#include "store/number_text.h"

namespace chandler::store {

inline bool needs_no_escape(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

inline void put_two_digits(char* out, unsigned value) {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
}

// As format_iso() gives it.
inline std::string iso_text(Instant t) {
  const auto day = date::floor<date::days>(t);
  const date::year_month_day ymd{day};
  const int year = static_cast<int>(ymd.year());
  if (year < 1000 || year > 9999) return format_iso(t);
  const auto second = static_cast<unsigned>((t - day).count());
  std::string text = "0000-00-00T00:00:00";
  char* const out = text.data();
  put_two_digits(out, static_cast<unsigned>(year) / 100);
  put_two_digits(out + 2, static_cast<unsigned>(year) % 100);
  put_two_digits(out + 5, static_cast<unsigned>(ymd.month()));
  put_two_digits(out + 8, static_cast<unsigned>(ymd.day()));
  put_two_digits(out + 11, second / 3600);
  put_two_digits(out + 14, second / 60 % 60);
  put_two_digits(out + 17, second % 60);
  return text;
}

// A number as the general way prints it.
inline std::string real_text(double value) { return Json(value).dump(); }

class PlainWriter {
 public:
  static constexpr bool kReads = false;

  bool literal(std::string_view text) {
    out_ += text;
    return true;
  }
  bool text(const std::string& value) {
    for (const char c : value) {
      if (!needs_no_escape(c)) return false;
    }
    out_ += '"';
    out_ += value;
    out_ += '"';
    return true;
  }
  template <class Value, class Parse>
  bool word(const Value& value, const Parse& /*parse*/) {
    out_ += '"';
    out_ += to_string(value);
    out_ += '"';
    return true;
  }
  bool time(Instant value) {
    out_ += '"';
    out_ += iso_text(value);
    out_ += '"';
    return true;
  }
  template <class Number>
  bool number(Number value) {
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    return true;
  }
  bool counted(std::uint64_t value) { return number(value); }
  bool real(double value) {
    if (!std::isfinite(value)) return false;
    out_ += value == 1 ? "1.0" : real_text(value);
    return true;
  }
  // Any text; what is no UTF-8 does not come back.
  bool escaped(const std::string& value) {
    if (std::all_of(value.begin(), value.end(), needs_no_escape)) return text(value);
    out_ += Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
    return true;
  }
  bool flag(bool value) { return literal(value ? "true" : "false"); }

  std::string take() { return std::move(out_); }
  [[nodiscard]] std::string_view written() const { return out_; }
  void clear() { out_.clear(); }
  void reserve(std::size_t bytes) { out_.reserve(bytes); }

 private:
  std::string out_;
};

class PlainReader {
 public:
  static constexpr bool kReads = true;

  explicit PlainReader(std::string_view text) : rest_(text) {}

  bool literal(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  bool text(std::string& value) {
    if (!literal("\"")) return false;
    std::size_t size = 0;
    while (size < rest_.size() && needs_no_escape(rest_[size])) ++size;
    value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return literal("\"");
  }
  template <class Value, class Parse>
  bool word(Value& value, const Parse& parse) {
    std::string name;
    if (!text(name)) return false;
    const auto known = parse(name);
    if (!known) return false;
    value = *known;
    return true;
  }
  bool time(Instant& value) {
    constexpr std::size_t kSize = 19;
    if (rest_.size() < kSize + 2 || rest_[0] != '"' || rest_[kSize + 1] != '"') return false;
    const auto parsed = parse_exact(rest_.substr(1, kSize));
    if (!parsed) return false;
    value = *parsed;
    rest_.remove_prefix(kSize + 2);
    return true;
  }
  template <class Number>
  bool number(Number& value) {
    const char* const first = rest_.data();
    const auto [end, failed] = std::from_chars(first, first + rest_.size(), value);
    const auto size = static_cast<std::size_t>(end - first);
    if (failed != std::errc{}) return false;
    const std::size_t sign = *first == '-' ? 1 : 0;
    const bool spelt = first[sign] != '0' || size == 1;
    if (spelt) rest_.remove_prefix(size);
    // A point or an exponent may follow: then the next literal does not.
    return spelt;
  }
  // What follows from the rest is printed for people, and not read.
  bool counted(std::uint64_t /*unused*/) {
    std::uint64_t ignored = 0;
    return number(ignored);
  }
  bool real(double& value) {
    const std::size_t size = std::min(rest_.find_first_not_of("0123456789.eE+-"), rest_.size());
    const std::string_view written = rest_.substr(0, size);
    const auto parsed = parse_number(written);
    if (!parsed || (written != "1.0" && real_text(*parsed) != written)) return false;
    value = *parsed;
    rest_.remove_prefix(size);
    return true;
  }

  bool escaped(std::string& value) {
    const std::string_view before = rest_;
    if (text(value)) return true;
    rest_ = before;
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    if (end >= rest_.size()) return false;
    const Json parsed = Json::parse(rest_.substr(0, end + 1), nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_string()) return false;
    value = parsed.get<std::string>();
    rest_.remove_prefix(end + 1);
    return true;
  }
  bool flag(bool& value) {
    value = literal("true");
    return value || literal("false");
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// A list whose entries stand behind `before` (a line feed and their indentation); `after` stands
// before the closing bracket.
template <class Archive, class List, class Entry>
bool lay_out_list(Archive& a, List& entries, std::string_view before, std::string_view after,
                  const Entry& entry) {
  if constexpr (Archive::kReads) {
    if (a.literal("[]")) return true;
    if (!a.literal("[")) return false;
    do {
      if (!a.literal(before) || !entry(entries.emplace_back())) return false;
    } while (a.literal(","));
    return a.literal(after) && a.literal("]");
  } else {
    if (entries.empty()) return a.literal("[]");
    a.literal("[");
    bool first = true;
    for (auto& one : entries) {
      if (!first) a.literal(",");
      first = false;
      if (!a.literal(before) || !entry(one)) return false;
    }
    return a.literal(after) && a.literal("]");
  }
}

// A value, or null; `visit` takes the value.
template <class Archive, class Optional, class Visit>
bool lay_out_or_null(Archive& a, Optional& value, const Visit& visit) {
  if constexpr (Archive::kReads) {
    if (a.literal("null")) return true;
    return visit(value.emplace());
  } else {
    return value ? visit(*value) : a.literal("null");
  }
}

// A key and its value that are left out when `there` is false.
template <class Archive, class Visit>
bool lay_out_if_there(Archive& a, bool there, std::string_view key, const Visit& visit) {
  if constexpr (Archive::kReads) {
    return !a.literal(key) || visit();
  } else {
    return !there || (a.literal(key) && visit());
  }
}

}  // namespace chandler::store
