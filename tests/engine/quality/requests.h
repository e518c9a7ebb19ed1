// What the tests of validation ask, and how they read the answer.
#pragma once

#include <string>

#include "chandler/quality.h"
#include "tests/engine/quality/series.h"

namespace chandler {

inline const Instant kStart = at("2024-03-11");
inline const Instant kNow = at("2024-06-01");

inline ValidationRequest request(CalendarKind kind = CalendarKind::always,
                                 Timeframe tf = Timeframe::m1) {
  return {.timeframe = tf, .calendar = Calendar(kind), .asked = {}, .now = kNow};
}

// "off_grid@2 duplicate@5 ": the findings of a report, with their rows.
inline std::string rules_of(const ValidationReport& report) {
  std::string text;
  for (const Finding& f : report.findings)
    text += std::string(to_string(f.rule)) + "@" + std::to_string(f.row) + " ";
  return text;
}

}  // namespace chandler
