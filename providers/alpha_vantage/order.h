// What the pages of a request need to know.
#pragma once

#include <optional>
#include <string>

#include "alpha_vantage/judge.h"
#include "alpha_vantage/parse.h"
#include "venue/venue.h"

namespace chandler::alpha_vantage {

struct Order {
  FetchRequest request{};
  std::string name{};  // of the one instrument
  std::string key{};
};

// What a request came to, and the source's clock at that.
struct Answer {
  std::optional<Series> series{};  // nothing: there is nothing
  Instant now{};
};
// GET /query with these fields and the key. An unknown symbol and an empty month look the same:
// both are no series.
[[nodiscard]] Result<Answer> ask_series(venue::Venue& venue, std::vector<http::Field> fields,
                                        const std::string& key, const std::stop_token& stop);
// The same with the fields of days; `full`: all there are, else the last hundred.
[[nodiscard]] Result<Answer> ask_days(venue::Venue& venue, const Order& order, bool full,
                                      const std::stop_token& stop);
[[nodiscard]] Error unknown_symbol(const std::string& name);

// `venue` must outlive the streams. Precondition: a range that is not empty.
[[nodiscard]] std::unique_ptr<PageStream> month_pages(venue::Venue& venue, Order order);
[[nodiscard]] std::unique_ptr<PageStream> daily_page(venue::Venue& venue, Order order);

}  // namespace chandler::alpha_vantage
