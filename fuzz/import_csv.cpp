// Foreign CSV. The input says how it is packed and what the user says of it, then comes the file:
//
//   1 byte   % 4: 0 the bytes as they are, 1 plain text, 2 gzipped in two members, 3 zipped twice
//   1 byte   preset, header and session dates
//   line     mapping
//   line     format of the times
//   line     zone
//   rest     the file
#include <algorithm>
#include <optional>

#include "chandler/foreign_csv.h"
#include "fuzz/packed.h"
#include "fuzz/pieces.h"
#include "fuzz/scratch.h"

namespace {

using namespace chandler;
using fuzz::require;

struct Outcome {
  BarSeries bars;
  std::size_t rejected = 0;
  std::optional<std::string> error;
};

void check_batch(const ForeignBatch& batch, std::size_t max_rows) {
  require(batch.lines.size() == batch.bars.size());
  require(batch.bars.size() + batch.rejected.size() <= max_rows);
  for (const Column c : kAllColumns) {
    require(batch.bars.column(c).size() == (batch.bars.columns.has(c) ? batch.bars.size() : 0));
  }
  require(std::is_sorted(batch.lines.begin(), batch.lines.end()));
  for (const RejectedLine& line : batch.rejected) {
    require(line.line > 0);
    fuzz::require_shown(line.text);
  }
}

Outcome read(const std::filesystem::path& file, const ForeignFormat& format, std::size_t max_rows) {
  Outcome outcome;
  auto csv = ForeignCsv::open(file, format);
  if (!csv) {
    outcome.error = csv.error().line();
    return outcome;
  }
  ForeignBatch batch;
  for (;;) {
    const auto more = csv->next(batch, max_rows);
    if (!more) outcome.error = more.error().line();
    if (more && !*more) return outcome;
    check_batch(batch, max_rows);
    outcome.bars.append(batch.bars);
    outcome.rejected += batch.rejected.size();
    if (!more) return outcome;
  }
}

std::filesystem::path file_of(unsigned kind, std::string_view text) {
  static const fuzz::Scratch scratch;
  const std::size_t half = text.size() / 2;
  switch (kind) {
    case 0:
      return scratch.put("bars", text);
    case 1:
      return scratch.put("BTCUSDT-1m-2024-01.csv", text);
    case 2:
      return scratch.put("BTCUSDT_1h.csv.gz",
                         fuzz::gzipped(text.substr(0, half)) + fuzz::gzipped(text.substr(half)));
    default: {
      const auto file = scratch.path() / "BTCUSDT-1m-2024.zip";
      require(fuzz::write_zip(file, {{"BTCUSDT-1m-2024-01.csv", text},
                                     {"notes.txt", "nothing"},
                                     {"ETHUSDT-1m-2024-01.csv", text.substr(half)}}));
      return file;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fuzz::Pieces pieces(data, size);
  const unsigned kind = pieces.byte() % 4U;
  const unsigned said = pieces.byte();
  ForeignFormat format;
  format.preset = static_cast<ForeignPreset>(said % 7);
  if (said / 7 % 3 != 0) format.header = said / 7 % 3 == 1;
  format.session_dates = said / 21 % 2 == 1;
  format.mapping = pieces.line();
  if (const auto text = pieces.line(); !text.empty()) format.time_format = text;
  format.timezone = pieces.line();
  const auto file = file_of(kind, pieces.rest());

  const Outcome whole = read(file, format, 100'000);
  const Outcome cut = read(file, format, 3);

  if (whole.error) fuzz::require_shown(*whole.error);
  require(whole.error == cut.error);
  require(whole.rejected == cut.rejected);
  require(whole.bars.size() == cut.bars.size());
  return 0;
}
