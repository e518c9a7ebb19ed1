#include "store/year_scan.h"

#include <algorithm>
#include <cmath>

#include "store/csv_rows.h"
#include "store/foreign_scan.h"
#include "store/row_rules.h"

namespace chandler::store {
namespace {

constexpr std::size_t kMaxYearFile = std::size_t{1} << 30U;

class Scanner {
 public:
  Scanner(const SeriesId& series, int year, ScanOptions options, std::string name)
      : series_(series), year_(year), options_(options), name_(std::move(name)) {}

  YearScan run(std::span<const std::byte> data, FileIdentity identity) {
    data_ = data;
    scan_.identity = identity;
    if (std::all_of(data.begin(), data.end(), [](std::byte b) { return b == std::byte{0}; })) {
      scan_.nothing_in_it = true;
      add(data.empty() ? "truncated" : "unreadable",
          data.empty() ? "the file is empty" : "the file holds only zeros");
      lose({year_range(year_)}, 0, "the whole file");
    } else if (const auto mark = mark_at_end()) {
      scan_by_mark(*mark);
    } else if (parse_member_head(data).has_value() || next_member(0).has_value()) {
      scan_forward();
    } else {
      scan_foreign(data, year_, scan_);
    }
    return std::move(scan_);
  }

 private:
  void add(const char* kind, std::string detail) {
    scan_.problems.push_back({kind, std::move(detail)});
  }
  void lose(TimeRange range, std::uint64_t rows, std::string detail) {
    scan_.bad.push_back({range, rows, std::move(detail)});
  }

  // --- files with an end mark ---

  std::optional<EndMark> mark_at_end() {
    const auto tail = data_.last(std::min(data_.size(), kMaxEndMark));
    const auto size = trailing_end_mark_size(tail);
    if (!size) return {};
    auto mark = parse_end_mark(tail.last(*size));
    if (!mark || mark->bytes_before + *size != data_.size()) return {};
    std::uint64_t sum = 0;
    for (const BlockEntry& b : mark->blocks) sum += b.size;
    if (sum != mark->bytes_before) return {};
    return mark;
  }

  bool in_its_place(const EndMark& mark) {
    if (mark.symbol == series_.symbol.folder() && mark.timeframe == to_string(series_.timeframe) &&
        mark.year == year_) {
      return true;
    }
    add("wrong_place", "holds " + printable(mark.symbol) + " " + printable(mark.timeframe) + " " +
                           std::to_string(mark.year));
    lose(year_range(year_), 0, "the whole file");
    return false;
  }

  void scan_by_mark(const EndMark& mark) {
    if (!in_its_place(mark)) return;
    scan_.whole = true;
    scan_.columns = mark.columns;
    scan_.rolled_up = mark.rolled_up;
    std::size_t at = 0;
    for (std::size_t i = 0; i < mark.blocks.size(); ++i) {
      const BlockEntry& b = mark.blocks[i];
      const auto member = data_.subspan(at, b.size);
      at += b.size;
      const auto info = parse_block_head(member);
      const bool in_order = i == 0 || b.index > mark.blocks[i - 1].index;
      const bool sound = in_order && crc32(member) == b.crc && info && info->index == b.index &&
                         info->rows == b.rows;
      if (!sound || !take_block(member, *info, i == 0)) lose_block(b.index, b.rows);
    }
    if (scan_.problems.empty() && !speaks_true(mark)) {
      add("damaged_block", "the end mark contradicts the blocks");
    }
  }

  // Of blocks that are all good. Readers that ask the end mark alone must hear the same.
  [[nodiscard]] bool speaks_true(const EndMark& mark) const {
    if (infos_.empty()) return false;
    std::vector<Digest> digests;
    std::uint64_t rows = 0;
    for (const BlockInfo& info : infos_) {
      digests.push_back(info.sha256);
      rows += info.rows;
    }
    return rows == mark.rows && scan_.columns == mark.columns &&
           infos_.front().first == mark.first && infos_.back().last == mark.last &&
           content_sha256(digests) == mark.content;
  }

  void lose_block(std::uint32_t index, std::uint64_t rows) {
    const TimeRange range = block_range(series_.timeframe, year_, index);
    const std::string name = "block " + std::to_string(index);
    if (!explained_) {
      add("damaged_block", name + ", " + format_instant(range.from) + " to " +
                               format_instant(range.to) + ", " + std::to_string(rows) + " bars");
    }
    explained_ = false;
    lose(range, rows, name);
  }

  // --- one block ---

