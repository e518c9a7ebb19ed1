// Bars as Apache Arrow: the IPC stream that Arrow libraries read from a pipe, or the IPC file (also
// known as Feather 2).
//
//   chandler::ArrowWriter writer([&](std::span<const std::byte> bytes) { return send(bytes); });
//   CHANDLER_CHECK(writer.write(bars));
//   CHANDLER_CHECK(writer.finish());
//
// timestamp is timestamp[ns, UTC], the open time of the bar; every other column is float64. The
// five required columns are never null; an unknown optional value is null.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/result.h"

namespace chandler {

enum class ArrowFormat : std::uint8_t { stream, file };

struct ArrowOptions {
  ArrowFormat format = ArrowFormat::stream;
  // Columns after timestamp, in this order. Empty: those of the first series written.
  std::vector<Column> columns = {};
};

// Writes one table, piece by piece; memory is bound by one record batch. Not for use from several
// threads at once.
class ArrowWriter {
 public:
  // Takes the bytes in the order of the output. Its error ends the writing and is handed on.
  using Sink = std::function<Result<void>(std::span<const std::byte>)>;
  static constexpr std::size_t kBatchRows = 65'536;

  explicit ArrowWriter(Sink sink, ArrowOptions options = {});

  // Adds the rows, in batches of at most kBatchRows. An optional column that this series lacks is
  // null; one that the table lacks is left out. The error of a time outside 1677 to 2262, which
  // nanoseconds cannot tell, is of kind data. After an error the output is not a whole table.
  [[nodiscard]] Result<void> write(const BarSeries& bars);

  // Ends the table; a table without rows is complete, too. Nothing may be written afterwards.
  [[nodiscard]] Result<void> finish();

 private:
  // Where a record batch lies in the file.
  struct Block {
    std::int64_t offset = 0;
    std::int32_t metadata_size = 0;
    std::int64_t body_size = 0;
  };

  Result<void> begin();
  Result<void> write_batch(const BarSeries& bars, std::size_t first, std::size_t last);
  Result<void> write_footer();
  Result<void> send(std::span<const std::byte> bytes);

  Sink sink_;
  ArrowOptions options_;
  std::vector<Block> blocks_;
  std::vector<std::byte> scratch_;
  std::int64_t sent_ = 0;
  bool begun_ = false;
};

}  // namespace chandler
