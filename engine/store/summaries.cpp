#include "store/summaries.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "parallel.h"
#include "store/commit.h"
#include "store/derive.h"
#include "store/sha256.h"
#include "store/status.h"

namespace chandler::store {
namespace {

constexpr const char* kFolder = "_metadata";
constexpr const char* kScores = "quality_scores.json";

Json time_or_null(const std::optional<Instant>& t) {
  return t ? Json(format_iso(*t)) : Json(nullptr);
}

std::int64_t folder_time(const Folder& symbol_folder, Timeframe tf) {
  const auto id = symbol_folder.identity_of(std::string(to_string(tf)));
  return id && *id ? (*id)->mtime_ns : 0;
}

std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Json print_summary(const SeriesId& id, const SeriesSummary& s) {
  const SeriesStatus& st = s.status;
  return {{"symbol", id.symbol.name()},
          {"timeframe", to_string(id.timeframe)},
          {"asset_class", to_string(st.asset_class)},
          {"derived_from", st.derived_from ? Json(to_string(*st.derived_from)) : Json(nullptr)},
          {"behind", st.behind},
          {"years", st.years},
          {"rows", st.rows},
          {"first", time_or_null(st.first)},
          {"last", time_or_null(st.last)},
          {"expected_bars", st.expected_bars},
          {"missing_bars", st.missing_bars},
          {"gaps", st.gaps},
          {"coverage", st.coverage},
          {"score", st.score},
          {"bytes", st.bytes},
          {"providers", st.providers},
          {"rejected", s.rejected},
          {"conflicts", s.conflicts},
          {"rows_by_provider", s.rows_by_provider},
          {"folder_ns", s.folder_ns},
          {"source_ns", s.source_ns}};
}

std::optional<Instant> read_time(const Json& j) {
  return j.is_string() ? parse_exact(j.get_ref<const std::string&>()) : std::nullopt;
}

// The text proves itself: its hash stands in it, taken with zeros in its own place. A wrong digit
// would otherwise be believed.
constexpr std::string_view kSealKey = "\"content_sha256\": \"";
constexpr std::size_t kSealSize = 64;

std::optional<std::string> sealed(std::string text) {
  const std::size_t key = text.find(kSealKey);
  const std::size_t at = key + kSealKey.size();
  if (key == std::string::npos || at + kSealSize > text.size()) return {};
  text.replace(at, kSealSize, kSealSize, '0');
  text.replace(at, kSealSize, hex(sha256(std::as_bytes(std::span(text)))));
  return text;
}

// Throws Json::exception where the text is not what print_summary writes.
std::optional<std::pair<SeriesId, SeriesSummary>> read_summary(const Json& j) {
  auto symbol = Symbol::parse(j.at("symbol").get_ref<const std::string&>());
  const auto tf = parse_timeframe(j.at("timeframe").get_ref<const std::string&>());
  const auto asset_class = parse_asset_class(j.at("asset_class").get_ref<const std::string&>());
  if (!symbol || !tf || !asset_class) return {};
  const SeriesId id{*symbol, *tf};
  SeriesSummary s{.status = {.series = id}};
  SeriesStatus& st = s.status;
  st.asset_class = *asset_class;
  if (const Json& d = j.at("derived_from"); d.is_string()) {
    const auto source = parse_timeframe(d.get_ref<const std::string&>());
    if (!source) return {};
    st.derived_from = *source;
  }
  st.behind = j.at("behind").get<bool>();
  st.years = j.at("years").get<std::vector<int>>();
  st.rows = j.at("rows").get<std::uint64_t>();
  st.first = read_time(j.at("first"));
  st.last = read_time(j.at("last"));
  st.expected_bars = j.at("expected_bars").get<std::int64_t>();
  st.missing_bars = j.at("missing_bars").get<std::int64_t>();
  st.gaps = j.at("gaps").get<std::uint64_t>();
  st.coverage = j.at("coverage").get<double>();
  st.score = j.at("score").get<double>();
  st.bytes = j.at("bytes").get<std::uint64_t>();
  st.providers = j.at("providers").get<std::vector<std::string>>();
  s.rejected = j.at("rejected").get<std::uint64_t>();
  s.conflicts = j.at("conflicts").get<std::uint64_t>();
  s.rows_by_provider = j.at("rows_by_provider").get<std::map<std::string, std::uint64_t>>();
  s.folder_ns = j.at("folder_ns").get<std::int64_t>();
  s.source_ns = j.at("source_ns").get<std::int64_t>();
  return std::pair{id, std::move(s)};
}

bool still_true(const SeriesSummary& known, const Folder& symbol_folder, Timeframe tf) {
  if (known.folder_ns == 0 || known.folder_ns != folder_time(symbol_folder, tf)) return false;
  const auto& source = known.status.derived_from;
  return !source || known.source_ns == folder_time(symbol_folder, *source);
}

Json symbols_document(const Summaries& summaries) {
  Json symbols = Json::object();
  for (const auto& [id, s] : summaries) {
    Json& one = symbols[id.symbol.name()];
    if (one.is_null()) {
      const Classification c = classify_by_rules(id.symbol.name());
      one = {{"folder", id.symbol.folder()},
             {"class", to_string(s.status.asset_class)},
             {"base", c.base},
             {"quote", c.quote},
             {"timeframes", Json::array()}};
    }
    one["timeframes"].push_back(to_string(id.timeframe));
  }
  return {{"schema_version", kSchemaVersion}, {"symbols", std::move(symbols)}};
}

Json providers_document(const Summaries& summaries) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> sums;  // rows, series
  for (const auto& [id, s] : summaries) {
    for (const auto& [name, rows] : s.rows_by_provider) {
      sums[name].first += rows;
      ++sums[name].second;
    }
  }
  Json providers = Json::object();
  for (const auto& [name, sum] : sums)
    providers[name] = {{"rows", sum.first}, {"series", sum.second}};
  return {{"schema_version", kSchemaVersion}, {"providers", std::move(providers)}};
}

// Temporaries of writers that died; the lock is held.
Result<void> sweep(const Folder& folder) {
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  for (const std::string& name : names) {
    if (name.starts_with(".") && name.ends_with(".tmp")) CHANDLER_CHECK(folder.remove_file(name));
  }
  return {};
}

}  // namespace

