// What the venues of the loopback exchange share: whom a name means, the bars as they tell of them,
// and what a fault makes of those. Not for tests to include; they use exchange.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/provider.h"
#include "sandbox/market.h"
#include "tests/support/exchange/exchange.h"

namespace chandler::testing {

// Counts the units asked for in a venue's window of the exchange's clock.
class Windows {
 public:
  // The units used in the window that `now` lies in, these included. `name` tells limits apart.
  std::uint32_t use(const std::string& name, seconds length, Instant now, std::uint32_t units);

 private:
  struct Window {
    Instant begin;
    std::uint32_t used;
  };
  std::mutex mutex_;
  std::map<std::string, Window> windows_;
};
[[nodiscard]] seconds until_next(seconds window, Instant now);

struct VenueCall {
  const HttpRequest& http;
  const ExchangeOptions& options;
  Instant now;
  const Fault* fault;  // one that changes what is said; nullptr: none
  Windows& windows;
};

[[nodiscard]] HttpResponse serve_binance(const VenueCall& call);
[[nodiscard]] HttpResponse serve_yahoo(const VenueCall& call);
[[nodiscard]] HttpResponse serve_alpha_vantage(const VenueCall& call);
[[nodiscard]] HttpResponse serve_alpaca(const VenueCall& call);
// Whose path it is; nothing for /_log and the like.
[[nodiscard]] std::optional<Venue> venue_of(std::string_view path);
// The body the venue sends with an error of that status.
[[nodiscard]] HttpResponse error_answer(Venue venue, int status);

// Whom the venue means by a name; nothing when it does not trade that.
[[nodiscard]] std::optional<Instrument> resolve(Venue venue, std::string_view spelling);
[[nodiscard]] sandbox::Market market_of(const Instrument& instrument);

// The bars of the range (of open times) that have begun by now, less what a fault holds back; at
// most the first `limit`. The last one may still be open: it then says where it stands, not where
// it will end.
[[nodiscard]] BarSeries told(const VenueCall& call, const sandbox::Market& market, Timeframe tf,
                             TimeRange range, std::size_t limit = sandbox::Market::kAll);
// The same with the thin bars of the hours before and after the session among them; up to 1h.
[[nodiscard]] BarSeries told_extended(const VenueCall& call, const sandbox::Market& market,
                                      Timeframe tf, TimeRange range,
                                      std::size_t limit = sandbox::Market::kAll);
// What a fault makes of the rows of one answer: shuffled, doubled, conflicting, no_number.
void distort(BarSeries& rows, const Fault* fault);

// Yahoo's adjclose for these bars: a dividend of 1/64 of the price went off stocks and ETFs on
// kExDividend.
inline constexpr std::int64_t kExDividend = 1707436800;  // 2024-02-09 00:00
[[nodiscard]] std::vector<double> yahoo_adjusted(AssetClass asset_class, const BarSeries& bars);

// --- numbers and times as text
void append_fixed(std::string& out, double value, int decimals);  // "31.19296800"
void append_shortest(std::string& out, double value);             // "240.5", "85998033", "null"
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);
[[nodiscard]] seconds zone_offset(std::string_view zone, Instant t);       // local = UTC + offset
[[nodiscard]] Instant local_midnight(std::string_view zone, Instant day);  // of a date at 00:00:00
inline constexpr std::string_view kNewYork = "America/New_York";
[[nodiscard]] HttpResponse json_answer(int status, std::string body);

}  // namespace chandler::testing