  // True when its rows were taken. When the block is sound but its rows are not, says so and sets
  // explained_.
  bool take_block(std::span<const std::byte> member, const BlockInfo& info, bool first) {
    explained_ = false;
    if (!inflater_.inflate(member, most_text(info.rows), text_) ||
        sha256(std::as_bytes(std::span(text_))) != info.sha256)
      return false;
    std::string_view rows = text_;
    std::size_t line = 0;
    const std::size_t header_end = rows.find('\n');
    if (header_end != std::string_view::npos && rows.substr(0, 10) == "timestamp,") {
      const auto columns = parse_header(rows.substr(0, header_end));
      if (!columns || (columns_known_ && *columns != scan_.columns))
        return bad_rows(info, 0, "the header line");
      scan_.columns = *columns;
      rows.remove_prefix(header_end + 1);
      line = 1;
    } else if (first) {
      return bad_rows(info, 0, "no header line");
    }
    columns_known_ = true;
    BlockRows block;
    block.bars.columns = scan_.columns;
    block.bars.resize(info.rows);
    bool canonical = true;
    if (auto mistake = parse_rows(rows, scan_.columns, info.rows, RowTarget::into(block.bars, 0),
                                  options_.check_text ? &canonical : nullptr)) {
      return bad_rows(info, mistake->line + line, mistake->what);
    }
    if (options_.check_text && !check_rows(block.bars, info, canonical, line)) return false;
    block.owners = info.owners;
    infos_.push_back(info);
    scan_.good.push_back(std::move(block));
    return true;
  }

  bool check_rows(const BarSeries& bars, const BlockInfo& info, bool canonical, std::size_t line) {
    if (const auto bad = first_bad_row(bars)) return bad_rows(info, bad->line + line, bad->what);
    // They are sorted: the first and the last row tell of all.
    const TimeRange range = block_range(series_.timeframe, year_, info.index);
    if (bars.timestamp.front() < range.from)
      return bad_rows(info, line, "the bar does not belong into this block");
    if (bars.timestamp.back() >= range.to) {
      return bad_rows(info, bars.lower_bound(range.to) + line,
                      "the bar does not belong into this block");
    }
    if (bars.timestamp.front() != info.first || bars.timestamp.back() != info.last) {
      return bad_rows(info, line, "the block's header speaks of other bars");
    }
    if (!canonical) {
      add("not_canonical",
          "block " + std::to_string(info.index) + " is not written as Chandler writes it");
    }
    return true;
  }

  bool bad_rows(const BlockInfo& info, std::size_t line, const std::string& what) {
    add("bad_rows",
        "block " + std::to_string(info.index) + ", line " + std::to_string(line + 1) + ": " + what);
    explained_ = true;
    return false;
  }

  // --- files without one ---

  std::optional<std::size_t> next_member(std::size_t from) const {
    for (std::size_t at = from; at + kMemberFixed < data_.size(); ++at) {
      if (data_[at] != std::byte{0x1f} || data_[at + 1] != std::byte{0x8b}) continue;
      if (parse_member_head(data_.subspan(at))) return at;
    }
    return {};
  }

  // The head of a block that the year can have.
  [[nodiscard]] std::optional<BlockInfo> block_at(std::size_t at) const {
    auto info = parse_block_head(data_.subspan(at));
    if (info && block_range(series_.timeframe, year_, info->index).empty()) return {};
    return info;
  }

  void scan_forward() {
    std::size_t at = 0;
    bool ended = false;
    while (at < data_.size()) {
      if (const auto mark = parse_end_mark(data_.subspan(at)); mark && mark->bytes_before == at) {
        if (!in_its_place(*mark)) return;
        scan_.rolled_up = mark->rolled_up;
        hold_against(*mark);
        const std::size_t end = at + encode_end_mark(*mark).size();
        if (end < data_.size()) {
          add("trailing_bytes", std::to_string(data_.size() - end) + " bytes behind the end mark");
        }
        ended = true;
        break;
      }
      const auto info = block_at(at);
      if (info && info->member_size <= data_.size() - at) {
        if (info->index < reached_) {
          add("damaged_block",
              "block " + std::to_string(info->index) + " stands in the wrong place");
          at += info->member_size;
          continue;
        }
        doubt_before(info->index);
        if (!take_block(data_.subspan(at, info->member_size), *info, at == 0))
          lose_block(info->index, info->rows);
        at += info->member_size;
        reached_ = info->index + 1;
        continue;
      }
      if (!skip_to_next(at)) break;
    }
    if (!ended) {
      finish_without_mark(at);
    } else if (scan_.problems.empty()) {
      // Else it would have proven the file whole.
      add("damaged_block", "the end mark contradicts the blocks");
    }
  }

  // Blocks that are left out had no bars, or are gone: without an end mark nobody knows.
  void doubt_before(std::uint32_t index) {
    const TimeRange range{block_range(series_.timeframe, year_, reached_).from,
                          block_range(series_.timeframe, year_, index).from};
    const bool known_lost = !scan_.bad.empty() && scan_.bad.back().range.to >= range.to;
    if (!range.empty() && !known_lost) doubted_.push_back({range, 0, "left out"});
  }