Summaries read_summaries(const Folder& root) {
  Summaries summaries;
  const auto folder = root.open_folder(kFolder);
  if (!folder) return summaries;
  const auto file = folder->open_file(kScores);
  if (!file) return summaries;
  const auto text = file->read_all(kMaxMetadata);
  if (!text || sealed(*text) != *text) return summaries;
  const auto document = parse_json(*text, file->shown());
  if (!document) return summaries;
  try {
    if (document->at("schema_version").get<int>() != kSchemaVersion) return summaries;
    for (const Json& j : document->at("series")) {
      if (auto one = read_summary(j)) summaries.insert(std::move(*one));
    }
  } catch (const Json::exception&) {
    summaries.clear();  // damaged: made anew from the year metadata
  }
  return summaries;
}

Result<Summaries> current_summaries(const Folder& root, const std::vector<SeriesId>& ids,
                                    const Clock& clock) {
  const Summaries known = read_summaries(root);
  std::vector<std::optional<Result<SeriesSummary>>> found(ids.size());
  parallel_for(0, ids.size(), [&](std::size_t i) {
    const auto folder = root.open_folder(ids[i].symbol.folder());
    if (!folder) {
      found[i] = folder.error();
      return;
    }
    const auto at = known.find(ids[i]);
    if (at != known.end() && still_true(at->second, *folder, ids[i].timeframe)) {
      found[i] = at->second;
    } else {
      found[i] = summarize_now(*folder, ids[i], clock);
    }
  });
  Summaries summaries;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!*found[i]) {
      if (found[i]->error().kind == ErrorKind::not_found) continue;  // removed meanwhile
      return found[i]->error();
    }
    summaries.emplace(ids[i], std::move(**found[i]));
  }
  return summaries;
}

Result<SeriesSummary> summarize_now(const Folder& symbol_folder, const SeriesId& id,
                                    const Clock& clock) {
  SeriesSummary s{.status = {.series = id}};
  // The time is taken first: a change while the years are read makes the summary untrue, never
  // wrongly believed.
  const std::int64_t before = folder_time(symbol_folder, id.timeframe);
  CHANDLER_TRY(const SeriesView view, view_series(symbol_folder, id, clock));
  const bool behind = std::any_of(view.years.begin(), view.years.end(), [&](const YearMetadata& m) {
    return is_behind(symbol_folder, id.symbol, m);
  });
  s.status = summarize(view, id, behind);
  for (const YearMetadata& m : view.years) {
    s.rejected += m.rejected();
    s.conflicts += m.conflict_list.size();
    for (const ProvenanceRun& p : m.provenance) s.rows_by_provider[p.provider] += p.rows;
  }
  const std::int64_t safe = wall_ns() - kRacyNs;
  if (!view.problems.empty())
    return s;  // never remembered: it may be mended without the folder's time changing
  s.folder_ns = before < safe ? before : 0;
  if (s.status.derived_from) {
    s.source_ns = folder_time(symbol_folder, *s.status.derived_from);
    if (s.source_ns >= safe) s.folder_ns = 0;
  }
  return s;
}

Result<void> write_summaries(const Folder& root, const Summaries& summaries, const Clock& clock) {
  CHANDLER_TRY(const Folder folder, root.make_folder(kFolder));
  CHANDLER_TRY(File lock, folder.open_lock(".lock"));
  for (int i = 0;; ++i) {
    CHANDLER_TRY(const bool held, lock.try_lock());
    if (held) break;
    if (i == 100) return {};  // somebody else is writing newer ones
    clock.pause(std::chrono::milliseconds{10});
  }
  CHANDLER_CHECK(sweep(folder));
  Json series = Json::array();
  for (const auto& [id, s] : summaries) series.push_back(print_summary(id, s));
  const Json scores = {{"content_sha256", std::string(kSealSize, '0')},
                       {"schema_version", kSchemaVersion},
                       {"series", std::move(series)}};
  CHANDLER_CHECK(replace_file(folder, kScores, *sealed(print_json(scores))));
  CHANDLER_CHECK(replace_file(folder, "symbols.json", print_json(symbols_document(summaries))));
  return replace_file(folder, "providers.json", print_json(providers_document(summaries)));
}

}  // namespace chandler::store
