// Bars out of other people's CSV: plain, .gz or .zip; with a header or without; many clocks, many
// dialects.
//
//   auto file = chandler::ForeignCsv::open("BTCUSDT-1m-2024-01.zip", {});
//   chandler::ForeignBatch batch;
//   for (;;) {
//     auto more = file->next(batch, 65'536);
//     if (!more) return more.error();
//     if (!*more) break;
//     use(batch.bars, batch.lines, batch.rejected);
//   }
//
// The reader streams: its memory does not depend on the size of the file (about 48 MiB for a big
// one, little for a small one). Lines end with LF or CRLF; blank lines and lines that begin with
// '#' are passed over, as is a byte order mark. Rows come in the order of the file and are not
// validated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/quality.h"
#include "chandler/result.h"
#include "chandler/timeframe.h"

namespace chandler {

// Whose file it is. `automatic` looks at the header, the shape of the first line and the file's
// name.
enum class ForeignPreset : std::uint8_t {
  automatic,
  generic,
  binance,
  kraken,
  yahoo,
  freqtrade,
  alpha_vantage
};
[[nodiscard]] std::string_view to_string(
    ForeignPreset preset);  // "auto", "generic", "binance", ...
[[nodiscard]] Result<ForeignPreset> parse_foreign_preset(std::string_view name);

// What the user says about the file. What is left alone is found out.
struct ForeignFormat {
  ForeignPreset preset = ForeignPreset::automatic;
  char delimiter = '\0';            // ',' ';' or '\t'
  std::optional<bool> header = {};  // is the first line one of names?
  // "timestamp=0,open=1" by position from 0, "timestamp=Date,open=Open" by name (any case), or
  // both. Keys: timestamp, date, time (the two halves of a timestamp) and the columns of a bar;
  // "none" leaves one out (volume=none: zeros). Columns that are not named here are still found by
  // the header.
  std::string mapping = {};
  // "auto", "s", "ms", "us", "ns" since 1970, or a format of %Y %m %d %b %H %M %S %z %%.
  std::string time_format = "auto";
  // IANA name of the clock on the wall, for times without an offset; empty: the preset's, else UTC.
  // Of an hour that comes twice the first is meant. A date without a time is a date, in whatever
  // zone.
  std::string timezone = {};
  // A midnight on that clock stands for its date, as daily bars of exchanges are labelled. Always
  // so for Yahoo's "Date" column.
  bool session_dates = false;
};

// What the name of a file says. BTCUSDT-1m-2024-01.zip: BTCUSDT, 1m. The symbol is spelled as in
// the name.
struct SeriesGuess {
  std::optional<std::string> symbol;
  std::optional<Timeframe> timeframe;
};
[[nodiscard]] SeriesGuess guess_series(const std::filesystem::path& path,
                                       ForeignPreset preset = ForeignPreset::automatic);

// A line that never became a bar.
struct RejectedLine {
  std::string file;             // "a.csv", "a.zip/member.csv"
  std::uint64_t line;           // from 1, of the unpacked file or member
  Rule rule;                    // bad_line, bad_timestamp or bad_number
  std::string text;             // fit to be shown, at most 120 characters
  std::optional<Instant> at{};  // its time, where that could be read
};

struct ForeignBatch {
  BarSeries bars;                    // as they stood: not validated, not sorted
  std::vector<std::uint64_t> lines;  // of bars.size(): the line each bar stood on
  std::vector<RejectedLine> rejected;
  std::string member;                             // of a zip; else empty
  SeriesGuess guess;                              // by the name of the member, else of the file
  ForeignPreset preset = ForeignPreset::generic;  // as found out; never automatic
};

// One open file, for one thread at a time.
class ForeignCsv {
 public:
  // Looks at the file's first lines: what cannot be read at all is told here.
  [[nodiscard]] static Result<ForeignCsv> open(const std::filesystem::path& path,
                                               const ForeignFormat& format);

  ForeignCsv(ForeignCsv&&) noexcept;
  ForeignCsv& operator=(ForeignCsv&&) noexcept;
  ~ForeignCsv();

  // Replaces the batch by the next bars and rejected lines, at most max_rows (at least one)
  // together and all of one member; false when nothing is left. An error is final: it comes back on
  // every later call, and the batch then holds what was read before it. Errors are those of the
  // whole file: damaged, cut short, a line over 1 MiB, more than 250 times as big as its packed
  // form (from 16 MiB on), a million lines in a row without a bar.
  [[nodiscard]] Result<bool> next(ForeignBatch& batch, std::size_t max_rows);

 private:
  class Impl;
  explicit ForeignCsv(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace chandler
