// Which file belongs to which series.
#include <algorithm>
#include <map>
#include <utility>

#include "chandler/importer.h"
#include "import/spacing.h"

namespace chandler {
namespace {

constexpr std::size_t kRowsLookedAt = 4096;

// What is known of one file; filled from the request, its name and, where these do not suffice, its
// first rows.
struct Placing {
  std::optional<Symbol> symbol;
  std::optional<Timeframe> timeframe;
  bool by_spacing = false;

  [[nodiscard]] bool complete() const { return symbol && timeframe; }

  void learn(const SeriesGuess& guess) {
    if (!symbol && guess.symbol) {
      if (auto parsed = Symbol::parse(*guess.symbol)) symbol = std::move(*parsed);
    }
    if (!timeframe) timeframe = guess.timeframe;
  }
};

Error unplaced(const Placing& placing, const std::string& file) {
  if (!placing.symbol) {
    return {ErrorKind::usage, "its name does not tell the symbol", file, "give --symbol"};
  }
  return {ErrorKind::usage, "neither its name nor the distance of its rows tells the timeframe",
          file, "give --timeframe"};
}

// The format is tried out whenever a file is opened here, so that a wrong --mapping is told before
// any work.
Result<void> look_inside(const std::filesystem::path& file, const ForeignFormat& format,
                         Placing& placing) {
  CHANDLER_TRY(ForeignCsv csv, ForeignCsv::open(file, format));
  if (placing.complete()) return {};
  ForeignBatch batch;
  CHANDLER_CHECK(csv.next(batch, kRowsLookedAt));
  placing.learn(batch.guess);
  if (!placing.timeframe) {
    placing.timeframe = foreign::timeframe_of_spacing(batch.bars.timestamp);
    placing.by_spacing = placing.timeframe.has_value();
  }
  return {};
}

bool by_name(const std::filesystem::path& a, const std::filesystem::path& b) {
  return std::pair{a.filename(), a} < std::pair{b.filename(), b};
}

}  // namespace

Result<ImportPlan> plan_import(std::span<const std::filesystem::path> files,
                               const ImportRequest& request) {
  ImportPlan plan;
  std::map<SeriesId, std::vector<std::filesystem::path>> series;
  bool format_tried = false;
  for (const std::filesystem::path& file : files) {
    Placing placing{request.symbol, request.timeframe};
    placing.learn(guess_series(file, request.format.preset));
    if (!placing.complete() || !format_tried) {
      const auto looked = look_inside(file, request.format, placing);
      if (!looked && looked.error().kind == ErrorKind::usage) return looked.error();
      if (!looked) {
        plan.failed.push_back({file.string(), looked.error()});
        continue;
      }
      format_tried = true;
    }
    if (!placing.complete()) return unplaced(placing, file.string());
    if (placing.by_spacing) {
      plan.notes.push_back(file.string() + ": taken for " +
                           std::string{to_string(*placing.timeframe)} +
                           ", by the distance of its rows");
    }
    series[SeriesId{*placing.symbol, *placing.timeframe}].push_back(file);
  }
  for (auto& [id, paths] : series) {
    std::sort(paths.begin(), paths.end(), by_name);
    plan.jobs.push_back({id, std::move(paths)});
  }
  return plan;
}

}  // namespace chandler
