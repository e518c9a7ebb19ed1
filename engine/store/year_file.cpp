#include "store/year_file.h"
#include "parallel.h"

#include <oneapi/tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <array>
#include <mutex>

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

Result<std::string_view> YearFile::unpack(std::size_t block, Scratch& scratch) const {
  CHANDLER_CHECK(read_member(block, scratch.member));
  if (!scratch.inflater.inflate(scratch.member, scratch.text))
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

Result<void> YearFile::parse_all(std::size_t block, const RowTarget& target,
                                 Scratch& scratch) const {
  CHANDLER_TRY(const std::string_view text, unpack(block, scratch));
  return parse(block, {.text = text, .count = mark_.blocks[block].rows}, target);
}

Result<BarSeries> YearFile::read(TimeRange range) const {
  CHANDLER_TRY(Rows rows, read_blocks(range, nullptr));
  if (rows.first == 0 && rows.last == rows.bars.size()) return std::move(rows.bars);
  return rows.bars.slice(rows.first, rows.last);
}

Result<BlockRows> YearFile::read_owned(TimeRange range) const {
  std::vector<RowOwners> owners;
  CHANDLER_TRY(const Rows read, read_blocks(range, &owners));
  BlockRows rows{read.bars.slice(read.first, read.last), {}};
  std::size_t at = 0;
  for (const RowOwners& of_block : owners) {
    for (std::size_t i = 0; i < of_block.of_row.size(); ++i, ++at) {
      if (at >= read.first && at < read.last) rows.owners.push_back(of_block.name_of(i));
    }
  }
  return rows;
}

Result<YearFile::Rows> YearFile::read_blocks(TimeRange range,
                                             std::vector<RowOwners>* owners) const {
  const auto range_of = [&](std::size_t block) {
    return block_range(timeframe_, mark_.year, mark_.blocks[block].index);
  };
  std::size_t begin = 0;
  while (begin < mark_.blocks.size() && range_of(begin).to <= range.from) ++begin;
  std::size_t end = begin;
  std::vector<std::size_t> row_at;
  std::size_t rows = 0;
  while (end < mark_.blocks.size() && range_of(end).from < range.to) {
    row_at.push_back(rows);
    rows += mark_.blocks[end++].rows;
  }
  if (owners != nullptr) owners->resize(end - begin);

  Rows read{.bars = {}, .first = 0, .last = rows};
  read.bars.columns = mark_.columns;
  make_room(read.bars, rows);
  // A block of which few rows are wanted is unpacked whole, as its checksum wants it, and no more.
  const auto lines_of = [&](std::size_t block, std::string_view text) -> Lines {
    const TimeRange whole = range_of(block);
    if (range.from <= whole.from && whole.to <= range.to)
      return {.text = text, .count = mark_.blocks[block].rows};
    return lines_within(text, range);
  };
  const auto read_block = [&](std::size_t block, Scratch& scratch) -> Result<void> {
    CHANDLER_TRY(const std::string_view text, unpack(block, scratch));
    const Lines lines = lines_of(block, text);
    const std::size_t at = row_at[block - begin] + lines.before;
    CHANDLER_CHECK(parse(block, lines, RowTarget::into(read.bars, at)));
    if (block == begin) read.first = at;
    if (block + 1 == end) read.last = at + lines.count;
    if (owners == nullptr) return {};
    auto info = parse_block_head(scratch.member);
    if (!info) return damaged(block, "the block's own header is damaged");
    (*owners)[block - begin] = std::move(info->owners);
    return {};
  };

  std::mutex guard;
  std::optional<std::pair<std::size_t, Error>> failed;  // of the first block that failed
  tbb::enumerable_thread_specific<Scratch> scratches;
  parallel_for(begin, end, [&](std::size_t block) {
    auto done = read_block(block, scratches.local());
    if (done) return;
    const std::lock_guard hold(guard);
    if (!failed || block < failed->first) failed.emplace(block, std::move(done).error());
  });
  if (failed) return std::move(failed->second);
  return read;
}

Result<BlockRows> YearFile::rows(std::size_t block) const {
  CHANDLER_TRY(BlockInfo info, head(block));
  BlockRows rows;
  rows.bars.columns = mark_.columns;
  rows.bars.resize(mark_.blocks[block].rows);
  Scratch s;
  CHANDLER_CHECK(parse_all(block, RowTarget::into(rows.bars, 0), s));
  rows.owners = std::move(info.owners);
  return rows;
}

Result<std::vector<Instant>> YearFile::timestamps(std::size_t block) const {
  std::vector<Instant> times(mark_.blocks[block].rows);
  RowTarget target;
  target.timestamp = times.data();
  Scratch s;
  CHANDLER_CHECK(parse_all(block, target, s));
  return times;
}

}  // namespace chandler::store
