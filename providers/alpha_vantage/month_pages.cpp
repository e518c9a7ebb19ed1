// function=TIME_SERIES_INTRADAY&interval&month=YYYY-MM&outputsize=full&adjusted=false
//   &extended_hours&datatype=json
//
// A page is a month on New York's calendar.
#include <algorithm>
#include <array>
#include <utility>

#include "alpha_vantage/labels.h"
#include "alpha_vantage/order.h"
#include "venue/unexpected.h"
#include "venue/zone.h"

namespace chandler::alpha_vantage {
namespace {

using namespace std::chrono_literals;

// When a day's bars come differs by key, but by the next day they are there.
constexpr seconds kPublished = 24h;

constexpr std::array<std::pair<Timeframe, const char*>, 5> kIntervals = {
    {{Timeframe::m1, "1min"},
     {Timeframe::m5, "5min"},
     {Timeframe::m15, "15min"},
     {Timeframe::m30, "30min"},
     {Timeframe::h1, "60min"}}};

const char* interval_of(Timeframe timeframe) {
  for (const auto& [tf, name] : kIntervals) {
    if (tf == timeframe) return name;
  }
  return "";
}

class MonthPages final : public PageStream {
 public:
  MonthPages(venue::Venue& venue, Order order)
      : venue_(venue),
        order_(std::move(order)),
        cursor_(order_.request.range.from),
        to_(std::min(order_.request.range.to, std::chrono::floor<seconds>(venue.now()))) {}

  [[nodiscard]] Result<std::optional<BarPage>> next(const std::stop_token& stop) override {
    if (cursor_ >= to_) return std::optional<BarPage>{};
    auto page = next_page(stop);
    if (!page) {
      cursor_ = to_;
      return std::move(page).error().within(order_.name);
    }
    return std::optional<BarPage>{*std::move(page)};
  }

 private:
  // The wall's time of a label of this month is within [from, to).
  struct Month {
    Instant from;
    Instant to;
    Instant ends;  // in UTC
  };

  [[nodiscard]] Result<BarPage> next_page(const std::stop_token& stop) {
    const Instant earliest = *venue_.capabilities().earliest;
    if (cursor_ < earliest) return too_old(std::min(earliest, to_));
    if (!zone_) {
      CHANDLER_TRY(zone_, venue::Zone::find("America/New_York"));
    }
    const Instant first = utc_floor(Timeframe::mo1, zone_->wall(cursor_) + after_last_bar());
    const Instant next = utc_next(Timeframe::mo1, first);
    const Month month{first, next, zone_->to_utc(next).value_or(next)};
    CHANDLER_TRY(const Answer answer, ask_series(venue_, fields(month), order_.key, stop));
    BarPage page{.settles = {cursor_, std::min(month.ends, to_)}, .source = "alpha_vantage"};
    if (!answer.series) {
      CHANDLER_CHECK(ask_whether_known(stop));
    } else {
      known_ = true;
      CHANDLER_CHECK(add_bars(page, *answer.series, month, answer.now));
    }
    // What is not there yet may still come.
    const Instant last =
        page.bars.empty()
            ? Instant::min()
            : *std::max_element(page.bars.timestamp.begin(), page.bars.timestamp.end()) + length();
    const Instant sure = std::max(last, answer.now - kPublished);
    const bool all = sure >= page.settles.to;
    if (!all) page.settles.to = std::max(page.settles.from, sure);
    cursor_ = all ? page.settles.to : to_;
    return page;
  }

  BarPage too_old(Instant earliest) {
    BarPage page{.settles = {cursor_, earliest}, .source = "alpha_vantage"};
    page.notes.push_back(order_.name + ": Alpha Vantage has no bars from before " +
                         format_instant(earliest));
    cursor_ = earliest;
    return page;
  }

  [[nodiscard]] std::vector<http::Field> fields(const Month& month) const {
    return {{"function", "TIME_SERIES_INTRADAY"},
            {"symbol", order_.name},
            {"interval", interval_of(order_.request.timeframe)},
            {"month", format_instant(month.from).substr(0, 7)},
            {"outputsize", "full"},
            {"adjusted", "false"},
            {"extended_hours", order_.request.extended_hours ? "true" : "false"},
            {"datatype", "json"}};
  }

  // A symbol nobody knows and a month without data get the same answer.
  [[nodiscard]] Result<void> ask_whether_known(const std::stop_token& stop) {
    if (known_) return {};
    CHANDLER_TRY(const Answer answer, ask_days(venue_, order_, /*full=*/false, stop));
    if (!answer.series) return unknown_symbol(order_.name);
    known_ = true;
    return {};
  }

  // From the last bar of a day to midnight: a range that begins in between needs no request for the
  // day before, as one does that begins with a month in UTC.
  [[nodiscard]] seconds after_last_bar() const { return order_.request.extended_hours ? 4h : 8h; }

  [[nodiscard]] seconds length() const { return nominal_length(order_.request.timeframe); }

  [[nodiscard]] Result<void> add_bars(BarPage& page, const Series& series, const Month& month,
                                      Instant now) {
    if (!series.interval.empty() && series.interval != interval_of(order_.request.timeframe)) {
      return venue::unexpected("got bars of " + printable(series.interval, 20));
    }
    if (series.rows.empty()) return {};
    const auto labels = labels_of(series.rows, order_.request.timeframe);
    if (!labels) {
      return Error{ErrorKind::data,
                   "whether the labels are the starts or the ends of the bars cannot be told",
                   format_instant(month.from).substr(0, 7), "use another provider"};
    }
    const bool ends = *labels == Labels::end;
    for (std::size_t i = 0; i < series.rows.size(); ++i) {
      const Instant wall = series.rows.timestamp[i] - (ends ? length() : seconds{0});
      if (wall < month.from || wall >= month.to) {
        return venue::unexpected("got a bar of " + format_instant(wall) + ", not of the month");
      }
      const auto t = zone_->to_utc(wall);
      if (!t) {
        ++page.unreadable;
      } else if (page.settles.contains(*t) && *t + length() <= now) {
        page.bars.append(series.rows, i, i + 1);
        page.bars.timestamp.back() = *t;
      }
    }
    page.notes.push_back(order_.name + ": labels of " + format_instant(month.from).substr(0, 7) +
                         " are the " + (ends ? "ends" : "starts") + " of the bars");
    return {};
  }

  venue::Venue& venue_;
  Order order_;
  std::optional<venue::Zone> zone_;
  Instant cursor_;  // everything before it is settled
  Instant to_;
  bool known_ = false;  // that there is such a symbol
};

}  // namespace

std::unique_ptr<PageStream> month_pages(venue::Venue& venue, Order order) {
  return std::make_unique<MonthPages>(venue, std::move(order));
}

}  // namespace chandler::alpha_vantage
