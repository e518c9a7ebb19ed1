// Reading one YEAR.csv.gz that its end mark proves whole. Opened once, read through that
// descriptor; nothing is mapped. Every member read is held against its CRC-32 in the end mark and
// in its own trailer before a row of it is used.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/cache.h"
#include "chandler/result.h"
#include "spares.h"
#include "store/block.h"
#include "store/csv_rows.h"
#include "store/end_mark.h"
#include "store/folder.h"

namespace chandler::store {

[[nodiscard]] std::string data_name(int year);      // "2024.csv.gz"
[[nodiscard]] std::string metadata_name(int year);  // "2024.metadata.json"
// The year of a data file's name; nothing for any other name.
[[nodiscard]] std::optional<int> year_of_data_name(const std::string& name);
[[nodiscard]] std::optional<int> year_of_metadata_name(const std::string& name);

struct BlockRows {
  BarSeries bars;
  RowOwners owners;
};

class YearFile {
 public:
  // not_found when absent; damaged when the end mark does not prove the file whole and in its
  // place.
  static Result<YearFile> open(const Folder& folder, const SeriesId& series, int year);
  // Nothing where it is absent or damaged: an error only when it cannot be read now.
  static Result<std::optional<YearFile>> open_if_good(const Folder& folder, const SeriesId& series,
                                                      int year);

  [[nodiscard]] const EndMark& mark() const { return mark_; }
  [[nodiscard]] const FileIdentity& identity() const { return identity_; }
  [[nodiscard]] const std::string& shown() const { return file_.shown(); }
  [[nodiscard]] std::uint64_t offset_of(std::size_t block) const { return offsets_[block]; }

  // Bars of the range, blocks in parallel. Touches no block outside it.
  [[nodiscard]] Result<BarSeries> read(TimeRange range) const;
  // The same, and who brought each row.
  [[nodiscard]] Result<BlockRows> read_owned(TimeRange range) const;

  // The whole bytes of a block, checked.
  [[nodiscard]] Result<Bytes> member(std::size_t block) const;
  [[nodiscard]] Result<BlockInfo> head(std::size_t block) const;
  // The same from the first bytes alone, which have a checksum of their own. Says nothing of the rest.
  [[nodiscard]] Result<BlockInfo> head_only(std::size_t block) const;
  [[nodiscard]] Result<BlockRows> rows(std::size_t block) const;
  [[nodiscard]] Result<std::vector<Instant>> timestamps(std::size_t block) const;
  // Bytes of text in all blocks, from their gzip trailers.
  [[nodiscard]] Result<std::uint64_t> text_size() const;
  // Are there zeros where bytes of the block were? An error when it is damaged otherwise.
  [[nodiscard]] Result<bool> is_hole(std::size_t block) const;
  // Position of a block in the file by its index; nothing when there is no such block.
  [[nodiscard]] std::optional<std::size_t> find(std::uint32_t index) const;

 private:
  YearFile(File file, FileIdentity identity, EndMark mark, Timeframe tf);
  [[nodiscard]] Error damaged(std::size_t block, const std::string& what) const;
  struct Scratch;
  using Borrowed = Spares<Scratch>::Borrowed;
  static Borrowed borrow_scratch();
  struct Piece;
  // Into `bars`, which has no rows yet; says what came of which block.
  [[nodiscard]] Result<std::vector<Piece>> read_pieces(TimeRange range, bool with_owners,
                                                       BarSeries& bars) const;
  [[nodiscard]] Result<void> read_member(std::size_t block, Bytes& bytes) const;
  // The text of the block's rows; it lies in the scratch.
  [[nodiscard]] Result<std::string_view> unpack(std::size_t block, Scratch& scratch) const;
  // All lines of a block, or some.
  [[nodiscard]] Result<void> parse(std::size_t block, const Lines& lines,
                                   const RowTarget& target) const;
  [[nodiscard]] Result<void> parse_all(std::size_t block, const RowTarget& target) const;

  File file_;
  FileIdentity identity_;
  EndMark mark_;
  Timeframe timeframe_;
  std::vector<std::uint64_t> offsets_;
};

inline constexpr const char* kRepairHint = "run `chandler verify --repair`";

}  // namespace chandler::store
