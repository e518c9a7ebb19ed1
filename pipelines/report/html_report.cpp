#include "report/html_report.h"

#include <algorithm>

#include "report/html_series.h"
#include "report/html_style.h"
#include "report/html_tables.h"
#include "report/html_text.h"

namespace chandler {
namespace {

using html::counted;
using html::Markup;
using html::SeriesGroup;
using html::Totals;

// No more parts in detail once they have come to this many bytes.
constexpr std::size_t kMostDetail = 6'000'000;

// Out of the page's head and into its body.
void write_head(Markup& page, const RunReport& report) {
  page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
  page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
  page.raw("style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\"/>\n");
  page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
  page.raw("<meta name=\"referrer\" content=\"no-referrer\"/>\n");
  page.raw("<meta name=\"robots\" content=\"noindex\"/>\n<title>");
  page.text(report.job.empty() ? report.verb : report.job).raw(", ");
  page.raw(html::minute_text(report.started)).raw(" – Chandler</title>\n<style>");
  page.raw(html::style_sheet()).raw("</style>\n</head>\n<body>\n");
  page.raw(html::shared_shapes()).raw("\n<main>\n");
}

std::string verdict_of(const RunReport& report, const Totals& totals) {
  if (totals.series == 0) return "No series was asked for.";
  const std::string all = counted(totals.series, "series", "series");
  std::string text;
  if (totals.new_bars > 0) {
    text = counted(totals.new_bars, "new bar", "new bars") + " in ";
    text += totals.grown == totals.series ? all : counted(totals.grown) + " of " + all;
  } else {
    text = "No new bars in " + all;
  }
  if (totals.failed > 0) text += ", " + counted(totals.failed) + " failed";
  if (totals.partial > 0) text += ", " + counted(totals.partial) + " done in part";
  if (totals.failed + totals.partial == 0) text += ", nothing failed";
  if (report.interrupted) text += "; interrupted";
  if (report.not_begun > 0) {
    text += ", " + counted(std::uint64_t{report.not_begun}) + " not begun";
  }
  if (report.interrupted) text += ": the next run does the rest";
  return text + ".";
}

void write_tile(Markup& page, std::string_view name, const std::string& value) {
  page.raw("<div><dt>").raw(name).raw("</dt><dd>").raw(value).raw("</dd></div>");
}

void write_heading(Markup& page, const RunReport& report, const Totals& totals) {
  page.raw("<header><p class=\"over\">chandler ").text(report.verb).raw("</p><h1>");
  page.text(report.job.empty() ? "Run report" : report.job).raw("</h1><p class=\"soft\">");
  page.raw("<time datetime=\"").raw(format_iso(report.started)).raw("Z\">");
  page.raw(html::minute_text(report.started)).raw(" UTC</time>, took ");
  page.raw(html::lasted(report.duration)).raw("</p>");
  const bool bad = totals.failed + totals.partial > 0 || report.interrupted;
  page.raw(bad ? "<p class=\"verdict bad\">" : "<p class=\"verdict\">");
  page.raw(verdict_of(report, totals)).raw("</p><dl class=\"tiles\">");
  write_tile(page, "Series", counted(totals.series));
  write_tile(page, "New bars", counted(totals.new_bars));
  write_tile(page, "Failed", counted(totals.failed));
  write_tile(page, "Rejected bars", counted(totals.rejected));
  write_tile(page, "Gaps", counted(totals.gaps));
  std::uint64_t bytes = 0;
  for (const ProviderReport& provider : report.providers) bytes += provider.calls.bytes;
  write_tile(page, "Received", html::byte_size(bytes));
  page.raw("</dl></header>\n");
}

void write_calls(Markup& page, const RunReport& report, const Totals& totals) {
  if (report.providers.empty() && html::time_of(totals.times).count() == 0) return;
  page.raw("<section aria-labelledby=\"providers\"><h2 id=\"providers\">Providers and time</h2>");
  html::write_providers(page, report.providers);
  if (html::time_of(totals.times).count() > 0) {
    page.raw("<h3>Time by step, all series together</h3>");
    html::write_steps(page, totals.times);
  }
  page.raw("</section>\n");
}

// The parts in detail, and how many there are: they come after the table that links to them.
std::size_t write_details(Markup& page, std::span<const SeriesGroup> groups, const Cache& cache) {
  std::size_t written = 0;
  while (written < std::min(groups.size(), kDetailedSeries) && page.size() < kMostDetail) {
    html::write_series(page, groups[written], cache, "s" + std::to_string(written + 1));
    page.raw("\n");
    ++written;
  }
  return written;
}

}  // namespace

std::string render_html(const RunReport& report, const Cache& cache) {
  const std::vector<SeriesGroup> groups = html::groups_by_interest(report.series);
  const Totals totals = html::totals_of(report.series);
  Markup details;
  const std::size_t detailed = write_details(details, groups, cache);

  Markup page;
  write_head(page, report);
  write_heading(page, report, totals);
  if (!groups.empty()) {
    page.raw("<section aria-labelledby=\"all\"><h2 id=\"all\">All series</h2>");
    if (detailed < groups.size()) {
      page.raw("<p class=\"soft\">").raw(counted(std::uint64_t{detailed}));
      page.raw(" of ").raw(counted(std::uint64_t{groups.size()}));
      page.raw(" are shown in detail below: what failed, then what has new bars. ");
      page.raw("The rest is in this table only.</p>");
    }
    html::write_overview(page, groups, detailed);
    page.raw("</section>\n");
  }
  write_calls(page, report, totals);
  page.raw(std::move(details).take());
  page.raw(
      "<footer>All times are UTC. Written by Chandler from the run's report and the cache as ");
  page.raw("it was on ").raw(html::minute_text(cache.now())).raw(".</footer>\n");
  page.raw("</main>\n</body>\n</html>\n");
  return std::move(page).take();
}

}  // namespace chandler
