#include "report/run_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace chandler {
namespace {

double milliseconds(std::chrono::microseconds t) { return static_cast<double>(t.count()) / 1000.0; }

Json asked_json(const std::vector<AskedRange>& asked) {
  Json list = Json::array();
  for (const AskedRange& a : asked) {
    list.push_back({{"from", format_iso(a.range.from)},
                    {"to", format_iso(a.range.to)},
                    {"bars", a.bars},
                    {"again", a.again}});
  }
  return list;
}

Json rules_json(const std::map<Rule, std::uint64_t>& rules) {
  Json object = Json::object();
  for (const auto& [rule, count] : rules) object[std::string(to_string(rule))] = count;
  return object;
}

Json provider_json(const ProviderReport& provider) {
  const CallCounts& c = provider.calls;
  const std::uint64_t answered = std::max<std::uint64_t>(1, c.requests);
  return {{"name", provider.name},
          {"requests", c.requests},
          {"retries", c.retries},
          {"failures", c.failures},
          {"rate_limited", c.rate_limited},
          {"bytes", c.bytes},
          {"waited_ms", c.waited.count()},
          {"latency_mean_ms",
           static_cast<double>(c.latency_total.count()) / static_cast<double>(answered)},
          {"latency_max_ms", c.latency_max.count()},
          {"breaker", to_string(provider.breaker)}};
}

bool went_well(const SeriesReport& s) {
  return s.outcome.status != WriteStatus::failed && s.outcome.status != WriteStatus::partial;
}

}  // namespace

Json outcome_json(const WriteOutcome& outcome) {
  return {{"symbol", outcome.series.symbol.name()},
          {"timeframe", to_string(outcome.series.timeframe)},
          {"provider", outcome.provider},
          {"tried", outcome.provider.empty() ? Json::array() : Json::array({outcome.provider})},
          {"rows_fetched", outcome.rows_fetched},
          {"rows_written", outcome.rows_written},
          {"rejected", outcome.rejected},
          {"gaps", outcome.gaps},
          {"status", to_string(outcome.status)},
          {"error", outcome.error ? Json(outcome.error->line()) : Json(nullptr)},
          {"files", outcome.files},
          {"notes", outcome.notes}};
}

Json series_json(const SeriesReport& s) {
  Json j = outcome_json(s.outcome);
  j["tried"] = s.tried;
  j["derived_from"] = s.derived_from ? Json(to_string(*s.derived_from)) : Json(nullptr);
  j["score"] = s.score ? Json(*s.score) : Json(nullptr);
  j["pages"] = s.pages;
  j["asked"] = asked_json(s.asked);
  j["rules"] = rules_json(s.rules);
  j["milliseconds"] = {{"fetch", milliseconds(s.times.fetch)},
                       {"validate", milliseconds(s.times.validate)},
                       {"merge", milliseconds(s.times.merge)},
                       {"resample", milliseconds(s.times.resample)}};
  return j;
}

Json report_json(const RunReport& report) {
  Json series = Json::array();
  for (const SeriesReport& s : report.series) series.push_back(series_json(s));
  Json providers = Json::array();
  for (const ProviderReport& p : report.providers) providers.push_back(provider_json(p));
  const bool ok =
      !report.interrupted && std::all_of(report.series.begin(), report.series.end(), went_well);
  return {{"ok", ok},
          {"verb", report.verb},
          {"job", report.job.empty() ? Json(nullptr) : Json(report.job)},
          {"started", format_iso(report.started)},
          {"seconds", static_cast<double>(report.duration.count()) / 1000.0},
          {"interrupted", report.interrupted},
          {"not_begun", report.not_begun},
          {"series", std::move(series)},
          {"providers", std::move(providers)}};
}

}  // namespace chandler
