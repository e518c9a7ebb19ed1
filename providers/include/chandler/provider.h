// What a source of bars offers. The built-in providers and plugins implement the same interface.
//
//   CHANDLER_TRY(const auto pages, provider.fetch({.instruments = {apple}, .timeframe =
//   Timeframe::d1,
//                                                  .range = range}));
//   for (;;) {
//     CHANDLER_TRY(const std::optional<BarPage> page, pages->next(stop));
//     if (!page) break;
//     take(*page);
//   }
//
// A provider only says what its source said: it checks nothing of a bar but whether its time can be
// read, and whether it is over. Bars that break a rule are the validator's business, and so are
// numbers that cannot be read, which are NaN.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/asset_class.h"
#include "chandler/bar_series.h"
#include "chandler/result.h"
#include "chandler/symbol.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"

namespace chandler {

// "6000/minute": at most so many units in any window of that length.
struct RateLimit {
  std::uint32_t units = 0;
  seconds window{};
  friend bool operator==(const RateLimit&, const RateLimit&) = default;
};
// N/second, N/minute, N/hour, N/day.
[[nodiscard]] Result<RateLimit> parse_rate_limit(std::string_view text);
[[nodiscard]] std::string to_string(const RateLimit& limit);

// What the prices of a provider's bars mean.
enum class Adjustment : std::uint8_t {
  raw,     // as traded
  splits,  // adjusted for splits; a later split rewrites history
  splits_and_dividends,
};
[[nodiscard]] std::string_view to_string(Adjustment adjustment);

// A symbol and what is known of it.
struct Instrument {
  Symbol symbol;
  AssetClass asset_class = AssetClass::unknown;
  std::string base{};      // of a pair; else empty
  std::string quote{};     // of a pair; else empty
  std::string exchange{};  // "NASDAQ", "binance"; empty: not known
  friend bool operator==(const Instrument&, const Instrument&) = default;
};

// 1 to 32 of a-z 0-9 _ - . and not first: - . (it becomes an option's value and a file's name).
[[nodiscard]] bool is_provider_name(std::string_view name);

// What a provider can do, whoever asks. Plain facts, no network.
struct Capabilities {
  std::string name{};  // see is_provider_name
  std::vector<AssetClass> classes{};
  std::vector<Timeframe> timeframes{};
  ColumnSet columns{};  // that its bars may have
  Adjustment adjustment = Adjustment::raw;
  std::vector<RateLimit> rate_limits{};
  std::vector<std::string>
      key_variables{};  // environment variables that hold its key; empty: no key needed
  bool has_key = true;  // all of them are set, or none is needed
  std::vector<AssetClass> keyless_classes{};  // whose bars can be had without the key
  double reliability = 0.5;                   // 0 to 1
  std::size_t page_bars = 1000;               // most bars one request brings
  std::size_t batch = 1;                      // most instruments one request may name
  std::size_t requests_at_once = 4;
  bool extended_hours = false;  // can bring bars from outside the sessions

  // How far back a timeframe reaches; a timeframe that is not listed reaches back to `earliest`.
  struct Depth {
    Timeframe timeframe;
    seconds back;
  };
  std::vector<Depth> depths{};
  std::optional<Instant> earliest{};  // nothing is older than this

