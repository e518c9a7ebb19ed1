// What Binance answers, read. Pure: text in, values out; any bytes may come.
//
//   klines        [[1499040000000,"0.0163","0.8","0.0157","0.0158","148976.1",1499644799999,
//                   "2434.19",308,"1756.87","28.46","0"], ...]
//                 open time, open, high, low, close, volume, close time (the next open time less
//                 one), quote volume, trades, ...; oldest first; times in ms, or in us (16 digits)
//   error         {"code":-1121,"msg":"Invalid symbol."}
//   time          {"serverTime":1499827319559}
//   exchangeInfo  {"symbols":[{"symbol":"ETHBTC","status":"TRADING","baseAsset":"ETH",
//                   "quoteAsset":"BTC",...}]}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/provider.h"
#include "http/client.h"

namespace chandler::binance {

struct Klines {
  BarSeries bars{};                      // closed ones, in the order they came; NaN: cannot be read
  std::size_t rows = 0;                  // of all kinds
  std::optional<Instant> first, last{};  // the smallest and the largest open time of all rows
  std::optional<Instant> forming{};      // open time of the first candle that is still open
};

// A candle is closed when its close time, and the end of its slot, lie before `now`.
[[nodiscard]] Result<Klines> parse_klines(std::string_view text, Timeframe timeframe,
                                          http::Moment now);
// The same by way of a JSON document: for every text that kline_text.h does not know.
[[nodiscard]] Result<Klines> parse_klines_document(std::string_view text, Timeframe timeframe,
                                                   http::Moment now);

// A kline's time in ms or us; nothing for what no kline could have.
[[nodiscard]] std::optional<std::chrono::milliseconds> kline_time(std::int64_t number);
// When the slot of a kline is over.
[[nodiscard]] Instant slot_end(Timeframe timeframe, Instant open);

struct ApiError {
  std::int64_t code = 0;
  std::string message{};
};
[[nodiscard]] std::optional<ApiError> parse_error(std::string_view text);

[[nodiscard]] Result<http::Moment> parse_time(std::string_view text);

// Symbols that Chandler cannot name are left out.
[[nodiscard]] Result<std::vector<Listed>> parse_listing(std::string_view text);

}  // namespace chandler::binance
