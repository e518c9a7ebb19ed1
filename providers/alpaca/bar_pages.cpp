// GET /v2/stocks/bars?symbols&timeframe&start&end&limit&page_token&adjustment&feed&sort
// GET /v1beta3/crypto/us/bars?symbols&timeframe&start&end&limit&page_token&sort
//
// start and end are both inclusive. Answers are ordered by symbol, then time; one may end in the
// middle of a symbol, be short, or empty: only an answer without a token is the last. A day of a
// share is stamped with midnight in New York; its label is the date there.
#include "alpaca/bar_pages.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "alpaca/judge.h"
#include "alpaca/parse.h"
#include "venue/unexpected.h"
#include "venue/zone.h"

namespace chandler::alpaca {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPage = 10'000;
// Late trades still change a minute for so long after its end.
constexpr seconds kSettling = 30s;
// What plans without recent sip data may ask for, and a minute for differing clocks.
constexpr seconds kSipDelay = 16min;
// Tokens may follow each other without bars, but not for ever.
constexpr int kMostEmptyAnswers = 100;

constexpr std::array<std::pair<Timeframe, const char*>, 6> kNames = {{{Timeframe::m1, "1Min"},
                                                                      {Timeframe::m3, "3Min"},
                                                                      {Timeframe::m5, "5Min"},
                                                                      {Timeframe::m15, "15Min"},
                                                                      {Timeframe::m30, "30Min"},
                                                                      {Timeframe::d1, "1Day"}}};

Instant whole(http::Moment moment) { return std::chrono::floor<seconds>(moment); }

Instant ceil_day(Instant t) { return std::chrono::ceil<std::chrono::days>(t); }

std::string rfc3339(Instant t) { return format_iso(t) + "Z"; }

class BarPages final : public PageStream {
 public:
  BarPages(venue::Venue& venue, BarOrder order)
      : venue_(venue),
        order_(std::move(order)),
        daily_(order_.request.timeframe == Timeframe::d1),
        cursors_(order_.names.size(), order_.request.range.from),
        wanted_(order_.names.size(), true),
        to_(order_.request.range.to) {}

  [[nodiscard]] Result<std::optional<BarPage>> next(const std::stop_token& stop) override {
    while (pages_.empty() && !done_) {
      if (auto fetched = fetch(stop); !fetched) {
        done_ = true;
        return std::move(fetched).error();
      }
    }
    if (pages_.empty()) return std::optional<BarPage>{};
    std::optional<BarPage> page = std::move(pages_.front());
    pages_.pop_front();
    return page;
  }

 private:
  using Parsed = std::optional<BarAnswer>;

  // One answer, or a change of what is asked for.
  [[nodiscard]] Result<void> fetch(const std::stop_token& stop) {
    CHANDLER_CHECK(set_clock());
    to_ = std::min(to_, finished(whole(venue_.now())));
    if (to_ <= order_.request.range.from) {
      done_ = true;
      return {};
    }
    Judgement judged;
    const venue::Reader<BarAnswer> read = [&](const http::Response& response) {
      judged = judge(response, venue_.now(), venue_.capabilities().key_variables);
      if (judged.verdict.act != http::Verdict::Act::accept) {
        return venue::refused<BarAnswer>(judged.verdict);
      }
      to_ = std::min(to_, finished(whole(venue_.now(response))));
      return venue::reading(parse_bars(response.body));
    };
    auto answer = venue_.ask(ask(), read, stop);
    if (answer) return take(*std::move(answer));
    if (judged.finding == Finding::recent_sip && order_.feed == "sip" && !cut_) return cut();
    if (judged.finding == Finding::invalid_symbols && drop(judged.symbols)) return {};
    return std::move(answer).error();
  }

  // Days end by New York's clock.
  [[nodiscard]] Result<void> set_clock() {
    if (!daily_ || order_.crypto || clock_) return {};
    CHANDLER_TRY(clock_, venue::Zone::find("America/New_York"));
    return {};
  }

  // The label of a bar, and the first label that is not over yet.
  [[nodiscard]] Instant label_of(Instant t) { return clock_ ? clock_->day_label(t) : t; }
  [[nodiscard]] Instant finished(Instant now) {
    if (daily_) return clock_ ? clock_->day_label(now) : day_start(now);
    return utc_floor(order_.request.timeframe, now - kSettling);
  }
  [[nodiscard]] Instant after(Instant label) const {
    const Timeframe tf = order_.request.timeframe;
    return utc_next(tf, utc_floor(tf, label));
  }

  [[nodiscard]] venue::Ask ask() const {
    // A day's stamp lies within the UTC day of its label.
    const Instant from = daily_ ? ceil_day(order_.request.range.from) : order_.request.range.from;
    const Instant to = daily_ ? ceil_day(to_) : to_;
    std::string symbols;
    for (std::size_t i = 0; i < order_.names.size(); ++i) {
      if (wanted_[i]) symbols += (symbols.empty() ? "" : ",") + order_.names[i];
    }
    venue::Ask ask{.path = order_.crypto ? "/v1beta3/crypto/us/bars" : "/v2/stocks/bars",
                   .query = {{"symbols", symbols},
                             {"timeframe", timeframe_name(order_.request.timeframe)},
                             {"start", rfc3339(from)},
                             {"end", rfc3339(to - 1s)},
                             {"limit", std::to_string(kPage)},
                             {"sort", "asc"}},
                   .headers = order_.headers};
    if (!order_.crypto) {
      ask.query.push_back({"adjustment", "raw"});
      ask.query.push_back({"feed", order_.feed});
    }
    if (!token_.empty()) ask.query.push_back({"page_token", token_});
    return ask;
  }

