// What Alpha Vantage answers, read. Pure: text in, values out; any bytes may come.
//
//   series, JSON  {"Meta Data":{"2. Symbol":"IBM","4. Interval":"1min","6. Time
//   Zone":"US/Eastern"},
//                  "Time Series (1min)":{"2024-01-31 19:59:00":{"1. open":"183.5","2.
//                  high":"183.6", "3. low":"183.5","4. close":"183.6","5. volume":"12"}, ...}}
//   series, CSV   timestamp,open,high,low,close,volume, then lines like 2024-01-31
//   19:59:00,183.5,... a note        {"Error Message":"..."}, {"Note":"..."}, {"Information":"..."}
//   or {}, whatever was
//                 asked for, with status 200
//   listing, CSV  symbol,name,exchange,assetType,ipoDate,delistingDate,status
//
// Series come newest first; here they are turned round.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/provider.h"

namespace chandler::alpha_vantage {

struct Series {
  std::string zone{};      // "US/Eastern"; empty in CSV
  std::string interval{};  // "1min"; empty in CSV and of days
  BarSeries rows{};        // oldest first; timestamps are the wall's, written as if they were UTC
};
[[nodiscard]] Result<Series> parse_series(std::string_view text);

struct Note {
  enum class Kind { error, note, information, nothing };
  Kind kind = Kind::nothing;
  std::string text{};
};
// Nothing when the text is something else.
[[nodiscard]] std::optional<Note> parse_note(std::string_view text);

// Symbols that Chandler cannot name are left out; BRK-B is told as BRK.B.
[[nodiscard]] Result<std::vector<Listed>> parse_listing(std::string_view text);

}  // namespace chandler::alpha_vantage
