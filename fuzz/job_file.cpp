// Jobs, and the files of symbols they name: all of those hold what follows a line of "---". Nothing
// is read from the disk.
#include "job/job.h"

#include <set>
#include <utility>

#include "chandler/resample.h"
#include "fuzz/require.h"

namespace {

using namespace chandler;

void require_sound(const Job& job) {
  fuzz::require(!job.name.empty() && job.name.size() <= 64);
  fuzz::require(job.name.find('/') == std::string::npos && job.name.front() != '.');
  fuzz::require(job.workers >= 1 && job.workers <= kMaxWorkers);
  fuzz::require(!job.series.empty() && job.series.size() <= kMaxSeries);
  std::set<std::pair<std::string, Timeframe>> seen;
  for (const SeriesAsk& ask : job.series) {
    fuzz::require(seen.emplace(ask.symbol.symbol.name(), ask.timeframe).second);
    fuzz::require(!ask.range.empty());
    fuzz::require(ask.provider.empty() || is_provider_name(ask.provider));
    for (const Timeframe tf : ask.derive) {
      fuzz::require(chain_path(ask.timeframe, tf).has_value());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const std::size_t end = text.find("\n---\n");
  const std::string symbols(end == std::string_view::npos ? "" : text.substr(end + 5));
  const JobSurroundings surroundings{
      .defaults = {.from = "-7d", .derive = {Timeframe::h1}, .workers = 2},
      .now = *parse_exact("2025-06-01 12:00:00"),
      .environment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "COIN") return "SOLUSDT";
        return {};
      },
      .symbol_files = [&](const std::filesystem::path&) -> Result<std::string> { return symbols; }};

  const auto job = parse_job(text.substr(0, end), "jobs/fuzz.json", surroundings);
  if (job) {
    require_sound(*job);
  } else {
    fuzz::require(job.error().kind == ErrorKind::usage);
    fuzz::require(job.error().line().find('\n') == std::string::npos);
    fuzz::require(!job.error().where.empty());
  }
  return 0;
}
