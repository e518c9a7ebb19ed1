// Foreign CSV into the cache: read, validated, merged.
//
//   auto plan = chandler::plan_import(files, request);             // which file is which series
//   auto result = chandler::run_import(cache, *plan, request, observer);
//
// A file is one delivery: more than half of its rows rejected, or an error anywhere in it, and
// nothing of it is written. (Of a zip, each member is a delivery for the first of these rules.) To
// know before writing, a file of more than kImportRows rows is read twice. Memory is bound by the
// rows of some deliveries, not by the files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "chandler/foreign_csv.h"
#include "chandler/result.h"

namespace chandler {

// Rows read or committed at once: a year of minutes fits.
inline constexpr std::size_t kImportRows = 600'000;

struct ImportRequest {
  ForeignFormat format;
  // What is given here is believed; the rest is read from the files' names and contents.
  std::optional<Symbol> symbol;
  std::optional<Timeframe> timeframe;
  std::optional<AssetClass> asset_class;
  // Where the bars come from. Default: the preset's venue (binance, kraken, yahoo, alpha_vantage),
  // else "import".
  std::optional<std::string> provider;
  TimeRange range;  // bars outside are passed over and not counted
  bool extended_hours = false;
};

struct FailedFile {
  std::string file;  // "a.csv", "a.zip/member.csv"
  Error error;
};

// The files of one series, in the order of their names: the later one wins a conflict.
struct ImportJob {
  SeriesId series;
  std::vector<std::filesystem::path> files;
};

struct ImportPlan {
  std::vector<ImportJob> jobs;     // sorted by series
  std::vector<FailedFile> failed;  // could not be read when they were looked at
  std::vector<std::string> notes;  // what was concluded, one line each
};

// Touches nothing. An error, of kind usage, when a file cannot be placed without being told more.
[[nodiscard]] Result<ImportPlan> plan_import(std::span<const std::filesystem::path> files,
                                             const ImportRequest& request);

// Called from several threads at once.
class ImportObserver {
 public:
  virtual ~ImportObserver() = default;
  virtual void on_rejected(const RejectedLine& line) = 0;
  virtual void on_note(const std::string& line) = 0;
  virtual void on_file_done(const std::filesystem::path& file, std::uint64_t rows) = 0;
  // True: commit what is in hand, and leave the rest.
  [[nodiscard]] virtual bool stop() = 0;

 protected:
  ImportObserver() = default;
  ImportObserver(const ImportObserver&) = default;
  ImportObserver& operator=(const ImportObserver&) = default;
};

struct ImportResult {
  std::vector<WriteOutcome> series;  // sorted
  std::vector<FailedFile> failed;    // with those of the plan
  std::size_t files = 0;             // taken in hand, without those of the plan that failed
  bool interrupted = false;          // something was left undone because of stop()
};

// One file's failure does not keep others from being imported. Series are imported in parallel, in
// the caller's task arena; each commits in the order of its files.
[[nodiscard]] ImportResult run_import(Cache& cache, const ImportPlan& plan,
                                      const ImportRequest& request, ImportObserver& observer);

}  // namespace chandler
