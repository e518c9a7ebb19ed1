// GET /api/v3/klines?symbol&interval&startTime&endTime&limit
//
// startTime and endTime are in ms, both inclusive, and compared with the open time. Before the
// listing the answer starts with the first klines there are. A page shorter than the limit may
// have an outage behind it: only an empty page, or the range's end, is the end.
#include "binance/klines.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "binance/parse.h"
#include "venue/unexpected.h"

namespace chandler::binance {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPage = 1000;
constexpr std::uint32_t kWeight = 2;
constexpr std::size_t kLongestError = 4096;  // bytes; klines are longer, or soon looked through

std::string in_ms(Instant t) { return std::to_string(milliseconds{t.time_since_epoch()}.count()); }

Instant whole(http::Moment moment) { return std::chrono::floor<seconds>(moment); }

// The slot after a candle.
Instant after(Timeframe timeframe, Instant open) {
  return utc_next(timeframe, utc_floor(timeframe, open));
}

class KlinePages final : public PageStream {
 public:
  KlinePages(venue::Venue& venue, const FetchRequest& request, std::string symbol)
      : venue_(venue),
        timeframe_(request.timeframe),
        symbol_(std::move(symbol)),
        cursor_(request.range.from),
        to_(std::min(request.range.to, utc_floor(timeframe_, whole(venue.now())))) {}

  [[nodiscard]] Result<std::optional<BarPage>> next(const std::stop_token& stop) override {
    if (cursor_ >= to_) return std::optional<BarPage>{};
    auto page = ask(stop);
    if (!page) {
      cursor_ = to_;
      return std::move(page).error().within(symbol_);
    }
    return std::optional<BarPage>{std::move(*page)};
  }

 private:
  [[nodiscard]] Result<BarPage> ask(const std::stop_token& stop) {
    const venue::Ask request{
        .path = "/api/v3/klines",
        .query = {{"symbol", symbol_},
                  {"interval", std::string(to_string(timeframe_))},
                  {"startTime", in_ms(cursor_)},
                  {"endTime", std::to_string(milliseconds{to_.time_since_epoch()}.count() - 1)},
                  {"limit", std::to_string(kPage)}},
        .cost = kWeight};
    const venue::Reader<Klines> read = [this](const http::Response& response) {
      auto verdict = judge(response, venue_.now());
      if (verdict.act != http::Verdict::Act::accept) return venue::refused<Klines>(verdict);
      // By their clock a candle that was asked for may still be open.
      return venue::reading(parse_klines(response.body, timeframe_, venue_.now(response)));
    };
    CHANDLER_TRY(Klines klines, venue_.ask<Klines>(request, read, stop));
    return settled(std::move(klines));
  }

  // What the page says of the range, and where the next one starts.
  [[nodiscard]] Result<BarPage> settled(Klines klines) {
    BarPage page{.bars = std::move(klines.bars), .settles = {cursor_, to_}, .source = "binance"};
    if (klines.rows == 0) {
      cursor_ = to_;
      return page;
    }
    // So it always advances, and no page can overlap another.
    if (*klines.first < cursor_) return outside(*klines.first);
    if (*klines.last >= to_) return outside(*klines.last);
    if (klines.forming) {
      const auto& closed = page.bars.timestamp;
      if (std::any_of(closed.begin(), closed.end(), [&](Instant t) { return t > *klines.forming; }))
        return venue::unexpected("a closed candle follows one that is still open");
      to_ = *klines.forming;
    }
    cursor_ = std::min(after(timeframe_, *klines.last), to_);
    page.settles.to = cursor_;
    return page;
  }

  [[nodiscard]] Error outside(Instant got) const {
    return venue::unexpected("asked for klines from " + format_instant(cursor_) + " to " +
                             format_instant(to_) + ", got one of " + format_instant(got));
  }

  venue::Venue& venue_;
  Timeframe timeframe_;
  std::string symbol_;
  Instant cursor_;  // everything before it is settled
  Instant to_;
};

}  // namespace

http::Verdict judge(const http::Response& response, http::Moment now) {
  using Act = http::Verdict::Act;
  http::Verdict verdict = http::judge_by_status(response);
  if (response.status == 418) {  // banned for having gone on after 429
    verdict = {.act = Act::wait,
               .error = Error{ErrorKind::rate_limited, "418: banned for asking too often", "",
                              "try again later"}};
  }
  if (verdict.act == Act::wait) verdict.wait = http::retry_after(response, now);
  if (response.status == 451) {
    return venue::failing(ErrorKind::unavailable, "451: Binance is not offered in this country",
                          "set providers.binance.base_url, or use another provider");
  }
  if (response.status == 403) {
    return venue::failing(ErrorKind::unavailable, "403: turned away by the firewall",
                          "wait some minutes, or use another provider");
  }
  if (verdict.act == Act::wait || response.body.size() > kLongestError) return verdict;
  const auto error = parse_error(response.body);
  if (!error && response.status == 404) {  // an unknown symbol has a code
    return venue::failing(ErrorKind::data, "404: there is no such page",
                          "check providers.binance.base_url");
  }
  if (!error) return verdict;
  const std::string what = std::to_string(error->code) + ": " + error->message;
  switch (error->code) {
    case -1003:
      return {.act = Act::wait,
              .error = Error{ErrorKind::rate_limited, what, "", "try again later"},
              .wait = http::retry_after(response, now)};
    case -1000:  // unknown
    case -1001:  // disconnected
    case -1006:  // unexpected response
    case -1007:  // timeout
    case -1008:  // overloaded
    case -1016:  // shutting down
      return venue::retrying(what);
    case -1120:
      return venue::failing(ErrorKind::unsupported, what,
                            "use another timeframe, or another provider");
    case -1121:
      return venue::failing(ErrorKind::not_found, what,
                            "write it as Binance does, for example BTCUSDT");
    default:
      break;
  }
  if (verdict.act == Act::retry || response.status >= 500) {
    verdict.error->what = what;
    return verdict;
  }
  // A parameter it does not take: ours, so that nobody is helped by asking again.
  return venue::failing(ErrorKind::data, what, "check symbol and range, or use another provider");
}

std::optional<std::uint32_t> used_weight(const http::Response& response) {
  const std::string_view text = response.header("x-mbx-used-weight-1m");
  std::uint32_t used = 0;
  const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), used);
  if (failed != std::errc{} || rest != text.data() + text.size()) return {};
  return used;
}

std::unique_ptr<PageStream> kline_pages(venue::Venue& venue, const FetchRequest& request,
                                        std::string symbol) {
  return std::make_unique<KlinePages>(venue, request, std::move(symbol));
}

}  // namespace chandler::binance
