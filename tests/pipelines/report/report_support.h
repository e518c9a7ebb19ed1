// Made-up bars for a page to draw, and a look at whether the page is well formed.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/calendar.h"
#include "report/run_report.h"
#include "tests/engine/store/store_support.h"

namespace chandler::test {

inline TimeRange between(const char* from, const char* to) {
  return {*parse_exact(std::string(from) + " 00:00:00"),
          *parse_exact(std::string(to) + " 00:00:00")};
}

// A walk over every slot that the calendar expects and `keep` wants.
inline BarSeries walk(CalendarKind kind, Timeframe tf, TimeRange range,
                      const std::function<bool(Instant)>& keep = {}) {
  BarSeries bars;
  std::uint32_t state = 7;
  const auto next = [&] {
    state = state * 1664525U + 1013904223U;
    return static_cast<double>(state >> 8U) / 16777216.0 - 0.5;
  };
  double price = 180;
  for (const SlotRun& run : Calendar(kind).expected(tf, range)) {
    for (std::int64_t i = 0; i < run.count; ++i) {
      const double open = price;
      price = std::max(1.0, price * (1 + next() * 0.02));
      const Instant at = run.first + run.step * i;
      if (keep && !keep(at)) continue;
      bars.timestamp.push_back(at);
      bars.open.push_back(open);
      bars.high.push_back(std::max(open, price) * (1 + std::abs(next()) * 0.01));
      bars.low.push_back(std::min(open, price) * (1 - std::abs(next()) * 0.01));
      bars.close.push_back(price);
      bars.volume.push_back(std::round(1000 * (1 + next()) * (1 + std::abs(next()) * 4)));
    }
  }
  return bars;
}

inline SeriesReport reported(const char* symbol, Timeframe tf, WriteStatus status = WriteStatus::ok,
                             std::uint64_t written = 0) {
  SeriesReport report{.outcome = {.series = {*Symbol::parse(symbol), tf}}};
  report.outcome.provider = "sandbox";
  report.outcome.status = status;
  report.outcome.rows_written = written;
  return report;
}

// What is wrong with a page as XML, or nothing. Knows no CDATA and no comments: there are none.
inline std::string unbalanced(std::string_view page) {
  std::vector<std::string_view> open;
  for (std::size_t at = page.find('<'); at != std::string_view::npos; at = page.find('<', at)) {
    std::size_t end = at + 1;
    for (char quote = 0; end < page.size() && (quote != 0 || page[end] != '>'); ++end) {
      if (page[end] == '<') return "a < inside of a tag: " + std::string(page.substr(at, 60));
      if (page[end] != '"') continue;
      quote = quote == 0 ? '"' : '\0';
    }
    if (end == page.size()) return "a tag without an end";
    const std::string_view tag = page.substr(at + 1, end - at - 1);
    const std::string_view name = tag.substr(0, tag.find_first_of(" \n/", 1));
    at = end;
    if (tag.starts_with('!') || tag.ends_with('/')) continue;
    if (!tag.starts_with('/')) {
      open.push_back(name);
      continue;
    }
    if (open.empty() || open.back() != tag.substr(1)) return "unexpected <" + std::string(tag);
    open.pop_back();
  }
  return open.empty() ? "" : "never closed: " + std::string(open.back());
}

inline std::size_t times_found(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at)) {
    ++count;
    at += what.size();
  }
  return count;
}

}  // namespace chandler::test