  // The end mark, found behind the blocks, knows how many there should be.
  void hold_against(const EndMark& mark) {
    for (const BlockEntry& b : mark.blocks) {
      const TimeRange range = block_range(series_.timeframe, year_, b.index);
      const bool found = std::any_of(infos_.begin(), infos_.end(), [&](const BlockInfo& info) {
        return info.index == b.index && info.member_size == b.size && info.rows == b.rows;
      });
      const bool known_lost =
          std::any_of(scan_.bad.begin(), scan_.bad.end(),
                      [&](const BadRange& bad) { return bad.range.overlaps(range); });
      if (!found && !known_lost) lose_block(b.index, b.rows);
    }
  }

  // The bytes at `at` are no member: goes on at the next one behind. False when there is none.
  bool skip_to_next(std::size_t& at) {
    const auto next = next_member(at + 1);
    if (!next) return false;
    const auto info = block_at(*next);
    const bool is_block = info && info->index >= reached_;
    const TimeRange whole = year_range(year_);
    const TimeRange lost{
        block_range(series_.timeframe, year_, reached_).from,
        is_block ? block_range(series_.timeframe, year_, info->index).from : whole.to};
    const std::string where = "bytes " + std::to_string(at) + " to " + std::to_string(*next);
    if (!lost.empty()) {
      add("damaged_block",
          where + " are no block, " + format_instant(lost.from) + " to " + format_instant(lost.to));
      lose(lost, 0, where);
    }
    at = *next;
    return true;
  }

  // Either only the end mark itself is damaged, or the file was cut.
  void finish_without_mark(std::size_t at) {
    const auto rest = data_.subspan(at);
    for (const bool rolled_up : {false, true}) {
      if (!nearly(rest, expected_mark(at, rolled_up))) continue;
      scan_.rolled_up = rolled_up;
      add("damaged_block", "the end mark; every block is whole");
      return;
    }
    for (BadRange& doubt : doubted_) scan_.bad.push_back(std::move(doubt));
    const TimeRange whole = year_range(year_);
    const Instant from = block_range(series_.timeframe, year_, reached_).from;
    add("truncated",
        rest.empty() ? "the file ends without an end mark"
                     : "the file ends inside a block, after " + std::to_string(at) + " good bytes");
    if (from < whole.to) lose({from, whole.to}, 0, "the end of the file");
  }

  // Equal but for a byte or two: the flag of a rolled-up file and its CRC-32 alone are five.
  static bool nearly(std::span<const std::byte> found, const Bytes& expected) {
    if (found.size() != expected.size() || expected.empty()) return false;
    std::size_t differing = 0;
    for (std::size_t i = 0; i < found.size(); ++i) differing += found[i] == expected[i] ? 0 : 1;
    return differing <= 1 + found.size() / 100;
  }

  Bytes expected_mark(std::size_t at, bool rolled_up) {
    if (scan_.good.empty() || !scan_.bad.empty() || infos_.size() != scan_.good.size()) return {};
    EndMark mark{.symbol = series_.symbol.folder(),
                 .timeframe = std::string(to_string(series_.timeframe)),
                 .year = year_,
                 .columns = scan_.columns,
                 .rolled_up = rolled_up,
                 .rows = 0,
                 .bytes_before = at,
                 .first = infos_.front().first,
                 .last = infos_.back().last};
    std::vector<Digest> digests;
    std::size_t offset = 0;
    for (const BlockInfo& info : infos_) {
      digests.push_back(info.sha256);
      mark.rows += info.rows;
      mark.blocks.push_back({info.index, info.member_size, info.rows,
                             crc32(data_.subspan(offset, info.member_size))});
      offset += info.member_size;
    }
    mark.content = content_sha256(digests);
    return encode_end_mark(mark);
  }

  const SeriesId& series_;
  int year_;
  ScanOptions options_;
  std::string name_;
  std::span<const std::byte> data_;
  YearScan scan_;
  std::vector<BlockInfo> infos_;
  Inflater inflater_;
  std::string text_;
  std::uint32_t reached_ = 0;      // every block before this index is accounted for
  std::vector<BadRange> doubted_;  // blocks that may be missing if no end mark turns up
  bool columns_known_ = false;
  bool explained_ = false;  // the last lost block's problem is already listed
};

}  // namespace

Result<YearScan> scan_year(const Folder& folder, const SeriesId& series, int year,
                           ScanOptions options) {
  CHANDLER_TRY(const File file, folder.open_file(data_name(year)));
  CHANDLER_TRY(const FileIdentity id, file.identity());
  if (id.size > kMaxYearFile) {
    return Error{ErrorKind::damaged, "is bigger than any year of bars", file.shown(),
                 "move it away"};
  }
  Bytes data(id.size);
  CHANDLER_CHECK(file.read_exactly(data, 0));
  return Scanner(series, year, options, file.shown()).run(data, id);
}

}  // namespace chandler::store
