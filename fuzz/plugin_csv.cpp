// What `NAME fetch` prints. The first byte says in which pieces the text arrives: what is made of it
// must not depend on that.
#include "plugin/csv_stream.h"

#include <algorithm>
#include <optional>

#include "fuzz/pieces.h"

namespace {

using namespace chandler;
using fuzz::require;

const TimeRange kAsked{from_epoch(1'704'067'200), from_epoch(1'735'689'600)};  // 2024

struct Outcome {
  BarSeries bars;
  std::optional<std::string> error;
};

Outcome read(std::string_view text, std::size_t step, bool take_often) {
  ColumnSet offered;
  offered.add(Column::vwap).add(Column::trade_count).add(Column::turnover);
  plugin::CsvStream csv(offered, kAsked);
  Outcome outcome;
  const auto take = [&] { outcome.bars.append(csv.take()); };
  for (std::size_t at = 0; at < text.size(); at += step) {
    const auto fed = csv.feed(text.substr(at, step));
    if (take_often || !fed) take();
    if (fed) continue;
    outcome.error = fed.error().line();
    return outcome;
  }
  const auto finished = csv.finish();
  take();
  if (!finished) outcome.error = finished.error().line();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fuzz::Pieces pieces(data, size);
  const std::size_t step = 1U + pieces.byte();
  const std::string_view text = pieces.rest();

  const Outcome whole = read(text, std::max<std::size_t>(1, text.size()), false);
  const Outcome cut = read(text, step, true);

  fuzz::require_even(whole.bars);
  for (std::size_t i = 0; i < whole.bars.size(); ++i) {
    require(kAsked.contains(whole.bars.timestamp[i]));
    require(i == 0 || whole.bars.timestamp[i - 1] < whole.bars.timestamp[i]);
  }
  require(identical(whole.bars, cut.bars));
  require(whole.error.has_value() == cut.error.has_value());
  if (whole.error) fuzz::require_shown(*whole.error);
  return 0;
}
