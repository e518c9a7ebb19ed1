// The loopback exchange: Binance, Yahoo, Alpha Vantage and Alpaca over real HTTP, on one port of
// this machine, each under its real paths, with the sandbox's made-up market behind them.
//
//   auto exchange = *Exchange::start({.now = *parse_exact("2024-06-03 12:00:00")});
//   exchange->misbehave({.kind = FaultKind::status, .path = "/api/v3/klines", .times = 2,
//                        .status = 429, .retry_after = seconds{3}});
//   ... a client asks exchange->url() ...
//   EXPECT_TRUE(identical(bars, exchange->truth(Venue::binance, "BTCUSDT", Timeframe::m1, range)));
//   EXPECT_EQ(exchange->log("/api/v3/klines").size(), 3);
//
// What it keeps to of the real ones is written at the top of binance.cpp, yahoo.cpp,
// alpha_vantage.cpp and alpaca.cpp. Any symbol exists whose class the venue trades, but those that
// begin with NOSUCH. Safe from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/result.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"
#include "tests/support/exchange/http_server.h"

namespace chandler::testing {

enum class Venue : std::uint8_t { binance, yahoo, alpha_vantage, alpaca };

enum class FaultKind : std::uint8_t {
  // In place of the answer:
  status,   // `status`, with Retry-After when `retry_after` is set, and the venue's own error body
  garbage,  // 200 with bytes that are no JSON, under the right type
  html,     // 200 with a web page
  empty,    // 200 without a body
  huge,     // 200 with `bytes` bytes of JSON that never ends
  // To the answer, on its way:
  drip,      // `bytes` at a time, `pause` in between
  stall,     // `bytes`, then nothing
  reset,     // `bytes`, then RST
  truncate,  // `bytes`, then closed, although more was announced
  hang_up,   // closed without a byte
  // To what it says:
  never_advancing,  // the first page over and over, whatever is asked
  shuffled,         // in some other order
  doubled,          // every tenth bar twice
  conflicting,      // every tenth bar twice, the first time with another close and volume
  no_number,        // every tenth bar's close is none
  holes,            // the bars of `range` are missing
};
[[nodiscard]] std::string_view to_string(FaultKind kind);
[[nodiscard]] std::optional<FaultKind> parse_fault_kind(std::string_view name);

struct Fault {
  FaultKind kind = FaultKind::status;
  std::string path{};  // requests whose path begins so; empty: all
  int times = -1;      // for so many requests; -1: until behave()
  int after = 0;       // leaves so many matching requests alone before
  int status = 503;
  std::optional<seconds> retry_after{};
  std::size_t bytes = 0;
  std::chrono::milliseconds pause{1};
  TimeRange range{};
};

struct LoggedRequest {
  std::string method;
  std::string target;  // path and query as they came, keys included
  std::string path;
  Fields query;
  Fields headers;
  int status = 0;
};

// How the venues count. 0: no limit. Windows are those of the exchange's clock.
struct ExchangeLimits {
  std::uint32_t binance_weight_per_minute = 6000;
  std::uint32_t yahoo_per_minute = 0;
  std::uint32_t alpha_vantage_per_minute = 0;  // the free key's: 5
  std::uint32_t alpha_vantage_per_day = 0;     // the free key's: 25
  std::uint32_t alpaca_per_minute = 200;
};

// Of a share: on that day `numerator` shares take the place of `denominator`.
struct ShareSplit {
  Instant on{};  // the session's date, 00:00
  int numerator = 1;
  int denominator = 1;
};

struct ExchangeOptions {
  std::uint16_t port = 0;            // 0: any that is free
  std::optional<Instant> now{};      // stands still until set_now(); none: the machine's clock
  std::function<Instant()> clock{};  // instead of both: a test's own
  ExchangeLimits limits{};
  std::string alpaca_key = "test-key";
  std::string alpaca_secret = "test-secret";
  std::string alpha_vantage_key{};  // empty: any but "demo"
  bool yahoo_wants_crumb = false;
  std::optional<ShareSplit> yahoo_split{};  // of every stock and ETF
  bool extended_hours = true;               // Alpaca and Alpha Vantage bring them, thinly traded
  bool labels_at_end = false;               // Alpha Vantage's intraday labels as in 2020
  bool compress = true;                     // gzip for clients that take it
  // For benchmarks, whose subject is the client: Binance's klines are the same for every symbol, and
  // an answer once given is given again from memory.
  bool one_market = false;
};

class Exchange {
 public:
  static Result<std::unique_ptr<Exchange>> start(ExchangeOptions options = {});
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  [[nodiscard]] std::string url() const;  // "http://127.0.0.1:40213"
  [[nodiscard]] std::uint16_t port() const;

  [[nodiscard]] Instant now() const;
  void set_now(Instant now);

  // The first fault that matches a request is applied to it, and no other.
  void misbehave(Fault fault);
  void behave();  // forgets all faults

  // Requests so far, in the order they came; those whose path begins so. Control requests are not
  // among them.
  [[nodiscard]] std::vector<LoggedRequest> log(std::string_view path = "") const;
  void clear_log();
  [[nodiscard]] std::uint64_t connections() const;

  // What a faultless client has of this venue when it asked for the range: every bar of a regular
  // session that is over by now(), with the columns the venue tells of. `symbol` in the venue's
  // spelling or the canonical one. Binance's vwap is turnover / volume.
  [[nodiscard]] BarSeries truth(Venue venue, std::string_view symbol, Timeframe tf,
                                TimeRange range) const;

 private:
  struct State;
  explicit Exchange(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace chandler::testing
