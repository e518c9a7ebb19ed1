#include "binance/kline_text.h"
#include "binance/parse.h"
#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace chandler;
  const std::string_view text = fuzz::text_of(data, size);
  static_cast<void>(binance::parse_error(text));
  static_cast<void>(binance::parse_time(text));
  const http::Moment now{from_epoch(1'700'000'000)};
  for (const Timeframe tf : {Timeframe::m1, Timeframe::w1, Timeframe::mo1}) {
    // What the reader of Binance's own spelling takes, the general parser takes alike.
    if (const auto fast = binance::read_klines(text, tf, now)) {
      const auto general = binance::parse_klines_document(text, tf, now);
      fuzz::require(general && identical(fast->bars, general->bars));
      fuzz::require(fast->rows == general->rows);
      fuzz::require(fast->first == general->first && fast->last == general->last);
      fuzz::require(fast->forming == general->forming);
    }
    const auto page = binance::parse_klines(text, tf, now);
    if (!page) continue;
    fuzz::require_even(page->bars);
    fuzz::require(page->bars.size() <= page->rows);
    fuzz::require(page->first.has_value() == (page->rows > 0));
    for (const Instant t : page->bars.timestamp) fuzz::require(t < now);
  }
  return 0;
}
