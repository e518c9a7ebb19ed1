// The pages of one symbol's chart.
#pragma once

#include <memory>
#include <string>

#include "venue/venue.h"
#include "yahoo/session.h"

namespace chandler::yahoo {

[[nodiscard]] std::string interval_of(Timeframe timeframe);  // "1wk"; "" when there is none
[[nodiscard]] std::string chart_path(const std::string& symbol);

// `venue` and `session` must outlive the stream. Precondition: one instrument, a range that is not
// empty.
[[nodiscard]] std::unique_ptr<PageStream> chart_pages(venue::Venue& venue, Session& session,
                                                      FetchRequest request, std::string symbol);

}  // namespace chandler::yahoo
