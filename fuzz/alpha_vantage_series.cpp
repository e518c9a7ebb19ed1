#include "alpha_vantage/labels.h"
#include "alpha_vantage/parse.h"
#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace chandler;
  const std::string_view text = fuzz::text_of(data, size);
  static_cast<void>(alpha_vantage::parse_note(text));
  const auto series = alpha_vantage::parse_series(text);
  if (!series) return 0;
  fuzz::require_even(series->rows);
  static_cast<void>(alpha_vantage::labels_of(series->rows, Timeframe::m1));
  static_cast<void>(alpha_vantage::labels_of(series->rows, Timeframe::h1));
  return 0;
}
