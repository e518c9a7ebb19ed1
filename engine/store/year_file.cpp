#include "store/year_file.h"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

#include "parallel.h"
#include "spares.h"

namespace chandler::store {
namespace {

// bars.resize(rows) for a series without rows. That the system hands out the 25 MB of a year takes
// as long as reading the rows: the columns share it among the threads.
void make_room(BarSeries& bars, std::size_t rows) {
  constexpr std::size_t kManyRows = 1U << 16U;
  if (rows < kManyRows) return bars.resize(rows);
  parallel_for(0, kColumnCount + 1, [&](std::size_t i) {
    if (i == kColumnCount) return bars.timestamp.resize(rows);
    if (bars.columns.has(kAllColumns[i]))
      bars.column(kAllColumns[i]).resize(rows, i < kRequiredColumns ? 0.0 : kUnknown);
  });
}

// read(i) for each i below `count`, several at once. The error is that of the first one that failed.
template <class Read>
Result<void> for_each_block(std::size_t count, const Read& read) {
  std::mutex guard;
  std::optional<std::pair<std::size_t, Error>> failed;
  const auto note = [&](std::size_t i) {
    auto done = read(i);
    if (done) return;
    const std::lock_guard hold(guard);
    if (!failed || i < failed->first) failed.emplace(i, std::move(done).error());
  };
  if (count == 1) {  // without waking anybody
    note(0);
  } else {
    parallel_for(0, count, note);
  }
  if (failed) return std::move(failed->second);
  return {};
}

// Of bytes that are not what they were. Disks forget whole sectors.
bool holds_a_hole(const Bytes& bytes) {
  constexpr int kSector = 512;
  const auto need = std::min(kSector, static_cast<int>(bytes.size()));
  return std::search_n(bytes.begin(), bytes.end(), need, std::byte{0}) != bytes.end();
}

std::optional<int> year_before(const std::string& name, std::string_view suffix) {
  if (name.size() != 4 + suffix.size() || name.substr(4) != suffix) return {};
  int year = 0;
  for (const char c : name.substr(0, 4)) {
    if (c < '0' || c > '9') return {};
    year = year * 10 + (c - '0');
  }
  return year;
}

bool sensible(const EndMark& mark, Timeframe tf, int year) {
  if (mark.blocks.empty() || mark.first > mark.last || utc_year(mark.first) != year ||
      utc_year(mark.last) != year) {
    return false;
  }
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  for (std::size_t i = 0; i < mark.blocks.size(); ++i) {
    const BlockEntry& b = mark.blocks[i];
    if (i > 0 && b.index <= mark.blocks[i - 1].index) return false;
    if (b.rows == 0 || b.rows > kSlotsPerBlock) return false;
    bytes += b.size;
    rows += b.rows;
  }
  return bytes == mark.bytes_before && rows == mark.rows &&
         mark.blocks.front().index == block_index(tf, mark.first) &&
         mark.blocks.back().index == block_index(tf, mark.last);
}

}  // namespace

std::string data_name(int year) { return std::to_string(year) + ".csv.gz"; }
std::string metadata_name(int year) { return std::to_string(year) + ".metadata.json"; }
std::optional<int> year_of_data_name(const std::string& name) {
  return year_before(name, ".csv.gz");
}
std::optional<int> year_of_metadata_name(const std::string& name) {
  return year_before(name, ".metadata.json");
}

YearFile::YearFile(File file, FileIdentity identity, EndMark mark, Timeframe tf)
    : file_(std::move(file)), identity_(identity), mark_(std::move(mark)), timeframe_(tf) {
  std::uint64_t at = 0;
  for (const BlockEntry& b : mark_.blocks) {
    offsets_.push_back(at);
    at += b.size;
  }
}

Result<YearFile> YearFile::open(const Folder& folder, const SeriesId& series, int year) {
  CHANDLER_TRY(File file, folder.open_file(data_name(year)));
  CHANDLER_TRY(const FileIdentity id, file.identity());
  const auto damaged = [&](const char* what) {
    return Error{ErrorKind::damaged, what, file.shown(), kRepairHint};
  };

  Bytes tail(std::min<std::uint64_t>(id.size, kMaxEndMark));
  CHANDLER_CHECK(file.read_exactly(tail, id.size - tail.size()));
  const auto size = trailing_end_mark_size(tail);
  if (!size) return damaged("does not end with an end mark: cut, or not written by Chandler");
  auto mark = parse_end_mark(std::span(tail).last(*size));
  if (!mark || mark->bytes_before + *size != id.size)
    return damaged("its end mark does not prove it whole");
  if (mark->symbol != series.symbol.folder() || mark->timeframe != to_string(series.timeframe) ||
      mark->year != year) {
    return damaged("is another file in this place");
  }
  if (!sensible(*mark, series.timeframe, year)) return damaged("its end mark contradicts itself");
  return YearFile(std::move(file), id, std::move(*mark), series.timeframe);
}

Result<std::optional<YearFile>> YearFile::open_if_good(const Folder& folder, const SeriesId& series,
                                                       int year) {
  auto file = open(folder, series, year);
  if (file) return std::optional(std::move(*file));
  const ErrorKind kind = file.error().kind;
  if (kind == ErrorKind::not_found || kind == ErrorKind::damaged) return std::optional<YearFile>{};
  return std::move(file).error();
}

Error YearFile::damaged(std::size_t block, const std::string& what) const {
  const TimeRange range = block_range(timeframe_, mark_.year, mark_.blocks[block].index);
  return {ErrorKind::damaged,
          what + " (" + format_instant(range.from) + " to " + format_instant(range.to) + ")",
          file_.shown() + ", block " + std::to_string(mark_.blocks[block].index), kRepairHint};
}

std::optional<std::size_t> YearFile::find(std::uint32_t index) const {
  const auto at =
      std::lower_bound(mark_.blocks.begin(), mark_.blocks.end(), index,
                       [](const BlockEntry& b, std::uint32_t i) { return b.index < i; });
  if (at == mark_.blocks.end() || at->index != index) return {};
  return static_cast<std::size_t>(at - mark_.blocks.begin());
}

Result<Bytes> YearFile::member(std::size_t block) const {
  Bytes bytes;
  CHANDLER_CHECK(read_member(block, bytes));
  return bytes;
}

Result<void> YearFile::read_member(std::size_t block, Bytes& bytes) const {
  bytes.resize(mark_.blocks[block].size);
  if (auto read = file_.read_exactly(bytes, offsets_[block]); !read) {
    Error e = damaged(block, read.error().what);
    e.kind = read.error().kind;
    if (e.kind != ErrorKind::damaged) e.hint = read.error().hint;
    return e;
  }
  if (crc32(bytes) != mark_.blocks[block].crc) return damaged(block, "the block is damaged");
  return {};
}

Result<bool> YearFile::is_hole(std::size_t block) const {
  Bytes bytes;
  auto read = read_member(block, bytes);
  if (read) return false;
  if (read.error().kind == ErrorKind::damaged && holds_a_hole(bytes)) return true;
  return std::move(read).error();
}

Result<std::uint64_t> YearFile::text_size() const {
  std::uint64_t sum = 0;
  for (std::size_t b = 0; b < mark_.blocks.size(); ++b) {
    std::array<std::byte, 4> trailer{};
    CHANDLER_CHECK(
        file_.read_exactly(trailer, offsets_[b] + mark_.blocks[b].size - trailer.size()));
    sum += ByteReader(trailer).get<std::uint32_t>();
  }
  return sum;
}

Result<BlockInfo> YearFile::head(std::size_t block) const {
  CHANDLER_TRY(const Bytes bytes, member(block));
  auto info = parse_block_head(bytes);
  if (!info) return damaged(block, "the block's own header is damaged");
  return std::move(*info);
}

Result<BlockInfo> YearFile::head_only(std::size_t block) const {
  constexpr std::size_t kLongest = kMemberFixed + kMaxPayload;
  const BlockEntry& entry = mark_.blocks[block];
  std::array<std::byte, kLongest> bytes{};
  const auto head = std::span(bytes).first(std::min<std::size_t>(kLongest, entry.size));
  CHANDLER_CHECK(file_.read_exactly(head, offsets_[block]));
  auto info = parse_block_head(head);
  if (!info || info->member_size != entry.size || info->index != entry.index)
    return damaged(block, "the block's own header is damaged");
  return std::move(*info);
}

// What one thread needs to unpack block after block without allocating.
struct YearFile::Scratch {
  Inflater inflater;
  Bytes member;
  std::string text;
};

YearFile::Borrowed YearFile::borrow_scratch() {
  static Spares<Scratch>& spares = *new Spares<Scratch>;
  constexpr std::size_t kUsualText = 4U << 20U;
  Borrowed scratch = spares.borrow();
  if (scratch->text.capacity() > kUsualText) std::string().swap(scratch->text);
  return scratch;
}

Result<std::string_view> YearFile::unpack(std::size_t block, Scratch& scratch) const {
  CHANDLER_CHECK(read_member(block, scratch.member));
  if (!scratch.inflater.inflate(scratch.member, most_text(mark_.blocks[block].rows), scratch.text))
    return damaged(block, "the block does not unpack");
  std::string_view rows = scratch.text;
  if (block == 0) {
    const std::string header = header_line(mark_.columns);
    if (rows.substr(0, header.size()) != header)
      return damaged(block, "the header line is not as it should be");
    rows.remove_prefix(header.size());
  }
  return rows;
}

Result<void> YearFile::parse(std::size_t block, const Lines& lines, const RowTarget& target) const {
  const BlockEntry& entry = mark_.blocks[block];
  if (lines.before + lines.count + lines.after != entry.rows)
    return damaged(block, "the block has other rows than the table says");
  if (const auto mistake = parse_rows(lines.text, mark_.columns, lines.count, target)) {
    return damaged(block, "row " + std::to_string(lines.before + mistake->line + 1) +
                              " of the block: " + mistake->what);
  }
  const TimeRange range = block_range(timeframe_, mark_.year, entry.index);
  if (lines.count != 0 && (!range.contains(target.timestamp[0]) ||
                           !range.contains(target.timestamp[lines.count - 1]))) {
    return damaged(block, "the block holds bars of another one");
  }
  return {};
}

Result<void> YearFile::parse_all(std::size_t block, const RowTarget& target) const {
  const Borrowed scratch = borrow_scratch();
  CHANDLER_TRY(const std::string_view text, unpack(block, *scratch));
  return parse(block, {.text = text, .count = mark_.blocks[block].rows}, target);
}

// What is wanted of one block.
struct YearFile::Piece {
  Lines lines;
  std::size_t at = 0;  // where its rows go
  Borrowed unpacked;   // its text, when that had to be looked at before
  RowOwners owners;
};

Result<BarSeries> YearFile::read(TimeRange range) const {
  BarSeries bars;
  CHANDLER_CHECK(read_pieces(range, false, bars));
  return bars;
}

Result<BlockRows> YearFile::read_owned(TimeRange range) const {
  BlockRows rows;
  CHANDLER_TRY(const std::vector<Piece> pieces, read_pieces(range, true, rows.bars));
  for (const Piece& piece : pieces) {
    for (std::size_t i = 0; i < piece.lines.count; ++i)
      rows.owners.push_back(piece.owners.name_of(piece.lines.before + i));
  }
  return rows;
}

Result<std::vector<YearFile::Piece>> YearFile::read_pieces(TimeRange range, bool with_owners,
                                                           BarSeries& bars) const {
  const auto range_of = [&](std::size_t block) {
    return block_range(timeframe_, mark_.year, mark_.blocks[block].index);
  };
  std::size_t begin = 0;
  while (begin < mark_.blocks.size() && range_of(begin).to <= range.from) ++begin;
  std::vector<Piece> pieces;
  std::vector<std::size_t> edges;  // the pieces of which not all rows are wanted
  for (std::size_t b = begin; b < mark_.blocks.size() && range_of(b).from < range.to; ++b) {
    if (range_of(b).from < range.from || range.to < range_of(b).to) edges.push_back(pieces.size());
    pieces.emplace_back().lines.count = mark_.blocks[b].rows;
  }

  // How many rows those have is known when they are unpacked: whole, as their checksums want it.
  CHANDLER_CHECK(for_each_block(edges.size(), [&](std::size_t edge) -> Result<void> {
    Piece& piece = pieces[edges[edge]];
    piece.unpacked = borrow_scratch();
    CHANDLER_TRY(const std::string_view text, unpack(begin + edges[edge], *piece.unpacked));
    // Times without end have no text that could be compared.
    piece.lines = lines_within(text, range.intersect(range_of(begin + edges[edge])));
    return {};
  }));
  std::size_t rows = 0;
  for (Piece& piece : pieces) {
    piece.at = rows;
    rows += piece.lines.count;
  }
  bars.columns = mark_.columns;
  make_room(bars, rows);

  CHANDLER_CHECK(for_each_block(pieces.size(), [&](std::size_t i) -> Result<void> {
    Piece& piece = pieces[i];
    const bool looked_at = piece.unpacked != nullptr;
    const Borrowed scratch = looked_at ? std::move(piece.unpacked) : borrow_scratch();
    if (!looked_at) {
      CHANDLER_TRY(piece.lines.text, unpack(begin + i, *scratch));
    }
    CHANDLER_CHECK(parse(begin + i, piece.lines, RowTarget::into(bars, piece.at)));
    if (!with_owners) return {};
    auto info = parse_block_head(scratch->member);
    if (!info) return damaged(begin + i, "the block's own header is damaged");
    piece.owners = std::move(info->owners);
    return {};
  }));
  return pieces;
}

Result<BlockRows> YearFile::rows(std::size_t block) const {
  CHANDLER_TRY(BlockInfo info, head(block));
  BlockRows rows;
  rows.bars.columns = mark_.columns;
  rows.bars.resize(mark_.blocks[block].rows);
  CHANDLER_CHECK(parse_all(block, RowTarget::into(rows.bars, 0)));
  rows.owners = std::move(info.owners);
  return rows;
}

Result<std::vector<Instant>> YearFile::timestamps(std::size_t block) const {
  std::vector<Instant> times(mark_.blocks[block].rows);
  RowTarget target;
  target.timestamp = times.data();
  CHANDLER_CHECK(parse_all(block, target));
  return times;
}

}  // namespace chandler::store
