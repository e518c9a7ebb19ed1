#include "store/foreign_scan.h"

#include <algorithm>

#include "store/csv_rows.h"
#include "store/foreign_gzip.h"
#include "store/row_rules.h"

namespace chandler::store {
namespace {

// A year of minutes with every column is about 60 MiB.
constexpr std::size_t kMaxForeignText = std::size_t{96} << 20U;
constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kLinesListed = 5;
// A file with more bad lines than this is not a file of bars.
constexpr std::size_t kMaxBadLines = 10'000;

// Line by line, so that one bad line costs itself only.
class ForeignRows {
 public:
  ForeignRows(int year, YearScan& scan) : year_(year), scan_(scan) {}

  void take(std::string_view text) {
    const std::size_t header_end = text.find('\n');
    if (header_end == std::string_view::npos || header_end > kMaxLine)
      return add("line 1: no header line");
    std::string_view header = text.substr(0, header_end);
    if (!header.empty() && header.back() == '\r') header.remove_suffix(1);
    const auto columns = parse_header(header);
    if (!columns) return add("line 1: not the header of a data file");
    scan_.columns = rows_.bars.columns = one_.columns = *columns;
    one_.resize(1);
    std::size_t line = 1;
    for (std::size_t at = header_end + 1; at < text.size(); ++line) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (end - at > kMaxLine) {
        add("line " + std::to_string(line + 1) + ": longer than 4 KiB");
        whole_ = false;
        break;
      }
      take_line(text.substr(at, end - at), line);
      at = end + 1;
      if (bad_ > kMaxBadLines) {
        add("more than " + std::to_string(kMaxBadLines) + " bad lines");
        whole_ = false;
        break;
      }
    }
    if (bad_ > kLinesListed) add(std::to_string(bad_ - kLinesListed) + " more lines");
    flush_torn(year_range(year_).to);
    if (!rows_.bars.empty()) scan_.good.push_back(std::move(rows_));
  }

  // False when the rest of the text was not looked at.
  [[nodiscard]] bool whole() const { return whole_; }

 private:
  void add(std::string detail) { scan_.problems.push_back({"bad_rows", std::move(detail)}); }

  void take_line(std::string_view text, std::size_t line) {
    row_.assign(text);
    if (!row_.empty() && row_.back() == '\r') row_.pop_back();
    if (row_.empty()) return;
    row_ += '\n';
    auto mistake = parse_rows(row_, one_.columns, 1, RowTarget::into(one_, 0));
    if (!mistake) mistake = first_bad_row(one_);
    const bool readable = !mistake;
    if (!mistake && utc_year(one_.timestamp[0]) != year_)
      mistake = RowMistake{0, "a bar of another year"};
    const BarSeries& bars = rows_.bars;
    if (!mistake && !bars.empty() && one_.timestamp[0] <= bars.timestamp.back())
      mistake = RowMistake{0, "the timestamp does not increase"};
    if (!mistake) {
      flush_torn(one_.timestamp[0]);
      rows_.bars.append(one_);
      rows_.owners.push_back("unknown");
      return;
    }
    if (++bad_ <= kLinesListed) add("line " + std::to_string(line + 1) + ": " + mistake->what);
    const bool again = readable && !bars.empty() &&
                       BarSeries::same_row(bars, bars.size() - 1, one_, 0) &&
                       bars.timestamp.back() == one_.timestamp[0];
    if (again) return;  // nothing of it is lost
    if (const auto t = parse_exact(std::string_view(row_).substr(0, 19))) {
      lose({*t, *t + seconds{1}}, 1);
    } else {
      ++torn_;
    }
  }

  // Lines without a time stood between the bars before and after them.
  void flush_torn(Instant next) {
    if (torn_ == 0) return;
    const Instant from =
        rows_.bars.empty() ? year_range(year_).from : rows_.bars.timestamp.back() + seconds{1};
    if (from < next) lose({from, next}, torn_);
    torn_ = 0;
  }

  void lose(TimeRange range, std::uint64_t rows) {
    if (!scan_.bad.empty() && scan_.bad.back().range == range) return;
    scan_.bad.push_back({range, rows, "a bad line"});
  }

  int year_;
  YearScan& scan_;
  BlockRows rows_;
  BarSeries one_;
  std::string row_;
  std::size_t bad_ = 0;
  std::uint64_t torn_ = 0;
  bool whole_ = true;
};

}  // namespace

void scan_foreign(std::span<const std::byte> data, int year, YearScan& scan) {
  const TimeRange all = year_range(year);
  if (!looks_like_gzip(data)) {
    const bool cut = begins_like_gzip(data);
    scan.problems.push_back(cut ? ScanProblem{"truncated", "the file ends after two bytes or less"}
                                : ScanProblem{"unreadable", "not a gzip file"});
    scan.bad.push_back({all, 0, "the whole file"});
    return;
  }
  ForeignText unpacked = unpack_foreign(data, kMaxForeignText);
  if (!unpacked.problem.empty()) {
    scan.problems.push_back({unpacked.problem, unpacked.too_big
                                                   ? "unpacks to more than 96 MiB"
                                                   : "not written by Chandler, and not whole"});
  }
  scan.foreign = true;
  ForeignRows rows(year, scan);
  if (unpacked.problem.empty() || !unpacked.text.empty()) rows.take(unpacked.text);
  if (scan.problems.empty())
    scan.problems.push_back({"not_canonical", "a gzip that Chandler did not write"});
  if (unpacked.problem == "truncated" || unpacked.problem == "damaged_block" || !rows.whole() ||
      scan.good.empty()) {
    const Instant from =
        scan.good.empty() ? all.from : scan.good.back().bars.timestamp.back() + seconds{1};
    scan.bad.push_back({{from, all.to}, 0, "the end of the file"});
  }
}

}  // namespace chandler::store
