// A year file looked at without trust: what of it is good, what is wrong with it, and where. For
// verify, for repair, and for readers that want the good part of a damaged file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/year_file.h"

namespace chandler::store {

struct ScanProblem {
  std::string kind{};  // of RELIABILITY's list: truncated damaged_block trailing_bytes bad_rows ...
  std::string detail{};
};

struct BadRange {
  TimeRange range;         // what can no longer be read, as far as can be told
  std::uint64_t rows = 0;  // that were there; 0 when unknown
  std::string detail{};    // "block 12"
};

struct YearScan {
  FileIdentity identity{};
  bool whole = false;    // its end mark proves it whole and in its place (blocks may still be bad)
  bool foreign = false;  // a gzip of rows that Chandler did not write
  bool nothing_in_it = false;  // no byte of content: empty, or zeros only
  ColumnSet columns{};
  bool rolled_up = false;
  std::vector<BlockRows> good{};  // in time order
  std::vector<BadRange> bad{};
  std::vector<ScanProblem> problems{};  // none: every byte is as it should be
};

struct ScanOptions {
  bool check_text =
      true;  // hold every row against its canonical text and the rules; verify and repair want this
};

// An Error only when the file cannot be opened or read at all.
[[nodiscard]] Result<YearScan> scan_year(const Folder& folder, const SeriesId& series, int year,
                                         ScanOptions options = {});

}  // namespace chandler::store
