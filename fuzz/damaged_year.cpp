// A year file that something has happened to. The input is a list of what happens; the file it
// happens to is always the same, and so are its rows: none that is read, before a repair or after,
// may be another one.
//
//   1 byte what, then 3 bytes where:
//     flip a bit, set a byte, cut, zeros, copy a piece to another place, swap two blocks, append
//     bytes, drop a block
#include <algorithm>
#include <optional>

#include "chandler/cache.h"
#include "chandler/file_system.h"
#include "fuzz/pieces.h"
#include "fuzz/scratch.h"
#include "fuzz/year_sample.h"

namespace {

using namespace chandler;
using fuzz::require;

class QuickFiles final : public FileSystem {
 public:
  int sync(int /*fd*/) override { return 0; }  // no power is cut here
};

class StillClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return year_start(2026); }
  void pause(std::chrono::milliseconds /*time*/) const override {}
};

void happen(fuzz::Pieces& pieces, const fuzz::YearSample& sample, std::string& bytes) {
  const unsigned what = pieces.byte() % 8U;
  if (bytes.empty()) return;
  const std::size_t at = pieces.number(bytes.size());
  const std::size_t length = std::min<std::size_t>(bytes.size() - at, 1U + pieces.byte());
  switch (what) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << length % 8));
      break;
    case 1:
      bytes[at] = static_cast<char>(pieces.byte());
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), length, '\0');
      break;
    case 4:
      bytes.replace(pieces.number(bytes.size()), length, bytes.substr(at, length));
      break;
    case 5:
      bytes = sample.rearranged(pieces.byte(), pieces.byte());
      break;
    case 6:
      bytes.append(bytes.substr(at, length));
      break;
    default:
      bytes.erase(at, length);
      break;
  }
}

// Every row is one of the original's, bit for bit.
void require_rows_of(const fuzz::YearSample& sample, const BarSeries& bars) {
  const BarSeries& truth = sample.bars();
  std::size_t from = 0;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const std::size_t at = truth.lower_bound(bars.timestamp[i]);
    require(at < truth.size() && truth.timestamp[at] == bars.timestamp[i] && at >= from);
    require(BarSeries::same_row(bars, i, truth, at));
    from = at + 1;
  }
}

// Reads the whole and each block: what is given for a range is all there was in it.
void check_reads(const Cache& cache, const fuzz::YearSample& sample) {
  for (const TimeRange& range : sample.ranges()) {
    const auto bars = cache.read(sample.series(), range);
    if (!bars) {
      require(bars.error().kind == ErrorKind::damaged);
      fuzz::require_shown(bars.error().line());
      continue;
    }
    const BarSeries& truth = sample.bars();
    require(
        identical(*bars, truth.slice(truth.lower_bound(range.from), truth.lower_bound(range.to))));
  }
}

void check_repair(Cache& cache, const fuzz::YearSample& sample) {
  const SeriesId ids[] = {sample.series()};
  static_cast<void>(cache.verify(ids, {.repair = true}));
  const VerifyReport after = cache.verify(ids);
  for (const Problem& problem : after.problems) require(problem.kind != "damaged_block");
  if (const auto bars = cache.read(sample.series())) require_rows_of(sample, *bars);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const fuzz::YearSample sample;
  static const fuzz::Scratch scratch;
  static QuickFiles files;
  static const StillClock clock;
  std::filesystem::remove_all(scratch.path() / "BTCUSDT");
  std::filesystem::create_directories(scratch.path() / "BTCUSDT" / "1m");

  fuzz::Pieces pieces(data, size);
  const bool described = pieces.byte() % 2 == 1;
  std::string bytes = sample.bytes();
  for (int i = 0; i < 6 && !pieces.empty(); ++i) happen(pieces, sample, bytes);
  scratch.put("BTCUSDT/1m/2024.csv.gz", bytes);
  if (described) scratch.put("BTCUSDT/1m/2024.metadata.json", sample.metadata());

  auto cache = Cache::open(scratch.path(), {.clock = &clock, .files = &files});
  require(cache.ok());
  const SeriesId ids[] = {sample.series()};
  const VerifyReport report = cache->verify(ids);
  if (bytes != sample.bytes()) {
    require(!report.problems.empty() || !report.errors.empty());
  } else {
    for (const Problem& problem : report.problems) require(problem.kind == "metadata_missing");
  }
  check_reads(*cache, sample);
  check_repair(*cache, sample);
  return 0;
}
