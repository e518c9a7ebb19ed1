#include "alpaca/parse.h"
#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace chandler;
  const auto listing = alpaca::parse_assets(fuzz::text_of(data, size));
  if (!listing) return 0;
  for (const Listed& listed : *listing) {
    fuzz::require(!listed.instrument.symbol.name().empty());
  }
  return 0;
}
