// GET /v8/finance/chart/{SYMBOL}?period1&period2&interval&includePrePost&events
//
// period1 and period2 are in seconds, the start inclusive, the end exclusive; a row is found by its
// own time. From a day up that is not the label's. More is asked for than is wanted: bars that may
// have come in an earlier run, too, by which a later split shows (BarPage::neighbours).
#include "yahoo/chart_pages.h"

#include <algorithm>
#include <array>
#include <utility>

#include "yahoo/judge.h"
#include "yahoo/parse.h"
#include "yahoo/rows.h"

namespace chandler::yahoo {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

// Quotes of many exchanges come a quarter of an hour late, and volumes are mended after the close.
constexpr seconds kDelay = 20min;

// The source's clock decides what is too old.
constexpr seconds kDepthMargin = 5min;

// There is a session in any of so many days: nothing trades from Friday to Tuesday now and then.
constexpr days kLongWeekend{4};

struct Interval {
  Timeframe timeframe;
  const char* name;
  days a_request;  // most that one request may span
};
constexpr std::array<Interval, 7> kIntervals = {{{Timeframe::m1, "1m", days{7}},
                                                 {Timeframe::m5, "5m", days{60}},
                                                 {Timeframe::m15, "15m", days{60}},
                                                 {Timeframe::m30, "30m", days{60}},
                                                 {Timeframe::d1, "1d", days{7300}},
                                                 {Timeframe::w1, "1wk", days{73000}},
                                                 {Timeframe::mo1, "1mo", days{73000}}}};

const Interval* find_interval(Timeframe timeframe) {
  const auto* const found =
      std::find_if(kIntervals.begin(), kIntervals.end(),
                   [&](const Interval& interval) { return interval.timeframe == timeframe; });
  return found == kIntervals.end() ? nullptr : found;
}

Instant whole(http::Moment moment) { return std::chrono::floor<seconds>(moment); }

bool in_hundredths(const std::string& currency) {
  return currency == "GBp" || currency == "ZAc" || currency == "ILA";
}

class ChartPages final : public PageStream {
 public:
  ChartPages(venue::Venue& venue, Session& session, FetchRequest request, std::string symbol)
      : venue_(venue),
        session_(session),
        request_(std::move(request)),
        symbol_(std::move(symbol)),
        calendar_(Calendar::of(request_.instruments.front().symbol,
                               request_.instruments.front().asset_class)),
        interval_(*find_interval(request_.timeframe)),
        cursor_(request_.range.from),
        to_(std::min(request_.range.to, whole(venue.now()) - kDelay)) {}

  [[nodiscard]] Result<std::optional<BarPage>> next(const std::stop_token& stop) override {
    if (cursor_ >= to_) return std::optional<BarPage>{};
    const Instant reach = reaches_back_to();
    if (cursor_ < reach) return std::optional<BarPage>{too_old(std::min(reach, to_))};
    const TimeRange labels{cursor_, std::min(to_, asked_from(cursor_) + interval_.a_request)};
    auto page = page_of(labels, stop);
    if (!page) {
      cursor_ = to_;
      return std::move(page).error().within(symbol_);
    }
    // Before the end of what was wanted only where something is still open; that is all, then.
    cursor_ = page->settles.to < labels.to ? to_ : labels.to;
    return std::optional<BarPage>{*std::move(page)};
  }

 private:
  [[nodiscard]] Instant reaches_back_to() const {
    for (const Capabilities::Depth& depth : venue_.capabilities().depths) {
      if (depth.timeframe == request_.timeframe) {
        return whole(venue_.now()) - depth.back + kDepthMargin;
      }
    }
    return Instant::min();
  }

  BarPage too_old(Instant reach) {
    BarPage page{.settles = {cursor_, reach}, .source = "yahoo"};
    page.notes.push_back(symbol_ + ": Yahoo has no " + std::string(to_string(request_.timeframe)) +
                         " bars from before " + format_instant(reach));
    cursor_ = reach;
    return page;
  }

  // For minutes only the first page has neighbours: with those before each the pages would be many.
  [[nodiscard]] Instant asked_from(Instant label) const {
    const Timeframe tf = request_.timeframe;
    if (tf == Timeframe::d1) return label - days{1} - kLongWeekend;
    if (!is_intraday(tf)) return utc_floor(tf, label - 1s) - days{1};
    if (label != request_.range.from) return label;
    return std::max(label - kLongWeekend, reaches_back_to());
  }

