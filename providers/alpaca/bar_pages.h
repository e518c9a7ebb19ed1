// The pages of one request for the bars of some symbols.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "venue/venue.h"

namespace chandler::alpaca {

[[nodiscard]] std::string timeframe_name(Timeframe timeframe);  // "1Min"; "" when there is none

struct BarOrder {
  FetchRequest request{};
  std::vector<std::string> names{};    // of the instruments; all different
  std::vector<http::Field> headers{};  // the keys
  bool crypto = false;                 // all of them, or none
  std::string feed{};                  // "sip" or "iex"; of shares
};

// `venue` must outlive the stream. Precondition: a range that is not empty.
[[nodiscard]] std::unique_ptr<PageStream> bar_pages(venue::Venue& venue, BarOrder order);

}  // namespace chandler::alpaca
