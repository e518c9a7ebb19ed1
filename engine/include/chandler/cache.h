// The cache on disk: one folder a symbol, one folder a timeframe, one csv.gz and one metadata.json
// a year.
//
//   auto cache = chandler::Cache::open("data-cache");
//   auto bars = cache->read("BTCUSDT", "5m", {.from = "2024-01-01", .to = "2024-02-01"});
//   if (!bars) std::cerr << bars.error().line() << '\n';
//
// Readers take no lock and write nothing. Writers hold one series at a time, and no longer than a
// commit takes. A Cache may be used from several threads at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/asset_class.h"
#include "chandler/bar_series.h"
#include "chandler/bar_view.h"
#include "chandler/quality.h"
#include "chandler/result.h"
#include "chandler/symbol.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"

namespace chandler {

class FileSystem;  // chandler/file_system.h

struct SeriesId {
  Symbol symbol;
  Timeframe timeframe;

  [[nodiscard]] std::string text() const;    // "BTCUSDT 1m"
  [[nodiscard]] std::string folder() const;  // "BTCUSDT/1m", relative to the root
  friend bool operator==(const SeriesId&, const SeriesId&) = default;
  // NOLINTNEXTLINE(modernize-use-nullptr): a false alarm of clang-tidy 14
  friend auto operator<=>(const SeriesId&, const SeriesId&) = default;
};

// A range as people type it; an empty end is open. See parse_when.
struct WhenRange {
  std::string_view from{};
  std::string_view to{};
};

struct CacheOptions {
  const Clock* clock = nullptr;     // nullptr: the system's. Must outlive the cache.
  FileSystem* files = nullptr;      // nullptr: the system's. Must outlive the cache.
  bool optimistic_locking = false;  // write even where the file system has no locks
  // Read by hot copies, and make those that are missing or stale on the way, where that is possible.
  // Bars are the same without; view() uses copies that are there in any case.
  bool hot = false;
};

struct ProviderFacts {
  std::string name{};                   // 1 to 32 of a-z 0-9 _ - . : (a colon: "alpaca:iex")
  std::optional<double> reliability{};  // 0 to 1
  std::optional<std::string> rate_limit{};
  std::optional<std::string> adjustment{};  // what its prices mean: "raw", "splits", ...
};

// What a provider said of a range in which bars are missing. `confirmed`: it was asked for in an
// earlier run, too.
struct GapVerdict {
  TimeRange range{};
  GapState state = GapState::open;
  GapCause cause = GapCause::unknown;  // unknown: what is known of it stays
  std::string by{};                    // who was asked; empty: the delivery's provider
};

// What a writer brings for one series.
struct Delivery {
  ProviderFacts provider{};
  BarSeries bars{};                  // as validate() left them
  ValidationReport report{};         // what validate() said of them
  std::optional<TimeRange> asked{};  // missing bars at its ends are gaps, too
  std::vector<GapVerdict> verdicts{};
  std::optional<AssetClass> asset_class{};  // if somebody knows better than what is recorded

