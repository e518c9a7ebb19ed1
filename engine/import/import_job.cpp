#include "import/import_job.h"

#include <fmt/format.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <utility>

namespace chandler::foreign {
namespace {

std::string provider_of(ForeignPreset preset) {
  switch (preset) {
    case ForeignPreset::binance:
    case ForeignPreset::kraken:
    case ForeignPreset::yahoo:
    case ForeignPreset::alpha_vantage:
      return std::string{to_string(preset)};
    case ForeignPreset::automatic:
    case ForeignPreset::generic:
    case ForeignPreset::freqtrade:
      break;  // the format of a program, not of a venue
  }
  return "import";
}

std::string shown_name(const std::filesystem::path& file, const std::string& member) {
  return member.empty() ? file.string() : file.string() + "/" + member;
}

// A bar that broke a rule, as it was understood: its line is long gone.
std::string row_text(const BarSeries& bars, std::size_t row) {
  return printable(fmt::format("{},{},{},{},{},{}", format_instant(bars.timestamp[row]),
                               bars.open[row], bars.high[row], bars.low[row], bars.close[row],
                               bars.volume[row]));
}

void keep_range(ForeignBatch& batch, const TimeRange& range) {
  const auto outside = [&](Instant t) { return !range.contains(t); };
  std::erase_if(batch.rejected,
                [&](const RejectedLine& line) { return line.at && outside(*line.at); });
  if (std::none_of(batch.bars.timestamp.begin(), batch.bars.timestamp.end(), outside)) return;
  BarSeries kept;
  kept.widen(batch.bars.columns);
  std::vector<std::uint64_t> lines;
  for (std::size_t i = 0; i < batch.bars.size(); ++i) {
    if (outside(batch.bars.timestamp[i])) continue;
    kept.append(batch.bars, i, i + 1);
    lines.push_back(batch.lines[i]);
  }
  batch.bars = std::move(kept);
  batch.lines = std::move(lines);
}

// Lines that never became bars are a part of what came in. Where they have no time, the bar that
// stood before them (else after) tells the year whose metadata speaks of them.
void add_rejected_lines(const ForeignBatch& batch, const std::vector<Instant>& times,
                        ValidationReport& report) {
  report.rows_in += batch.rejected.size();
  if (times.empty()) return;
  for (const RejectedLine& line : batch.rejected) {
    const auto after =
        std::upper_bound(batch.lines.begin(), batch.lines.end(), line.line) - batch.lines.begin();
    const auto row = static_cast<std::size_t>(std::max<std::ptrdiff_t>(after, 1) - 1);
    report.findings.push_back({line.rule, line.at.value_or(times[row]), row});
  }
}

std::string hint_for(Rule rule) {
  switch (rule) {
    case Rule::off_grid:
      return "is this the right timeframe and time zone?";
    case Rule::bad_timestamp:
      return "say how times are written";
    case Rule::bad_line:
    case Rule::bad_number:
      return "say which column is which, and what separates them";
    default:
      return "look at the rejected lines";
  }
}

Error refusal(std::uint64_t rejected, std::uint64_t rows,
              const std::map<Rule, std::uint64_t>& rules) {
  std::string list;
  for (const auto& [rule, count] : rules) {
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", to_string(rule), count);
  }
  const auto most = std::max_element(
      rules.begin(), rules.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return {
      ErrorKind::data,
      fmt::format("{} of {} rows rejected ({}): nothing of it was written", rejected, rows, list),
      "", hint_for(most->first)};
}

}  // namespace

JobResult JobRunner::run(const ImportJob& job) {
  for (const std::filesystem::path& file : job.files) {
    if (observer_.stop()) {
      result_.interrupted = true;
      break;
    }
    ++result_.files;
    import_file(job, file);
  }
  flush();
  return std::move(result_);
}

void JobRunner::import_file(const ImportJob& job, const std::filesystem::path& file) {
  Result<Survey> surveyed = survey(job, file);
  if (!surveyed) {
    result_.failed.push_back({file.string(), surveyed.error()});
    result_.series[job.series].failed(surveyed.error());
    observer_.on_file_done(file, 0);
    return;
  }
  judge(file, *surveyed);
  if (surveyed->complete) {
    for (Piece& piece : surveyed->pieces) {
      if (!surveyed->members[piece.member].refused) deliver(std::move(piece));
    }
  } else if (const auto again = import_again(job, file, *surveyed); !again) {
    result_.failed.push_back({file.string(), again.error()});
    result_.series[job.series].failed(again.error());
  }
  observer_.on_file_done(file, surveyed->rows);
}

// Reads the whole file without writing anything.
Result<JobRunner::Survey> JobRunner::survey(const ImportJob& job,
                                            const std::filesystem::path& file) {
  CHANDLER_TRY(ForeignCsv csv, ForeignCsv::open(file, request_.format));
  Survey survey;
  ForeignBatch batch;
  std::string member_name;
  for (;;) {
    CHANDLER_TRY(const bool more, csv.next(batch, kImportRows));
    if (!more) break;
    if (survey.members.empty() || batch.member != member_name) {
      member_name = batch.member;
      survey.members.push_back({shown_name(file, batch.member)});
    }
    Member& member = survey.members.back();
    auto series = series_of(batch, job);
    if (!series) {
      member.refused = series.error();
      continue;
    }
    member.series = *series;
    survey.rows += batch.bars.size() + batch.rejected.size();
    Piece piece = validated(batch, *series, survey.members.size() - 1, &member);
    survey.complete = survey.complete && survey.rows <= kImportRows;
    if (survey.complete) {
      survey.pieces.push_back(std::move(piece));
    } else {
      survey.pieces.clear();
    }
  }
  return survey;
}

Result<void> JobRunner::import_again(const ImportJob& job, const std::filesystem::path& file,
                                     const Survey& survey) {
  CHANDLER_TRY(ForeignCsv csv, ForeignCsv::open(file, request_.format));
  ForeignBatch batch;
  std::string member_name;
  std::size_t member = 0;
  bool first = true;
  for (;;) {
    if (observer_.stop()) {
      result_.interrupted = true;
      return {};
    }
    CHANDLER_TRY(const bool more, csv.next(batch, kImportRows));
    if (!more) return {};
    if (!first && batch.member != member_name) ++member;
    member_name = batch.member;
    first = false;
    if (member >= survey.members.size()) {
      return Error{ErrorKind::data, "changed while it was read", file.string(), "import it again"};
    }
    if (survey.members[member].refused) continue;
    CHANDLER_TRY(const SeriesId series, series_of(batch, job));
    deliver(validated(batch, series, member, nullptr));
  }
}

void JobRunner::judge(const std::filesystem::path& file, Survey& survey) {
  if (survey.members.empty()) survey.members.push_back({file.string()});
  for (Member& member : survey.members) {
    if (member.rows == 0 && !member.refused) {
      // Only bars outside the range asked for, or none at all.
      if (member.series) result_.series[*member.series].nothing_new();
      continue;
    }
    if (!member.refused && member.rejected * 2 > member.rows) {
      member.refused = refusal(member.rejected, member.rows, member.rules);
    }
    if (member.refused) {
      member.refused = member.refused->within(member.shown);
      result_.failed.push_back({member.shown, *member.refused});
    }
    if (!member.series) continue;
    Tally& tally = result_.series[*member.series];
    tally.read(member.rows, member.rejected);
    if (member.refused) {
      tally.failed(*member.refused);
    } else {
      tally.dropped_outside_session(member.outside_session);
    }
  }
}

Result<SeriesId> JobRunner::series_of(const ForeignBatch& batch, const ImportJob& job) const {
  SeriesId series = job.series;
  if (batch.member.empty()) return series;
  // A zip may hold several series; its members say which they are, unless we were told.
  if (!request_.symbol && batch.guess.symbol) {
    CHANDLER_TRY(series.symbol, Symbol::parse(*batch.guess.symbol));
  }
  if (!request_.timeframe && batch.guess.timeframe) series.timeframe = *batch.guess.timeframe;
  return series;
}

const Calendar& JobRunner::calendar_of(const SeriesId& series) {
  const auto known = calendars_.find(series);
  if (known != calendars_.end()) return known->second;
  const AssetClass asset_class =
      request_.asset_class.value_or(cache_.asset_class_of(series.symbol));
  return calendars_.emplace(series, Calendar::of(series.symbol, asset_class)).first->second;
}

JobRunner::Piece JobRunner::validated(ForeignBatch& batch, const SeriesId& series,
                                      std::size_t member, Member* tally) {
  keep_range(batch, request_.range);
  const BarSeries before = tally == nullptr ? BarSeries{} : batch.bars;
  const std::vector<Instant> times =
      batch.rejected.empty() ? std::vector<Instant>{} : batch.bars.timestamp;
  Piece piece{series, member, {}};
  piece.delivery.provider.name = request_.provider.value_or(provider_of(batch.preset));
  piece.delivery.asset_class = request_.asset_class;
  piece.delivery.report = validate(batch.bars, {.timeframe = series.timeframe,
                                                .calendar = calendar_of(series),
                                                .asked = {},
                                                .now = cache_.now(),
                                                .extended_hours = request_.extended_hours});
  piece.delivery.bars = std::move(batch.bars);
  if (tally != nullptr) count(batch, before, piece.delivery.report, *tally);
  add_rejected_lines(batch, times, piece.delivery.report);
  return piece;
}

void JobRunner::count(const ForeignBatch& batch, const BarSeries& before,
                      const ValidationReport& report, Member& tally) {
  tally.rows += before.size() + batch.rejected.size();
  std::vector<RejectedLine> rejected = batch.rejected;
  for (const Finding& finding : report.findings) {
    if (finding.rule == Rule::outside_session) ++tally.outside_session;
    if (!is_rejection(finding.rule)) continue;
    rejected.push_back(
        {tally.shown, batch.lines[finding.row], finding.rule, row_text(before, finding.row)});
  }
  std::stable_sort(rejected.begin(), rejected.end(),
                   [](const RejectedLine& a, const RejectedLine& b) { return a.line < b.line; });
  tally.rejected += rejected.size();
  for (const RejectedLine& line : rejected) {
    ++tally.rules[line.rule];
    observer_.on_rejected(line);
  }
}

void JobRunner::deliver(Piece piece) {
  if (piece.delivery.bars.empty()) {
    result_.series[piece.series].nothing_new();
    return;
  }
  if (pending_) {
    const Delivery& waiting = pending_->delivery;
    const bool follows = pending_->series == piece.series &&
                         waiting.provider.name == piece.delivery.provider.name &&
                         waiting.bars.timestamp.back() < piece.delivery.bars.timestamp.front() &&
                         waiting.bars.size() + piece.delivery.bars.size() <= kImportRows;
    if (follows) {
      pending_->delivery.append(std::move(piece.delivery));
      return;
    }
    flush();
  }
  pending_ = std::move(piece);
}

void JobRunner::flush() {
  if (!pending_) return;
  const Piece piece = *std::exchange(pending_, std::nullopt);
  // A thread that waits inside the commit must not take up another job: it would hold two series
  // locks.
  const WriteOutcome outcome = oneapi::tbb::this_task_arena::isolate(
      [&] { return cache_.merge(piece.series, piece.delivery); });
  result_.series[piece.series].merged(outcome);
}

}  // namespace chandler::foreign
