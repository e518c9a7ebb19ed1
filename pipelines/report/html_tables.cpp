#include "report/html_tables.h"

#include <algorithm>
#include <string>

#include "report/html_series.h"

namespace chandler::html {
namespace {

constexpr std::size_t kMostRows = 50'000;  // of the overview
constexpr std::size_t kOpenGaps = 12;      // as many are shown without a click
constexpr std::size_t kErrorLength = 300;

// Nothing is nothing to look at.
std::string count_or_dash(std::uint64_t n) { return n == 0 ? "–" : counted(n); }

void open_table(Markup& page, std::string_view style, std::string_view name) {
  page.raw("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"").raw(name);
  page.raw("\"><table class=\"").raw(style).raw("\">");
}

void write_head(Markup& page, std::initializer_list<std::string_view> names) {
  page.raw("<thead><tr>");
  for (const std::string_view name : names) {
    page.raw("<th scope=\"col\">").raw(name).raw("</th>");
  }
  page.raw("</tr></thead><tbody>");
}

void close_table(Markup& page) { page.raw("</tbody></table></div>\n"); }

void cell(Markup& page, std::string_view markup) { page.raw("<td>").raw(markup).raw("</td>"); }

// New bars, rejected, gaps, score, time.
void write_numbers(Markup& page, const SeriesReport& series) {
  const WriteOutcome& outcome = series.outcome;
  cell(page, count_or_dash(outcome.rows_written));
  cell(page, count_or_dash(outcome.rejected));
  cell(page, count_or_dash(outcome.gaps));
  cell(page, series.score ? fixed(*series.score, 4) : "–");
  const auto time = time_of(series.times);
  cell(page, time.count() == 0 ? "–" : lasted(time));
}

std::string_view row_style(const SeriesReport& series, bool derived) {
  if (series.outcome.error) return derived ? "<tr class=\"of more\">" : "<tr class=\"more\">";
  return derived ? "<tr class=\"of\">" : "<tr>";
}

void write_error_row(Markup& page, const SeriesReport& series, std::string_view columns) {
  if (!series.outcome.error) return;
  page.raw("<tr><td class=\"why\" colspan=\"").raw(columns).raw("\"><span>");
  page.text(series.outcome.error->line(), kErrorLength).raw("</span></td></tr>");
}

void write_row(Markup& page, const SeriesReport& series, bool derived, const std::string& link) {
  const WriteOutcome& outcome = series.outcome;
  page.raw(row_style(series, derived)).raw("<th scope=\"row\">");
  if (!link.empty()) page.raw("<a href=\"#").raw(link).raw("\">");
  page.text(outcome.series.symbol.name());
  if (!link.empty()) page.raw("</a>");
  page.raw("</th>");
  cell(page, to_string(outcome.series.timeframe));
  page.raw("<td>").text(outcome.provider.empty() ? "–" : outcome.provider).raw("</td><td>");
  write_status(page, outcome.status);
  page.raw("</td>");
  write_numbers(page, series);
  page.raw("</tr>");
  write_error_row(page, series, "9");
}

}  // namespace

void write_overview(Markup& page, std::span<const SeriesGroup> groups, std::size_t detailed) {
  open_table(page, "all", "All series");
  write_head(page, {"Symbol", "Frame", "Provider", "Status", "New bars", "Rejected", "Gaps",
                    "Score", "Time"});
  std::size_t rows = 0;
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (rows + groups[i].size() > kMostRows) {
      left_out += groups[i].size();
      continue;
    }
    rows += groups[i].size();
    for (const SeriesReport& series : groups[i]) {
      const bool derived = &series != &groups[i].front();
      write_row(page, series, derived,
                !derived && i < detailed ? "s" + std::to_string(i + 1) : std::string());
    }
    page.raw("\n");
  }
  close_table(page);
  if (left_out > 0) {
    page.raw("<p class=\"soft\">And ").raw(counted(std::uint64_t{left_out}));
    page.raw(" more series; the run's JSON report lists them all.</p>");
  }
}

void write_frames(Markup& page, SeriesGroup frames) {
  if (frames.empty()) return;
  page.raw("<h3>Rolled up from it</h3>");
  open_table(page, "frames", "Frames rolled up from it");
  write_head(page, {"Frame", "Status", "New bars", "Rejected", "Gaps", "Score", "Time"});
  for (const SeriesReport& frame : frames) {
    page.raw(row_style(frame, false)).raw("<th scope=\"row\">");
    page.raw(to_string(frame.outcome.series.timeframe)).raw("</th><td>");
    write_status(page, frame.outcome.status);
    page.raw("</td>");
    write_numbers(page, frame);
    page.raw("</tr>");
    write_error_row(page, frame, "7");
  }
  close_table(page);
}

void write_gaps(Markup& page, const std::vector<Gap>& gaps) {
  if (gaps.empty()) return;
  const auto is_open = [](const Gap& gap) { return gap.state == GapState::open; };
  std::uint64_t open = 0;
  std::int64_t bars = 0;
  std::vector<Gap> listed;
  for (const bool wanted : {true, false}) {
    for (const Gap& gap : gaps) {
      if (is_open(gap) != wanted) continue;
      if (wanted) ++open;
      bars += gap.bars;
      if (listed.size() < kMostGaps) listed.push_back(gap);
    }
  }
  page.raw(gaps.size() <= kOpenGaps ? "<details open=\"open\">" : "<details>");
  page.raw("<summary>").raw(counted(std::uint64_t{gaps.size()}, "gap", "gaps")).raw(", ");
  page.raw(counted(open)).raw(" open; ").raw(counted(bars)).raw(" bars missing</summary>");
  open_table(page, "gaps", "Gaps");
  write_head(page, {"First missing", "Last missing", "Bars", "State", "Cause"});
  for (const Gap& gap : listed) {
    page.raw("<tr>");
    cell(page, minute_text(gap.from));
    cell(page, minute_text(gap.to));
    cell(page, counted(gap.bars));
    page.raw(is_open(gap) ? "<td><span class=\"partial\">" : "<td><span>");
    page.text(to_string(gap.state)).raw("</span></td><td>").text(to_string(gap.cause));
    page.raw("</td></tr>");
  }
  close_table(page);
  if (gaps.size() > listed.size()) {
    page.raw("<p class=\"soft\">and ").raw(counted(std::uint64_t{gaps.size() - listed.size()}));
    page.raw(" more; open ones are listed first</p>");
  }
  page.raw("</details>");
}

void write_rules(Markup& page, const std::map<Rule, std::uint64_t>& rules) {
  if (rules.empty()) return;
  page.raw("<div><h3>What validation found</h3>");
  open_table(page, "rules", "What validation found");
  write_head(page, {"Rule", "Effect", "Bars"});
  for (const auto& [rule, count] : rules) {
    page.raw("<tr><th scope=\"row\">").text(to_string(rule)).raw("</th>");
    cell(page, is_rejection(rule) ? "<span class=\"partial\">rejected</span>"
               : is_warning(rule) ? "kept, suspicious"
                                  : "mended");
    cell(page, counted(count));
    page.raw("</tr>");
  }
  close_table(page);
  page.raw("</div>");
}

void write_providers(Markup& page, std::span<const ProviderReport> providers) {
  if (providers.empty()) return;
  open_table(page, "calls", "Calls to providers");
  write_head(page, {"Provider", "Breaker", "Requests", "Retries", "Failures", "Rate limited",
                    "Received", "Waited", "Mean", "Slowest"});
  for (const ProviderReport& provider : providers) {
    const CallCounts& calls = provider.calls;
    page.raw("<tr><th scope=\"row\">").text(provider.name).raw("</th><td>");
    page.text(to_string(provider.breaker)).raw("</td>");
    cell(page, counted(calls.requests));
    cell(page, count_or_dash(calls.retries));
    cell(page, count_or_dash(calls.failures));
    cell(page, count_or_dash(calls.rate_limited));
    cell(page, byte_size(calls.bytes));
    cell(page, calls.waited.count() == 0 ? "–" : lasted(calls.waited));
    const auto answered = static_cast<std::int64_t>(std::max<std::uint64_t>(1, calls.requests));
    cell(page, calls.requests == 0
                   ? "–"
                   : lasted(std::chrono::microseconds(calls.latency_total) / answered));
    cell(page, calls.requests == 0 ? "–" : lasted(calls.latency_max));
    page.raw("</tr>");
  }
  close_table(page);
}

}  // namespace chandler::html
