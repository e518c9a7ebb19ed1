// Reads the recorded series of the fixtures: timestamp,open,high,low,close,volume, gzipped.
#pragma once

#include <zlib.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "chandler/bar_series.h"

namespace chandler {

// Nothing when the fixtures are not there.
inline std::optional<BarSeries> recorded_series(const std::string& name) {
  const std::filesystem::path path =
      std::filesystem::path(CHANDLER_FIXTURES) / "series" / (name + ".csv.gz");
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) return {};
  BarSeries bars;
  std::array<char, 512> line{};
  gzgets(file.get(), line.data(), line.size());  // the header
  while (gzgets(file.get(), line.data(), line.size()) != nullptr) {
    bars.timestamp.push_back(*parse_exact({line.data(), 19}));
    const char* at = line.data() + 19;
    for (auto* column : {&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume}) {
      char* end = nullptr;
      column->push_back(std::strtod(at + 1, &end));
      at = end;
    }
  }
  return bars;
}

}  // namespace chandler
