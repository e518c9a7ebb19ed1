// Any bytes as 2024.csv.gz of BTCUSDT 1m. The first byte, % 3:
//   0  the rest are the bytes
//   1  the rest is text, cut into blocks at lines of "#": each gets a head and a checksum that are
//      right, and the file an end mark that is, so that mutations reach the rows. The two characters
//      behind the "#" are the block's index and what its head gets wrong.
//   2  the rest is text, in a gzip that Chandler did not write
#include "store/year_file.h"

#include <algorithm>

#include "fuzz/one_file.h"
#include "fuzz/packed.h"
#include "fuzz/pieces.h"
#include "store/row_rules.h"
#include "store/year_draft.h"
#include "store/year_scan.h"
#include "tests/support/gunzip.h"

namespace {

using namespace chandler;
using fuzz::require;

constexpr int kYear = 2024;
constexpr std::size_t kPayload = 74;  // of a block with one provider of four letters
const SeriesId kSeries{*Symbol::parse("BTCUSDT"), Timeframe::m1};

std::string as_text(const store::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Instant time_of(std::string_view line) {
  return parse_exact(line.substr(0, 19)).value_or(year_start(kYear));
}

// A member whose head says of its text what is true, but for what `wrong` asks for.
store::DraftBlock member_of(std::string_view text, std::uint32_t index, unsigned wrong) {
  const bool header = text.starts_with("timestamp,");
  const auto lines = std::count(text.begin(), text.end(), '\n');
  const std::string_view rows = header ? text.substr(text.find('\n') + 1) : text;
  const std::string_view body = rows.substr(0, rows.empty() ? 0 : rows.size() - 1);
  store::BlockInfo info;
  info.index = index;
  info.rows = static_cast<std::uint32_t>(std::max<std::ptrdiff_t>(1, lines - (header ? 1 : 0)));
  info.first = time_of(rows);
  info.last = time_of(body.substr(body.rfind('\n') + 1));
  if (wrong & 1U) ++info.rows;
  if (wrong & 2U) std::swap(info.first, info.last);
  info.sha256 = store::sha256(fuzz::bytes_of(text));
  if (wrong & 4U) info.sha256.front() ^= std::byte{1};

  store::Bytes deflated;
  store::Deflater().deflate(text, deflated);
  store::Bytes payload;
  store::ByteWriter w(payload);
  w.put('B').put(std::uint8_t{1}).put(info.index);
  const std::size_t size =
      store::kMemberFixed + kPayload + 4 + deflated.size() + store::kMemberTrailer;
  info.member_size = static_cast<std::uint32_t>(size);
  w.put(info.member_size).put(info.rows);
  w.put(epoch_seconds(info.first)).put(epoch_seconds(info.last)).put_bytes(info.sha256);
  w.put(std::uint8_t{1}).put_text("fuzz").put(std::uint8_t{0}).put(std::uint16_t{1});
  w.put(std::uint8_t{0}).put(static_cast<std::uint16_t>(info.rows));
  store::Bytes member = store::member_head(payload);
  require(member.size() + deflated.size() + store::kMemberTrailer == size);
  store::ByteWriter(member)
      .put_bytes(deflated)
      .put(store::crc32(fuzz::bytes_of(text)))
      .put(static_cast<std::uint32_t>(text.size()));
  return {.info = std::move(info), .member = std::move(member)};
}

std::string sealed(std::string_view text) {
  if (text.empty()) return "";
  store::YearDraft draft{.series = kSeries, .year = kYear};
  const std::string_view first = text.substr(std::min(text.find('\n'), text.size() - 1) + 1);
  if (const auto columns = store::parse_header(first.substr(0, first.find('\n'))))
    draft.columns = *columns;
  while (text.starts_with('#') && text.size() > 3 && draft.blocks.size() < 8) {
    const auto index = static_cast<std::uint32_t>(text[1] - '0') % 130;
    const auto wrong = static_cast<unsigned>(text[2] - '0') % 8U;
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    const std::size_t end = text.find("\n#");
    const std::string_view piece =
        text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
    text.remove_prefix(piece.size());
    if (piece.size() > 40'000) return "";
    draft.blocks.push_back(member_of(piece, index, wrong));
  }
  if (draft.blocks.empty()) return "";
  std::string bytes;
  for (const store::DraftBlock& block : draft.blocks) bytes += as_text(block.member);
  return bytes + as_text(store::encode_end_mark(draft.mark()));
}

void check_good_rows(const store::YearScan& scan) {
  Instant previous = Instant::min();
  for (const store::BlockRows& block : scan.good) {
    fuzz::require_whole(block.bars);
    require(block.owners.of_row.size() == block.bars.size() && !block.bars.empty());
    require(!store::first_bad_row(block.bars).has_value());
    for (const Instant t : block.bars.timestamp) {
      require(utc_year(t) == kYear && previous < t);
      previous = t;
    }
    for (std::size_t i = 0; i < block.bars.size(); ++i) {
      static_cast<void>(block.owners.name_of(i));
    }
  }
  for (const store::BadRange& bad : scan.bad) require(!bad.range.empty());
  for (const store::ScanProblem& problem : scan.problems) fuzz::require_shown(problem.detail);
}

std::string text_of_rows(const store::YearScan& scan) {
  std::string text = store::header_line(scan.columns);
  store::RowPrinter printer(scan.columns);
  for (const store::BlockRows& block : scan.good) {
    printer.append(block.bars, 0, block.bars.size(), text);
  }
  return text;
}

// What is read as a whole, block by block and in part must be the same.
void check_reading(const store::YearFile& file, const BarSeries& all) {
  fuzz::require_whole(all);
  std::size_t at = 0;
  for (std::size_t b = 0; b < file.mark().blocks.size(); ++b) {
    const auto times = file.timestamps(b);
    require(times.ok() && at + times->size() <= all.size());
    require(std::equal(times->begin(), times->end(),
                       all.timestamp.begin() + static_cast<std::ptrdiff_t>(at)));
    if (const auto rows = file.rows(b)) {
      require(identical(rows->bars, all.slice(at, at + times->size())));
    }
    at += times->size();
  }
  require(at == all.size());
  if (all.empty()) return;
  const TimeRange half{all.timestamp[all.size() / 2], all.timestamp.back()};
  const auto part = file.read(half);
  require(part.ok() && identical(*part, all.slice(all.size() / 2, all.size() - 1)));
}

void check(const store::Folder& folder, std::string_view bytes) {
  const auto scan = store::scan_year(folder, kSeries, kYear);
  require(scan.ok());
  check_good_rows(*scan);
  const auto quick = store::scan_year(folder, kSeries, kYear, {.check_text = false});
  require(quick.ok());

  const auto file = store::YearFile::open(folder, kSeries, kYear);
  const auto all = file ? file->read({}) : Result<BarSeries>(file.error());
  if (!all) {
    require(all.error().kind == ErrorKind::damaged || all.error().kind == ErrorKind::io);
    fuzz::require_shown(all.error().line());
  } else {
    check_reading(*file, *all);
  }
  static_cast<void>(file && file->text_size());
  if (!scan->problems.empty()) return;

  // Nothing is said against it: then everybody reads these rows and no others.
  require(scan->whole && scan->bad.empty() && all.ok());
  const auto strangers = test::gunzip(fuzz::bytes_of(bytes));
  require(strangers.has_value() && *strangers == text_of_rows(*scan));
  BarSeries good;
  good.columns = scan->columns;
  for (const store::BlockRows& block : scan->good) good.append(block.bars);
  require(identical(good, *all));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static fuzz::OneFile files("2024.csv.gz");
  static const store::Folder folder = *store::Folder::open_root(files, "/");
  fuzz::Pieces pieces(data, size);
  const unsigned how = pieces.byte() % 3U;
  std::string bytes(pieces.rest());
  if (how == 1) bytes = sealed(pieces.rest());
  if (how == 2) bytes = fuzz::gzipped(pieces.rest());

  files.put(bytes);
  check(folder, bytes);
  return 0;
}
