// The pages of one symbol's klines. Each is asked for from where the last one ended.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "venue/venue.h"

namespace chandler::binance {

// What a Binance answer that holds no klines means to the client.
[[nodiscard]] http::Verdict judge(const http::Response& response, http::Moment now);

// The weight that all processes behind this address have used up this minute.
[[nodiscard]] std::optional<std::uint32_t> used_weight(const http::Response& response);

// `venue` must outlive the stream. Precondition: one instrument, a range that is not empty.
[[nodiscard]] std::unique_ptr<PageStream> kline_pages(venue::Venue& venue,
                                                      const FetchRequest& request,
                                                      std::string symbol);

}  // namespace chandler::binance
