// YEAR.metadata.json as a value. What follows from the rows is rebuilt whenever the rows change;
// the rest is history and is carried along. Keys this version does not know are kept where they
// stood.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chandler/asset_class.h"
#include "chandler/bar_series.h"
#include "chandler/quality.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"
#include "store/json_text.h"

namespace chandler::store {

inline constexpr int kSchemaVersion = 1;
inline constexpr std::size_t kMaxMetadata = 64U << 20U;

// How often a rule was broken. `at` makes counting the same delivery twice harmless; it stops
// growing at kMaxListed.
struct RuleCount {
  Rule rule{};
  std::uint64_t count = 0;
  std::optional<Instant> first{};
  std::vector<Instant> at{};  // sorted; empty for rules about lines without a time
};
inline constexpr std::size_t kMaxListed = 4096;

struct ReplacedRow {
  std::string provider{};
  BarSeries row{};  // one row
};

struct ConflictEntry {
  Instant at{};
  std::string kept{};  // provider of the value kept
  double old_close = 0;
  double new_close = 0;
  std::vector<ReplacedRow> replaced{};  // every version that had to go, oldest first
};

struct ProvenanceRun {
  std::string provider{};
  Instant from{};
  Instant to{};  // open time of the last bar
  std::uint64_t rows = 0;
  std::optional<Instant> fetched_at{};
};

struct BlockFacts {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t rows = 0;
  Instant first{};
  Instant last{};
  std::string sha256{};
  std::vector<RuleCount> warnings{};  // suspicious bars inside the block; without `at`
};

// The source's version a derived file was made from, and what is needed to redo only what changed.
struct DerivedFrom {
  Timeframe timeframe{};
  std::string content_sha256{};
  std::vector<std::string> blocks{};  // "index:hash" of the source's blocks of the same year
  std::vector<std::string> next{};    // of the following year, for weeks that cross its border
  std::optional<Instant> pending{};   // when the first bucket left out will have ended
  friend bool operator==(const DerivedFrom&, const DerivedFrom&) = default;
};

struct SlotRunLabels {  // consecutive bars, by their labels
  Instant from{};
  Instant to{};
  std::uint64_t bars = 0;
};

// What a repair could not save; the original lies beside as `file` until its range is whole again.
struct LostRange {
  std::string file{};
  Instant from{};
  Instant to{};  // last slot
  std::uint64_t rows = 0;
};

struct YearMetadata {
  std::string symbol{};
  std::string timeframe{};
  int year = 0;
  AssetClass asset_class = AssetClass::unknown;
  std::string data_source{};
  std::optional<DerivedFrom> derived_from{};
  std::string content_sha256{};
  Instant created_at{};
  Instant last_updated{};
  Instant start_date{};
  Instant end_date{};
  std::optional<TimeRange>
      asked;  // missing bars inside count as gaps even before the first and after the last

  double score = 1;
  std::vector<RuleCount> validation_errors{};  // rejections
  std::vector<RuleCount> mended{};             // out_of_order, duplicate, outside_session
  std::vector<RuleCount> warnings{};           // sum over the blocks
  std::uint64_t missing_bars = 0;
  std::uint64_t present_bars = 0;  // on expected slots
  std::uint64_t expected_bars = 0;
  std::vector<Gap> gap_list{};
  std::vector<ConflictEntry> conflict_list{};
  std::vector<SlotRunLabels> incomplete_list{};

  std::uint64_t size_bytes = 0;
  std::uint64_t rows = 0;
  ColumnSet columns{};
  std::vector<BlockFacts> blocks{};

  std::optional<double> reliability{};
  std::optional<std::string> rate_limit{};
  std::optional<std::string> adjustment{};
  std::vector<ProvenanceRun> provenance{};
  std::vector<LostRange> lost{};
  std::vector<std::string> healed{};  // set aside by a repair, no longer needed: may be removed
  Json rebuilt{};                     // null, or when and why the history began anew
  // As it was read: the home of unknown keys. Empty when there were none.
  Json document = Json::object();

  [[nodiscard]] std::uint64_t rejected() const;
  [[nodiscard]] std::uint64_t count(const std::vector<RuleCount>& list, Rule rule) const;
  [[nodiscard]] std::uint64_t incomplete() const;
  [[nodiscard]] std::int64_t confirmed_missing() const;
};

[[nodiscard]] std::string print_metadata(const YearMetadata& metadata);

// newer_schema when a later Chandler wrote it; data when it is not what it should be.
[[nodiscard]] Result<YearMetadata> parse_metadata(const std::string& text,
                                                  const std::string& where);

// The same by way of a JSON document: for all that metadata_text.h does not know.
[[nodiscard]] std::string print_metadata_document(const YearMetadata& metadata);
[[nodiscard]] Result<YearMetadata> parse_metadata_document(const std::string& text,
                                                           const std::string& where);

}  // namespace chandler::store