  [[nodiscard]] bool covers(AssetClass asset_class) const;
  [[nodiscard]] bool offers(Timeframe timeframe) const;
  // Bars of this class can be asked for: the key is there, or none is needed for them.
  [[nodiscard]] bool may_ask(AssetClass asset_class) const;
  // The first instant bars of this timeframe can be had from; Instant::min() when there is no end.
  [[nodiscard]] Instant reaches_back_to(Timeframe timeframe, Instant now) const;
};

struct FetchRequest {
  std::vector<Instrument> instruments{};  // 1 to capabilities().batch
  Timeframe timeframe = Timeframe::d1;
  TimeRange range{};  // of open times; both ends finite
  bool extended_hours = false;
};

// `numerator` shares took the place of `denominator`.
struct Split {
  Instant at{};  // the opening of the first session with the new ones
  double numerator = 1;
  double denominator = 1;
  friend bool operator==(const Split&, const Split&) = default;
};

// One answer of the source. Pages of one instrument come oldest first and do not overlap.
struct BarPage {
  std::size_t instrument = 0;  // whose, an index of FetchRequest::instruments
  BarSeries bars{};            // in the order they came; open bars are never among them
  // What this page settles: an expected bar of this range that is not in `bars` is not to be had
  // now. The pages' ranges, in order, make up the range asked for (less what was still open at its
  // end).
  TimeRange settles{};
  std::string source{};  // who gave it, for the provenance: "binance", "alpaca:iex"
  // Times of rows that came without their numbers: no bars. They are listed like bars with a bad
  // number, but are no reason to distrust the others: some sources fill with such rows what nobody
  // traded. (A number that is there and cannot be read is NaN in `bars`.)
  std::vector<Instant> blanks{};
  // Where the source changes its prices afterwards (Adjustment::splits): bars from around those asked
  // for. They are not kept; who holds bars of the same times sees from them whether the prices are
  // still what they were.
  BarSeries neighbours{};
  std::vector<Split> splits{};       // that the answer tells of
  std::uint64_t unreadable = 0;      // rows whose time cannot be read
  std::vector<std::string> notes{};  // what a reader of the run's report should know, a line each
};

// The pages of one request. Used by one thread at a time.
class PageStream {
 public:
  virtual ~PageStream() = default;
  PageStream(const PageStream&) = delete;
  PageStream& operator=(const PageStream&) = delete;
  // nullopt: that was all. After an error the stream is over. Asked to stop, it returns
  // `interrupted` soon.
  [[nodiscard]] virtual Result<std::optional<BarPage>> next(const std::stop_token& stop) = 0;

 protected:
  PageStream() = default;
};

// One instrument as a provider's listing has it.
struct Listed {
  Instrument instrument;
  std::string name{};   // "Apple Inc."; may be empty
  bool trading = true;  // can be bought today
};

struct Health {
  bool ok = false;
  std::chrono::milliseconds latency{};
  std::string detail{};  // "answered in 43 ms", "403: forbidden"
  std::optional<std::chrono::milliseconds>
      clock_ahead{};  // the source's clock against ours, if it tells
};

// What a provider's calls came to since it was made.
struct CallCounts {
  std::uint64_t requests = 0;  // sent, retries included
  std::uint64_t retries = 0;
  std::uint64_t failures = 0;  // requests without a usable answer
  std::uint64_t rate_limited = 0;
  std::uint64_t bytes = 0;             // received, as they came over the wire
  std::chrono::milliseconds waited{};  // for the rate limit, Retry-After and backoff
  std::chrono::milliseconds latency_total{};
  std::chrono::milliseconds latency_max{};
};

enum class BreakerState : std::uint8_t { closed, open, half_open };
[[nodiscard]] std::string_view to_string(BreakerState state);

// Safe from several threads.
class Provider {
 public:
  virtual ~Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  [[nodiscard]] virtual const Capabilities& capabilities() const = 0;
  // How this provider spells it (BRK.B is BRK-B at Yahoo); unsupported when it has no such thing.
  [[nodiscard]] virtual Result<std::string> spelling(const Instrument& instrument) const = 0;
  // Asks nothing yet. Errors of kind usage and unsupported: the request is not for this provider.
  [[nodiscard]] virtual Result<std::unique_ptr<PageStream>> fetch(FetchRequest request) = 0;
  // Everything it lists; unsupported when it has no listing.
  [[nodiscard]] virtual Result<std::vector<Listed>> listing(const std::stop_token& stop) = 0;
  // One small request. Fails only when interrupted.
  [[nodiscard]] virtual Result<Health> probe(const std::stop_token& stop) = 0;

  [[nodiscard]] virtual CallCounts calls() const = 0;
  [[nodiscard]] virtual BreakerState breaker() const = 0;

 protected:
  Provider() = default;
};

}  // namespace chandler