  [[nodiscard]] Result<void> take(BarAnswer answer) {
    const bool last = answer.next_page_token.empty();
    if (!last && answer.next_page_token == token_) {
      return venue::unexpected("the pages do not advance: the same page token twice");
    }
    empty_answers_ = answer.symbols.empty() ? empty_answers_ + 1 : 0;
    if (empty_answers_ > kMostEmptyAnswers) {
      return venue::unexpected("the pages do not end: " + std::to_string(empty_answers_) +
                               " without a bar");
    }
    token_ = std::move(answer.next_page_token);
    std::vector<bool> seen(order_.names.size(), false);
    for (SymbolBars& symbol : answer.symbols) {
      const auto found = std::find(order_.names.begin(), order_.names.end(), symbol.symbol);
      const auto i = static_cast<std::size_t>(found - order_.names.begin());
      if (found == order_.names.end() || !wanted_[i] || seen[i]) {
        return venue::unexpected("got bars of " + printable(symbol.symbol, 40) +
                                 ", which was not asked for");
      }
      seen[i] = true;
      CHANDLER_CHECK(add_page(i, std::move(symbol), last));
    }
    if (last) finish(seen);
    return {};
  }

  [[nodiscard]] Result<void> add_page(std::size_t i, SymbolBars symbol, bool last) {
    BarPage page{.instrument = i, .settles = {cursors_[i], cursors_[i]}, .source = source()};
    page.bars.widen(symbol.bars.columns);
    for (std::size_t row = 0; row < symbol.bars.size(); ++row) {
      const Instant label = label_of(symbol.bars.timestamp[row]);
      if (label < page.settles.from || label >= order_.request.range.to) {
        return venue::unexpected("asked for bars of " + symbol.symbol + " from " +
                                 format_instant(page.settles.from) + " to " + format_instant(to_) +
                                 ", got one of " + format_instant(label));
      }
      if (label >= to_) continue;  // not over yet
      page.bars.append(symbol.bars, row, row + 1);
      page.bars.timestamp.back() = label;
      cursors_[i] = std::max(cursors_[i], after(label));
    }
    cursors_[i] = last ? to_ : std::min(cursors_[i], to_);
    page.settles.to = std::max(page.settles.from, cursors_[i]);
    take_notes(page);
    pages_.push_back(std::move(page));
    return {};
  }

  // What is left of the range is settled for all.
  void finish(const std::vector<bool>& seen) {
    done_ = true;
    for (std::size_t i = 0; i < order_.names.size(); ++i) {
      if (!wanted_[i] || seen[i] || cursors_[i] >= to_) continue;
      pages_.push_back({.instrument = i, .settles = {cursors_[i], to_}, .source = source()});
      take_notes(pages_.back());
    }
  }

  void take_notes(BarPage& page) { page.notes = std::exchange(notes_, {}); }

  [[nodiscard]] std::string source() const {
    return order_.crypto ? "alpaca" : "alpaca:" + order_.feed;
  }

  [[nodiscard]] Result<void> cut() {
    cut_ = true;
    const Instant latest = whole(venue_.now()) - kSipDelay;
    to_ = std::min(to_, daily_ ? finished(latest) : utc_floor(order_.request.timeframe, latest));
    notes_.push_back("the plan gives the sip feed with a delay of 15 minutes; asked up to " +
                     format_instant(to_));
    if (to_ > order_.request.range.from) return {};
    done_ = true;
    pages_.push_back(nothing_of(0));
    take_notes(pages_.back());
    return {};
  }

  // Goes on without them; false when that leaves nobody.
  [[nodiscard]] bool drop(const std::vector<std::string>& names) {
    std::vector<bool> left = wanted_;
    for (std::size_t i = 0; i < order_.names.size(); ++i) {
      if (std::find(names.begin(), names.end(), order_.names[i]) != names.end()) left[i] = false;
    }
    const bool some = std::find(left.begin(), left.end(), true) != left.end();
    if (left == wanted_ || !some) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i] == wanted_[i]) continue;
      pages_.push_back(nothing_of(i));
      pages_.back().notes.push_back("alpaca does not know " + order_.names[i]);
    }
    wanted_ = std::move(left);
    return true;
  }

  [[nodiscard]] BarPage nothing_of(std::size_t i) const {
    return {.instrument = i, .settles = {cursors_[i], cursors_[i]}, .source = source()};
  }

  venue::Venue& venue_;
  BarOrder order_;
  bool daily_;
  std::optional<venue::Zone> clock_;  // where a day's label is not the time it is stamped with
  std::vector<Instant> cursors_;      // of each instrument: everything before it is settled
  std::vector<bool> wanted_;          // those that Alpaca knows
  Instant to_;
  std::string token_;
  std::deque<BarPage> pages_;  // of one answer
  std::vector<std::string> notes_;
  int empty_answers_ = 0;
  bool cut_ = false;
  bool done_ = false;
};

}  // namespace

std::string timeframe_name(Timeframe timeframe) {
  for (const auto& [tf, name] : kNames) {
    if (tf == timeframe) return name;
  }
  return "";
}

std::unique_ptr<PageStream> bar_pages(venue::Venue& venue, BarOrder order) {
  return std::make_unique<BarPages>(venue, std::move(order));
}

}  // namespace chandler::alpaca
