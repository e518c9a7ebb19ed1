// Klines in exactly the spelling Binance uses, read in one pass over the text, without a document in
// between.
//
//   [[1499040000000,"0.0163","0.8","0.0157","0.0158","148976.1",1499644799999,"2434.19",308,
//     "1756.87","28.46","0"],...]
//
// No white space, no signs, no exponents, no escapes, twelve fields a row. Whatever is spelled in
// another way is left to the general parser, which alone decides what is an error: so what this
// reads, it reads as that one does, to the last bit.
#pragma once

#include <optional>
#include <string_view>

#include "binance/parse.h"

namespace chandler::binance {

[[nodiscard]] std::optional<Klines> read_klines(std::string_view text, Timeframe timeframe,
                                                http::Moment now);

}  // namespace chandler::binance