  // Puts what came next behind this. Precondition: same provider, later bars.
  void append(Delivery&& more);
};

enum class WriteStatus : std::uint8_t { ok, unchanged, partial, failed };
[[nodiscard]] std::string_view to_string(WriteStatus status);

// What became of one series in a writing verb.
struct WriteOutcome {
  SeriesId series;
  std::string provider{};
  WriteStatus status = WriteStatus::unchanged;
  std::uint64_t rows_fetched = 0;  // came in
  std::uint64_t rows_written = 0;  // new or changed bars that are committed
  std::uint64_t rejected = 0;
  std::uint64_t gaps = 0;            // open gaps of the years touched
  std::optional<Error> error{};      // of status failed and partial
  std::vector<std::string> files{};  // data files changed, relative to the root
  std::vector<std::string> notes{};  // warnings, one line each
};

// A stretch of a series that is not there.
struct Missing {
  TimeRange range{};          // of open times, from the first missing slot on; exclusive
  std::int64_t bars = 0;      // expected; 0: nobody knows
  bool asked_before = false;  // a hole: it was asked for, and did not come
  GapState state = GapState::open;
  friend bool operator==(const Missing&, const Missing&) = default;
};

// Years that cannot be read: the error of whoever asks, or left out of the answer.
enum class Damage : std::uint8_t { is_an_error, is_passed_over };

struct MissingQuery {
  TimeRange range{};
  std::optional<AssetClass> asset_class{};  // if somebody knows better than the rules
  bool confirmed = false;                   // also holes that are known to stay empty
  bool extended_hours = false;              // bars outside the sessions are wanted, too
  Damage damage = Damage::is_an_error;
};

// What a writer needs to know of a series before it asks anybody.
struct Holdings {
  bool exists = false;
  AssetClass asset_class = AssetClass::unknown;
  std::optional<Timeframe> derived_from{};
  std::optional<TimeRange> covered{};    // from the first bar, or what was asked for before it, on
  std::vector<std::string> providers{};  // who gave what is there, sorted; "alpaca:iex" by its feed
  std::vector<Missing> missing{};        // in time order; do not overlap
};

struct SeriesStatus {
  SeriesId series;
  AssetClass asset_class = AssetClass::unknown;
  std::optional<Timeframe> derived_from{};
  bool behind = false;  // derived, and its source has changed since
  std::vector<int> years{};
  std::uint64_t rows = 0;
  std::optional<Instant> first{};
  std::optional<Instant> last{};
  std::int64_t expected_bars = 0;
  std::int64_t missing_bars = 0;
  std::uint64_t gaps = 0;
  double coverage = 1;
  double score = 1;
  std::uint64_t bytes = 0;  // of the data files
  std::vector<std::string> providers{};
  std::vector<Error> problems{};  // files that could not be described
};

struct CacheStats {
  std::uint64_t symbols = 0, series = 0, files = 0, rows = 0, gaps = 0, conflicts = 0, rejected = 0;
  std::uint64_t bytes = 0;  // data files
  std::uint64_t metadata_bytes = 0;
  std::uint64_t text_bytes = 0;  // the data files unpacked
  struct Provider {
    std::string name{};
    std::uint64_t rows = 0;
    std::uint64_t series = 0;
  };
  std::vector<Provider> providers{};
};

// One thing that is wrong with a file. Kinds: truncated damaged_block trailing_bytes bad_rows
// not_canonical wrong_place unreadable metadata_missing metadata_damaged metadata_stale
// metadata_newer data_behind derived_behind derived_differs.
struct Problem {
  std::string file{};  // relative to the root
  std::string kind{};
  std::string detail{};
  bool repaired = false;
};

struct VerifyOptions {
  bool repair = false;
  bool deep = false;  // holds derived frames against a roll-up of their source, too
};

struct VerifyReport {
  std::uint64_t files = 0;  // data files looked at
  std::vector<Problem> problems{};
  std::vector<Error> errors{};  // what could not be looked at or repaired
};

struct RemoveOutcome {
  std::vector<std::string> removed{};  // files, relative to the root
  std::vector<Error> errors{};
};

struct PruneRule {
  std::optional<Instant> older_than{};  // years that end at or before this go
  std::optional<int> keep_years{};      // the newest N years of each series stay
};

// What became of one series in warm().
struct WarmOutcome {
  SeriesId series;
  std::vector<int> built{};  // years whose hot copy was made, or made anew
  std::vector<int> kept{};   // years whose hot copy was good
  std::uint64_t bytes = 0;   // of these copies
  std::optional<Error> error{};
};

struct WarmReport {
  std::vector<WarmOutcome> series{};
  std::vector<std::string> removed{};  // copies of what is gone, relative to the root
};

class Cache {
 public:
  // Does not make the folder: a root that is not there reads as empty, and is made by the first
  // write.
  static Result<Cache> open(const std::filesystem::path& root, CacheOptions options = {});
  Cache(Cache&&) noexcept;
  Cache& operator=(Cache&&) noexcept;
  ~Cache();

  [[nodiscard]] const std::filesystem::path& root() const;
  [[nodiscard]] Instant now() const;

  // --- reading -----------------------------------------------------------------------------------
  // The bars of the range. not_found when the series does not exist; damaged when the range touches
  // a bad block.
  [[nodiscard]] Result<BarSeries> read(const SeriesId& id, TimeRange range = {}) const;
  [[nodiscard]] Result<BarSeries> read(std::string_view symbol, std::string_view timeframe,
                                       WhenRange range = {}) const;
  // Several series at once, in parallel; results in the order asked.
  [[nodiscard]] std::vector<Result<BarSeries>> read_many(std::span<const SeriesId> ids,
                                                         TimeRange range = {}) const;

