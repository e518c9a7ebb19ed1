// function=TIME_SERIES_DAILY&outputsize=compact|full: days as traded, all in one answer.
#include <algorithm>
#include <utility>

#include "alpha_vantage/order.h"
#include "alpha_vantage/spelling.h"
#include "chandler/calendar.h"
#include "venue/zone.h"

namespace chandler::alpha_vantage {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::days kDay{1};
// The last hundred sessions reach over that.
constexpr std::chrono::days kCompact{130};
// The day's bar is mended for a while after the close.
constexpr seconds kSettling = 1h;

class DailyPage final : public PageStream {
 public:
  DailyPage(venue::Venue& venue, Order order) : venue_(venue), order_(std::move(order)) {}

  [[nodiscard]] Result<std::optional<BarPage>> next(const std::stop_token& stop) override {
    if (std::exchange(done_, true)) return std::optional<BarPage>{};
    auto page = ask(stop);
    if (!page) return std::move(page).error().within(order_.name);
    return page;
  }

 private:
  [[nodiscard]] Result<std::optional<BarPage>> ask(const std::stop_token& stop) {
    const TimeRange& range = order_.request.range;
    CHANDLER_TRY(const Instant open, first_unfinished(std::chrono::floor<seconds>(venue_.now())));
    if (open <= range.from) return std::optional<BarPage>{};
    const bool full = range.from < std::chrono::floor<seconds>(venue_.now()) - kCompact;
    CHANDLER_TRY(const Answer answer, ask_days(venue_, order_, full, stop));
    if (!answer.series) return unknown_symbol(order_.name);
    CHANDLER_TRY(const Instant unfinished, first_unfinished(answer.now));
    BarPage page{.settles = {range.from, std::max(range.from, std::min(range.to, unfinished))},
                 .source = "alpha_vantage"};
    const BarSeries& rows = answer.series->rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (page.settles.contains(rows.timestamp[i])) page.bars.append(rows, i, i + 1);
    }
    return std::optional<BarPage>{std::move(page)};
  }

  // The first date whose bar is not over: today, or tomorrow an hour after the close.
  [[nodiscard]] Result<Instant> first_unfinished(Instant now) const {
    CHANDLER_TRY(venue::Zone zone, venue::Zone::find("America/New_York"));
    const Instant today = zone.day_label(now);
    if (!at_home(order_.request.instruments.front())) return today;
    const Calendar calendar(CalendarKind::us_equities);
    if (!calendar.expects(Timeframe::d1, today)) return today;
    return calendar.bar_end(Timeframe::d1, today) + kSettling <= now ? today + kDay : today;
  }

  venue::Venue& venue_;
  Order order_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<PageStream> daily_page(venue::Venue& venue, Order order) {
  return std::make_unique<DailyPage>(venue, std::move(order));
}

}  // namespace chandler::alpha_vantage
