#include "alpha_vantage/order.h"

#include <utility>

#include "venue/unexpected.h"

namespace chandler::alpha_vantage {

Result<Answer> ask_series(venue::Venue& venue, std::vector<http::Field> fields,
                          const std::string& key, const std::stop_token& stop) {
  fields.push_back({"apikey", key, true});
  const venue::Reader<Answer> read = [&](const http::Response& response) {
    Answer answer{.now = std::chrono::floor<seconds>(venue.now(response))};
    auto judged = judge(response, venue.now());
    if (judged.nothing) return venue::accepted(std::move(answer));
    if (judged.verdict.act != http::Verdict::Act::accept) {
      return venue::refused<Answer>(std::move(judged.verdict));
    }
    auto series = parse_series(response.body);
    if (!series) return venue::reading<Answer>(std::move(series).error());
    answer.series = *std::move(series);
    return venue::accepted(std::move(answer));
  };
  CHANDLER_TRY(Answer answer,
               venue.ask({.path = "/query", .query = std::move(fields)}, read, stop));
  if (answer.series && !answer.series->zone.empty() && answer.series->zone != "US/Eastern") {
    return venue::unexpected("the labels are not US/Eastern but " +
                             printable(answer.series->zone, 40));
  }
  return answer;
}

Result<Answer> ask_days(venue::Venue& venue, const Order& order, bool full,
                        const std::stop_token& stop) {
  return ask_series(venue,
                    {{"function", "TIME_SERIES_DAILY"},
                     {"symbol", order.name},
                     {"outputsize", full ? "full" : "compact"},
                     {"datatype", "json"}},
                    order.key, stop);
}

Error unknown_symbol(const std::string& name) {
  return {ErrorKind::not_found, "Alpha Vantage has nothing of " + name, "",
          "look the symbol up at alphavantage.co"};
}

}  // namespace chandler::alpha_vantage
