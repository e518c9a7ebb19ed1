// Yahoo's charts: shares, funds, indices, currencies, futures. No key; an unofficial source, to be
// asked slowly.
#include <utility>

#include "provider_context.h"
#include "venue/venue.h"
#include "yahoo/chart_pages.h"
#include "yahoo/judge.h"
#include "yahoo/session.h"
#include "yahoo/spelling.h"

namespace chandler {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

Capabilities capabilities_of_yahoo() {
  return {.name = "yahoo",
          .classes = {AssetClass::stock, AssetClass::etf, AssetClass::index, AssetClass::forex,
                      AssetClass::future, AssetClass::crypto},
          // Its hours start at half past nine: not the hours of this cache.
          .timeframes = {Timeframe::m1, Timeframe::m5, Timeframe::m15, Timeframe::m30,
                         Timeframe::d1, Timeframe::w1, Timeframe::mo1},
          .columns = ColumnSet{}.add(Column::adj_close),
          .adjustment = Adjustment::splits,
          // No limit is published; some hundred requests an hour went well.
          .rate_limits = {{15, 60s}},
          .reliability = 0.85,
          .page_bars = 7300,
          .requests_at_once = 2,
          .extended_hours = true,
          .depths = {{Timeframe::m1, days{30}},
                     {Timeframe::m5, days{60}},
                     {Timeframe::m15, days{60}},
                     {Timeframe::m30, days{60}}}};
}

class Yahoo final : public venue::Venue {
 public:
  explicit Yahoo(const ProviderContext& context)
      : Venue(context, capabilities_of_yahoo(),
              {"https://query2.finance.yahoo.com", "https://query1.finance.yahoo.com"}),
        session_(context, client_options()) {}

  [[nodiscard]] Result<std::string> spelling(const Instrument& instrument) const override {
    auto name = yahoo::spelled(instrument);
    if (!name) return std::move(name).error().within("yahoo");
    return name;
  }

  [[nodiscard]] Result<std::vector<Listed>> listing(const std::stop_token& /*stop*/) override {
    return Error{ErrorKind::unsupported, "yahoo has no listing", "",
                 "its symbols are those of finance.yahoo.com"};
  }

  [[nodiscard]] Result<Health> probe(const std::stop_token& stop) override {
    using Clock = std::optional<http::Moment>;
    const ClockReader read = [this](const http::Response& response) {
      auto judged = yahoo::judge(response, now());
      if (judged.verdict.act != http::Verdict::Act::accept) {
        return venue::refused<Clock>(std::move(judged.verdict));
      }
      return venue::accepted<Clock>(venue::date_of(response));
    };
    venue::Ask ask{.path = yahoo::chart_path("AAPL"),
                   .query = {{"period1", "1704153600"},  // a day of January 2024
                             {"period2", "1704240000"},
                             {"interval", "1d"}}};
    static_cast<void>(session_.dress(ask));
    return probe_with(ask, read, stop);
  }

  [[nodiscard]] CallCounts calls() const override {
    return venue::sum(Venue::calls(), session_.calls());
  }

 protected:
  [[nodiscard]] Result<std::unique_ptr<PageStream>> open(FetchRequest request,
                                                         std::vector<std::string> names) override {
    return yahoo::chart_pages(*this, session_, std::move(request), std::move(names.front()));
  }

 private:
  yahoo::Session session_;
};

}  // namespace

std::unique_ptr<Provider> make_yahoo(const ProviderContext& context) {
  return std::make_unique<Yahoo>(context);
}

}  // namespace chandler