  [[nodiscard]] TimeRange to_ask(const TimeRange& labels) const {
    const Timeframe tf = request_.timeframe;
    const Instant from = asked_from(labels.from);
    if (is_intraday(tf)) return {from, labels.to};
    const Instant next_bar = utc_next(tf, utc_floor(tf, labels.to - 1s));
    const Instant end = utc_next(tf, next_bar) + (tf == Timeframe::d1 ? kLongWeekend : days{1});
    return {from, std::min(end, whole(venue_.now()))};
  }

  [[nodiscard]] venue::Ask ask_for(const TimeRange& asked) const {
    return {.path = chart_path(symbol_),
            .query = {{"period1", std::to_string(epoch_seconds(asked.from))},
                      {"period2", std::to_string(epoch_seconds(asked.to))},
                      {"interval", interval_.name},
                      {"includePrePost", request_.extended_hours ? "true" : "false"},
                      {"events", "div,splits"}}};
  }

  // What ends by this is over.
  [[nodiscard]] Instant over(const http::Response& response) const {
    return whole(venue_.now(response)) - kDelay;
  }

  [[nodiscard]] Result<BarPage> page_of(const TimeRange& labels, const std::stop_token& stop) {
    RowsWanted wanted{.timeframe = request_.timeframe,
                      .labels = labels,
                      .asked = to_ask(labels),
                      .over = {},
                      .extended_hours = request_.extended_hours,
                      .calendar = calendar_};
    CHANDLER_TRY(std::optional<Chart> chart, chart_of(wanted, stop));
    BarPage page{.settles = labels, .source = "yahoo"};
    if (!chart) {
      page.settles.to = surely_settled(wanted);
      return page;
    }
    if (chart->granularity != interval_.name && !chart->granularity.empty()) {
      return Error{ErrorKind::data,
                   std::string("asked for ") + interval_.name + " rows, got " +
                       printable(chart->granularity, 20),
                   "", "ask for a later range, or use another provider"};
    }
    CHANDLER_TRY(Rows rows, bars_of(*chart, wanted));
    page.bars = std::move(rows.bars);
    page.settles.to = std::max(labels.from, rows.settled_to);
    page.blanks = std::move(rows.blanks);
    page.neighbours = std::move(rows.neighbours);
    page.splits = std::move(chart->splits);
    if (rows.at_close > 0) {
      page.notes.push_back(symbol_ + ": " + std::to_string(rows.at_close) +
                           " rows stamped at the close were left out");
    }
    if (in_hundredths(chart->currency)) {
      page.notes.push_back(symbol_ + ": prices are in " + chart->currency +
                           ", hundredths of the currency");
    }
    return page;
  }

  // Nothing: the source has nothing in that range. Gets a cookie and its crumb where they are
  // demanded, once.
  [[nodiscard]] Result<std::optional<Chart>> chart_of(RowsWanted& wanted,
                                                      const std::stop_token& stop) {
    using Answer = std::optional<Chart>;
    for (bool renewed = false;; renewed = true) {
      Finding finding = Finding::other;
      const venue::Reader<Answer> read = [&](const http::Response& response) {
        wanted.over = over(response);
        Judgement judged = judge(response, venue_.now());
        finding = judged.finding;
        if (finding == Finding::nothing) return venue::accepted<Answer>(std::nullopt);
        if (judged.verdict.act != http::Verdict::Act::accept) {
          return venue::refused<Answer>(std::move(judged.verdict));
        }
        auto chart = parse_chart(response.body);
        if (!chart) return venue::reading<Answer>(std::move(chart).error());
        return venue::accepted<Answer>(*std::move(chart));
      };
      venue::Ask ask = ask_for(wanted.asked);
      const std::uint64_t pair = session_.dress(ask);
      auto answer = venue_.ask(ask, read, stop);
      if (answer || finding != Finding::wants_crumb || renewed) return answer;
      CHANDLER_CHECK(session_.renew(venue_, pair, stop));
    }
  }

  venue::Venue& venue_;
  Session& session_;
  FetchRequest request_;
  std::string symbol_;
  Calendar calendar_;
  const Interval& interval_;
  Instant cursor_;  // everything before it is settled
  Instant to_;
};

}  // namespace

std::string interval_of(Timeframe timeframe) {
  const Interval* const interval = find_interval(timeframe);
  return interval == nullptr ? "" : interval->name;
}

std::string chart_path(const std::string& symbol) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string path = "/v8/finance/chart/";
  for (const char c : symbol) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      path += c;
    } else {
      path += '%';
      path += kHex[byte >> 4U];
      path += kHex[byte & 0xFU];
    }
  }
  return path;
}

std::unique_ptr<PageStream> chart_pages(venue::Venue& venue, Session& session, FetchRequest request,
                                        std::string symbol) {
  return std::make_unique<ChartPages>(venue, session, std::move(request), std::move(symbol));
}

}  // namespace chandler::yahoo