  // The bars where they lie, without a copy, where there are hot copies (warm()); else read as by
  // read().
  [[nodiscard]] Result<BarView> view(const SeriesId& id, const ViewRequest& request = {}) const;

  [[nodiscard]] Result<std::vector<SeriesId>> list() const;  // sorted
  [[nodiscard]] Result<std::vector<SeriesId>> list(const std::optional<Symbol>& symbol,
                                                   const std::optional<Timeframe>& timeframe) const;
  [[nodiscard]] Result<SeriesStatus> status(const SeriesId& id) const;
  // status of every series of list(...), in parallel.
  [[nodiscard]] Result<std::vector<SeriesStatus>> status_all(
      const std::optional<Symbol>& symbol = {},
      const std::optional<Timeframe>& timeframe = {}) const;
  [[nodiscard]] Result<std::vector<Gap>> gaps(const SeriesId& id, TimeRange range = {},
                                              Damage damage = Damage::is_an_error) const;
  // What of a range is not there: what was never asked for, and open gaps. Nothing of it has to be
  // asked for where no bar is expected, or none can be over. damaged: when a file of the range cannot
  // be read. A series that is not there misses everything.
  [[nodiscard]] Result<Holdings> missing(const SeriesId& id, const MissingQuery& query) const;
  [[nodiscard]] Result<CacheStats> stats() const;
  // The files prune() would remove.
  [[nodiscard]] Result<std::vector<std::string>> prunable(const SeriesId& id,
                                                          const PruneRule& rule) const;
  // What the series is recorded as, else what the rules say of its symbol.
  [[nodiscard]] AssetClass asset_class_of(const Symbol& symbol) const;
  // What was found wrong on the way and stopped nothing, since this was asked last: each is told
  // once.
  [[nodiscard]] std::vector<Error> take_warnings() const;
  // What is weaker where the cache lies, for who is about to write; nothing but on network folders.
  [[nodiscard]] std::optional<std::string> weaker_here() const;

  // --- writing -----------------------------------------------------------------------------------
  // Fails with read_only before any work when nothing can be written below the root.
  [[nodiscard]] Result<void> check_writable() const;
  // Makes the root, with the folders above it, when it is not there: it is then there to stay.
  [[nodiscard]] Result<void> make_root();
  // Finishes or undoes what a writer of the series that died, or failed, has left behind. Every write does so by
  // itself; this is for who finds that nothing is to be written.
  [[nodiscard]] Result<void> recover(const SeriesId& id);
  // Merges a delivery into a series, year by year; what is committed stays even if a later year
  // fails.
  [[nodiscard]] WriteOutcome merge(const SeriesId& id, const Delivery& delivery);
  // Rolls `source` up; only what changed since the last time. Replaces fetched frames only with
  // `force`.
  [[nodiscard]] std::vector<WriteOutcome> resample(const Symbol& symbol, Timeframe source,
                                                   std::span<const Timeframe> targets,
                                                   bool force = false);
  [[nodiscard]] VerifyReport verify(std::span<const SeriesId> ids, VerifyOptions options = {});
  [[nodiscard]] RemoveOutcome remove(const SeriesId& id);
  [[nodiscard]] RemoveOutcome prune(const SeriesId& id, const PruneRule& rule);
  // Makes the hot copies of every series of list(...) that are missing, stale or damaged, and removes
  // those of what is gone.
  [[nodiscard]] Result<WarmReport> warm(const std::optional<Symbol>& symbol = {},
                                        const std::optional<Timeframe>& timeframe = {});
  // Brings _metadata/*.json up to date after a writing verb. A cache of facts: its failure is a
  // warning.
  [[nodiscard]] Result<void> refresh_summaries();

 private:
  struct State;
  explicit Cache(std::unique_ptr<State> state);
  void repair_derived(std::span<const SeriesId> ids, bool deep, VerifyReport& report);
  std::unique_ptr<State> state_;
};

}  // namespace chandler
