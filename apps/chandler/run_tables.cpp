#include "run_tables.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "table.h"

namespace chandler::cli {
namespace {

constexpr std::size_t kRangesShown = 5;

std::string seconds_text(std::chrono::microseconds time) {
  const double seconds = static_cast<double>(time.count()) / 1e6;
  return seconds < 10 ? fmt::format("{:.2f} s", seconds) : fmt::format("{:.0f} s", seconds);
}

std::string provider_text(const SeriesReport& s) {
  if (s.derived_from) return "rolled up from " + std::string(to_string(*s.derived_from));
  if (!s.outcome.provider.empty()) return printable(s.outcome.provider);
  return s.tried.empty() ? "-" : printable(s.tried.back());
}

std::string ranges_text(const SeriesPlan& plan) {
  std::string text;
  for (std::size_t i = 0; i < plan.pieces.size() && i < kRangesShown; ++i) {
    const Missing& m = plan.pieces[i].missing;
    text += fmt::format("  {} to {}  {}{}\n", human_time(m.range.from), human_time(m.range.to),
                        m.bars == 0 ? "" : plural(static_cast<std::uint64_t>(m.bars), "bar"),
                        m.asked_before ? ", again" : "");
  }
  if (plan.pieces.size() > kRangesShown)
    text += fmt::format("  and {} more ranges\n", plan.pieces.size() - kRangesShown);
  return text;
}

}  // namespace

std::string run_table(const RunReport& report) {
  Table table{{{"symbol"},
               {"timeframe"},
               {"provider"},
               {"status"},
               {"new bars", Align::right},
               {"rejected", Align::right},
               {"gaps", Align::right},
               {"score", Align::right},
               {"time", Align::right}}};
  for (const SeriesReport& s : report.series) {
    const WriteOutcome& o = s.outcome;
    const StepTimes& t = s.times;
    const auto time = s.derived_from ? t.resample : t.fetch + t.validate + t.merge;
    table.add({printable(o.series.symbol.name()), std::string{to_string(o.series.timeframe)},
               provider_text(s), std::string{to_string(o.status)}, std::to_string(o.rows_written),
               std::to_string(o.rejected), std::to_string(o.gaps),
               s.score ? fmt::format("{:.4f}", *s.score) : "-", seconds_text(time)});
  }
  return table.text();
}

std::string run_summary(const RunReport& report) {
  std::uint64_t bars = 0;
  std::uint64_t failed = 0;
  std::uint64_t requests = 0;
  bool asked = false;
  for (const SeriesReport& s : report.series) {
    if (!s.derived_from) bars += s.outcome.rows_written;
    failed += s.outcome.error && s.outcome.error->kind != ErrorKind::interrupted ? 1 : 0;
    asked = asked || !s.tried.empty();
  }
  for (const ProviderReport& p : report.providers) requests += p.calls.requests;
  std::string line = plural(report.series.size(), "series", "series") + ", " +
                     (asked || failed > 0 ? plural(bars, "new bar") : "nothing was missing");
  if (requests > 0) line += ", " + plural(requests, "request");
  if (failed > 0) line += ", " + std::to_string(failed) + " failed";
  if (report.not_begun > 0) line += ", " + std::to_string(report.not_begun) + " not begun";
  return line + fmt::format(", {:.1f} s", static_cast<double>(report.duration.count()) / 1000.0);
}

std::string plan_text(const std::vector<SeriesPlan>& plans, const SpaceNeed& space) {
  std::string text;
  std::int64_t bars = 0;
  for (const SeriesPlan& plan : plans) {
    if (plan.refused) continue;
    text +=
        printable(plan.series.symbol.name()) + " " + std::string(to_string(plan.series.timeframe));
    if (plan.pieces.empty()) {
      text += ": nothing is missing\n";
      continue;
    }
    bars += plan.bars;
    text += fmt::format(": {} from {}, {}\n", plural(static_cast<std::uint64_t>(plan.bars), "bar"),
                        plan.pieces.front().providers.front()->capabilities().name,
                        plural(plan.requests, "request"));
    text += ranges_text(plan);
  }
  for (const ProviderLoad& load : loads_of(plans)) {
    text += fmt::format("{}: {}", load.provider, plural(load.requests, "request"));
    if (load.least.count() > 0)
      text += fmt::format(", at least {} under its rate limits", human_age(load.least));
    text += "\n";
  }
  if (bars > 0) text += plural(static_cast<std::uint64_t>(bars), "bar") + " in all\n";
  if (space.needed > 0) {
    text += fmt::format("about {} needed on the disk", human_bytes(space.needed));
    text += space.free ? fmt::format(", {} free\n", human_bytes(*space.free)) : "\n";
  }
  return text;
}

Json plan_json(const std::vector<SeriesPlan>& plans, const SpaceNeed& space,
               const std::string& job) {
  Json series = Json::array();
  bool ok = true;
  for (const SeriesPlan& plan : plans) {
    Json ranges = Json::array();
    std::string provider;
    for (const PlannedPiece& piece : plan.pieces) {
      const Missing& m = piece.missing;
      const std::string& name = piece.providers.front()->capabilities().name;
      if (provider.empty()) provider = name;
      ranges.push_back({{"from", format_iso(m.range.from)},
                        {"to", format_iso(m.range.to)},
                        {"bars", m.bars},
                        {"again", m.asked_before},
                        {"provider", name}});
    }
    Json derive = Json::array();
    for (const Timeframe tf : plan.derive) derive.push_back(to_string(tf));
    ok = ok && !plan.refused;
    series.push_back({{"symbol", plan.series.symbol.name()},
                      {"timeframe", to_string(plan.series.timeframe)},
                      {"provider", provider},
                      {"reason", plan.reason},
                      {"expected_bars", plan.bars},
                      {"requests", plan.requests},
                      {"ranges", std::move(ranges)},
                      {"derive", std::move(derive)},
                      {"error", plan.refused ? Json(plan.refused->line()) : Json(nullptr)},
                      {"notes", plan.notes}});
  }
  Json providers = Json::array();
  for (const ProviderLoad& load : loads_of(plans)) {
    providers.push_back({{"name", load.provider},
                         {"requests", load.requests},
                         {"least_seconds", load.least.count()}});
  }
  return {{"ok", ok && space.fits()},
          {"dry_run", true},
          {"job", job.empty() ? Json(nullptr) : Json(job)},
          {"needed_bytes", space.needed},
          {"free_bytes", space.free ? Json(*space.free) : Json(nullptr)},
          {"series", std::move(series)},
          {"providers", std::move(providers)}};
}

}  // namespace chandler::cli
