#include "alpaca/parse.h"
#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace chandler;
  const std::string_view text = fuzz::text_of(data, size);
  static_cast<void>(alpaca::parse_error(text));
  const auto answer = alpaca::parse_bars(text);
  if (!answer) return 0;
  for (const alpaca::SymbolBars& symbol : answer->symbols) fuzz::require_even(symbol.bars);
  return 0;
}
