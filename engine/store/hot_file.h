// A hot copy: the bars of one year once more, as an Arrow IPC file whose columns can be used as they
// lie there. It belongs to one version of one YEAR.csv.gz and is worth nothing without it.
//
//   "ARROW1" 00 00
//   schema message         timestamp[s, UTC], the others float64; metadata: chandler.symbol,
//                          chandler.timeframe, chandler.year, chandler.content_sha256
//   record batch message   one for the whole year
//   body                   values of timestamp; of each column the validity bits, where a value is
//                          unknown (its own value is then NaN), and the values. Each begins on a
//                          multiple of 64
//   FF FF FF FF 00 00 00 00
//   seal                   below; Arrow's readers do not look here
//   footer, i32 its size, "ARROW1"
//
// The seal, version 1. Chunks are runs of 16,384 rows; a column's values are proved chunk by chunk,
// so that whoever uses a few columns, or a few days, looks at these only.
//
//   u8 'H', u8 1
//   u8 length, symbol; u8 length, timeframe: the folders' names
//   u16 year
//   u16 columns             bits as in the end mark
//   32 content_sha256       of the csv.gz
//   u32 rows
//   u64 size of this file
//   u64 per column          where its values begin: timestamp, then the others
//   i64 per chunk           its first timestamp
//   u32 per column, chunk   CRC-32 of the values
//   u32                     CRC-32 of all that is neither values nor seal
//   zeros to 8 less than a multiple of 8
//   u32 size of the seal    all of it
//   u32 CRC-32 of the seal before this
//
// Integers are little-endian. The seal ends where the footer begins.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/cache.h"
#include "store/end_mark.h"
#include "store/mapping.h"

namespace chandler::store {

inline constexpr std::size_t kHotChunkRows = 16'384;

// Gives the bytes of the hot copy of a year in order. Precondition: `bars` are the rows of the file
// whose end mark this is.
[[nodiscard]] Result<void> write_hot(
    const EndMark& mark, const BarSeries& bars,
    const std::function<Result<void>(std::span<const std::byte>)>& sink);

class HotFile {
 public:
  // The copy that these bytes are, if they are one, whole, and of the version of that end mark.
  // Values are not looked at yet.
  static std::optional<HotFile> of(Mapping bytes, const EndMark& mark);

  // Rows [first, last) whose timestamps lie in the range; nothing when the timestamps needed to
  // tell are damaged.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> rows_of(TimeRange range) const;
  // Values of these rows; nothing when one of their chunks is damaged. Stay where they are when
  // this is moved. Precondition: the file has the column.
  [[nodiscard]] std::optional<std::span<const Instant>> timestamps(std::size_t first,
                                                                   std::size_t last) const;
  [[nodiscard]] std::optional<std::span<const double>> values(Column c, std::size_t first,
                                                              std::size_t last) const;
  // Every byte is as it was written.
  [[nodiscard]] bool intact() const;

  [[nodiscard]] ColumnSet columns() const { return seal_.columns; }
  [[nodiscard]] std::size_t rows() const { return seal_.rows; }
  [[nodiscard]] std::size_t size() const { return seal_.size; }

  struct Seal {
    std::string symbol{};
    std::string timeframe{};
    int year = 0;
    ColumnSet columns{};
    Digest content{};
    std::uint32_t rows = 0;
    std::uint64_t size = 0;
    std::vector<std::uint64_t> offsets{};
    std::vector<Instant> first_of_chunk{};
    std::vector<std::uint32_t> crcs{};  // of column c, chunk k at c * chunks + k
    std::uint32_t rest_crc = 0;

    [[nodiscard]] std::size_t chunks() const { return (rows + kHotChunkRows - 1) / kHotChunkRows; }
  };

 private:
  HotFile(Mapping bytes, Seal seal, std::size_t seal_at, std::size_t footer_at)
      : bytes_(std::move(bytes)),
        seal_(std::move(seal)),
        seal_at_(seal_at),
        footer_at_(footer_at) {}
  // The place of a column among those that are there, timestamp being 0.
  [[nodiscard]] std::size_t place_of(Column c) const;
  [[nodiscard]] bool proved(std::size_t place, std::size_t first, std::size_t last) const;
  [[nodiscard]] const std::byte* values_at(std::size_t place) const {
    return bytes_.bytes().data() + seal_.offsets[place];
  }
  // Index of the first row at or after t.
  [[nodiscard]] std::optional<std::size_t> lower_bound(Instant t) const;

  Mapping bytes_;
  Seal seal_;
  std::size_t seal_at_;
  std::size_t footer_at_;
};

}  // namespace chandler::store
