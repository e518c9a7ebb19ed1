#include "report/html_series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "report/candle_chart.h"
#include "report/coverage_chart.h"
#include "report/html_tables.h"

namespace chandler::html {
namespace {

constexpr std::size_t kMostLines = 10;  // of notes and of ranges asked for
constexpr std::int64_t kMostHeld =
    400'000;  // bars looked at where no calendar says what is expected

// Bars to count where no calendar says what to expect: the most recent ones.
Result<std::vector<Instant>> held_bars(const Cache& cache, const SeriesStatus& status,
                                       const Calendar& calendar) {
  if (calendar.kind() != CalendarKind::none || !status.first) return std::vector<Instant>{};
  const Instant end = *status.last + seconds{1};
  const seconds most = nominal_length(status.series.timeframe) * kMostHeld;
  const TimeRange range{std::max(*status.first, end - most), end};
  CHANDLER_TRY(BarSeries bars, cache.read(status.series, range));
  return std::move(bars.timestamp);
}

void write_problem(Markup& page, std::string_view what, const Error& error) {
  page.raw("<p class=\"error\">").raw(what).raw(": ").text(error.line()).raw("</p>");
}

void write_coverage(Markup& page, const Cache& cache, const SeriesStatus& status,
                    const std::vector<Gap>& gaps, const std::string& id) {
  const Calendar calendar = Calendar::of(status.series.symbol, status.asset_class);
  const auto held = held_bars(cache, status, calendar);
  if (!held) return write_problem(page, "The coverage cannot be shown", held.error());
  draw_coverage(page, map_coverage({status, gaps, calendar, *held}), id + "c",
                status.series.text());
}

void write_chart(Markup& page, const Cache& cache, const SeriesStatus& status,
                 const std::vector<SeriesStatus>& frames, const std::string& id) {
  if (!status.first || !status.last) return;
  const auto chart = chart_bars(cache, status, frames);
  if (!chart) return write_problem(page, "The candles cannot be shown", chart.error());
  draw_candles(page, *chart, id + "k", status.series.text());
}

void write_lines(Markup& page, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  page.raw("<ul>");
  for (std::size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) {
    page.raw("<li>").text(lines[i]).raw("</li>");
  }
  if (lines.size() > kMostLines) {
    page.raw("<li>and ").raw(counted(std::uint64_t{lines.size() - kMostLines})).raw(" more</li>");
  }
  page.raw("</ul>");
}

void write_heading(Markup& page, const SeriesReport& source, const std::string& id) {
  const WriteOutcome& outcome = source.outcome;
  page.raw("<h2 id=\"").raw(id).raw("\">").text(outcome.series.symbol.name());
  page.raw(" <span class=\"soft\">").text(to_string(outcome.series.timeframe)).raw("</span>");
  page.raw(" <span class=\"state\">");
  write_status(page, outcome.status);
  page.raw("</span></h2>");
}

void write_facts(Markup& page, const SeriesReport& source, const SeriesStatus& status) {
  page.raw("<p class=\"facts\">").raw(counted(status.rows, "bar", "bars"));
  if (status.first && status.last) {
    page.raw(", ").raw(minute_text(*status.first)).raw(" to ").raw(minute_text(*status.last));
    page.raw(" UTC");
  }
  if (status.expected_bars > 0) {
    page.raw("; coverage ").raw(fixed(std::floor(status.coverage * 1e4) / 100, 2)).raw("%");
  }
  page.raw(", score ").raw(fixed(source.score.value_or(status.score), 4));
  page.raw(", ").raw(byte_size(status.bytes)).raw(" in ");
  page.raw(counted(std::uint64_t{status.years.size()}, "file", "files"));
  page.raw("</p>");
}

void write_asked(Markup& page, const SeriesReport& source) {
  if (source.outcome.rows_fetched == 0 && source.asked.empty()) return;
  page.raw("<p class=\"facts\">");
  page.raw(counted(source.outcome.rows_fetched, "bar", "bars")).raw(" fetched in ");
  page.raw(counted(source.pages, "page", "pages"));
  for (std::size_t i = 0; i < source.tried.size(); ++i) {
    page.raw(i == 0 ? " from " : ", then ").text(source.tried[i]);
  }
  page.raw(", ").raw(counted(source.outcome.rows_written)).raw(" new");
  for (std::size_t i = 0; i < std::min(source.asked.size(), kMostLines); ++i) {
    const AskedRange& asked = source.asked[i];
    page.raw(i == 0 ? ". Asked for: " : "; ").raw(minute_text(asked.range.from)).raw(" to ");
    page.raw(minute_text(asked.range.to));
    if (asked.again) page.raw(" (a hole, again)");
  }
  if (source.asked.size() > kMostLines) {
    page.raw("; and ").raw(counted(std::uint64_t{source.asked.size() - kMostLines})).raw(" more");
  }
  page.raw(".</p>");
}

// What the run says of the series, whatever the cache holds.
void write_run(Markup& page, SeriesGroup group) {
  const SeriesReport& source = group.front();
  write_asked(page, source);
  if (source.outcome.error) {
    page.raw("<p class=\"error\">").text(source.outcome.error->line()).raw("</p>");
  }
  write_lines(page, source.outcome.notes);
  for (const SeriesReport& frame : group.subspan(1)) write_lines(page, frame.outcome.notes);
}

void write_cached(Markup& page, const SeriesReport& source, const Cache& cache,
                  const std::string& id) {
  const SeriesId& series = source.outcome.series;
  const auto frames = cache.status_all(series.symbol);
  if (!frames) return write_problem(page, "The cache cannot be read", frames.error());
  const auto found = std::find_if(frames->begin(), frames->end(),
                                  [&](const SeriesStatus& s) { return s.series == series; });
  if (found == frames->end()) {
    page.raw("<p class=\"facts\">The cache holds no bar of this series.</p>");
    return;
  }
  write_facts(page, source, *found);
  std::vector<std::string> problems;
  for (const Error& problem : found->problems) problems.push_back(problem.line());
  write_lines(page, problems);
  const auto gaps = cache.gaps(series);
  if (gaps) {
    write_coverage(page, cache, *found, *gaps, id);
  } else {
    write_problem(page, "The gaps cannot be listed", gaps.error());
  }
  write_chart(page, cache, *found, *frames, id);
  page.raw("<div class=\"pair\">");
  if (gaps) write_gaps(page, *gaps);
  write_rules(page, source.rules);
  page.raw("</div>");
}

}  // namespace

void write_status(Markup& page, WriteStatus status) {
  constexpr std::array<std::string_view, 4> kSigns = {"✓", "–", "◐", "✕"};
  page.raw("<span class=\"").raw(to_string(status)).raw("\">");
  page.raw(kSigns.at(static_cast<std::size_t>(status))).raw(" ").raw(to_string(status));
  page.raw("</span>");
}

void write_steps(Markup& page, const StepTimes& times) {
  struct Step {
    std::string_view style, name;
    std::chrono::microseconds time;
  };
  const std::array<Step, 4> steps = {{{"s1", "fetch", times.fetch},
                                      {"s2", "validate", times.validate},
                                      {"s3", "merge", times.merge},
                                      {"s4", "resample", times.resample}}};
  if (time_of(times).count() <= 0) return;
  page.raw("<div class=\"bar\" aria-hidden=\"true\">");
  for (const Step& step : steps) {
    if (step.time.count() <= 0) continue;
    page.raw("<span class=\"").raw(step.style).raw("\" style=\"flex:");
    page.raw(std::to_string(step.time.count())).raw(" 1 0\"></span>");
  }
  page.raw("</div><p class=\"steps\">");
  for (const Step& step : steps) {
    page.raw("<span class=\"key\"><i class=\"").raw(step.style).raw("\"></i>").raw(step.name);
    page.raw(" ").raw(lasted(step.time)).raw("</span> ");
  }
  page.raw("</p>");
}

void write_series(Markup& page, SeriesGroup group, const Cache& cache, const std::string& id) {
  const SeriesReport& source = group.front();
  page.raw("<section class=\"series\" aria-labelledby=\"").raw(id).raw("\">");
  write_heading(page, source, id);
  write_run(page, group);
  write_cached(page, source, cache, id);
  write_frames(page, group.subspan(1));
  if (time_of(source.times).count() > 0) page.raw("<h3>Time by step</h3>");
  write_steps(page, source.times);
  page.raw("</section>");
}

}  // namespace chandler::html
