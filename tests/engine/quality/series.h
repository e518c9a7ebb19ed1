// Bars for the tests of this room: made up, and from the recorded series.
#pragma once

#include <zlib.h>

#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>

#include "chandler/bar_series.h"

namespace chandler {

inline Instant at(const std::string& text) {
  return *parse_exact(text.size() == 10 ? text + " 00:00:00" : text);
}

inline void add_bar(BarSeries& bars, Instant t, double open, double high, double low, double close,
                    double volume) {
  bars.resize(bars.size() + 1);
  bars.timestamp.back() = t;
  bars.open.back() = open;
  bars.high.back() = high;
  bars.low.back() = low;
  bars.close.back() = close;
  bars.volume.back() = volume;
}

// Sound bars at these times.
template <class Times>
BarSeries bars_at(const Times& times) {
  BarSeries bars;
  for (const Instant t : times) add_bar(bars, t, 10, 12, 9, 11, 100);
  return bars;
}

inline std::vector<Instant> steps(Instant first, seconds step, int count) {
  std::vector<Instant> times;
  for (int i = 0; i < count; ++i) times.push_back(first + i * step);
  return times;
}

// A file of fixtures/series; nothing where there is none.
inline std::optional<BarSeries> recorded(const std::string& name) {
  const std::string path = std::string(CHANDLER_FIXTURES) + "/series/" + name + ".csv.gz";
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  BarSeries bars;
  char line[512];
  gzgets(file, line, sizeof line);  // the header
  while (gzgets(file, line, sizeof line) != nullptr) {
    char* rest = line + 20;
    double values[5];
    for (double& value : values) {
      value = std::strtod(rest, &rest);
      ++rest;
    }
    add_bar(bars, at(std::string(line, 19)), values[0], values[1], values[2], values[3], values[4]);
  }
  gzclose(file);
  return bars;
}

}  // namespace chandler
