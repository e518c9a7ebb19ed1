#include "store/summaries.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <span>

#include "parallel.h"
#include "store/commit.h"
#include "store/derive.h"
#include "store/status.h"
#include "store/summaries_text.h"

namespace chandler::store {
namespace {

constexpr const char* kFolder = "_metadata";
constexpr const char* kScores = "quality_scores.json";

std::int64_t folder_time(const Folder& symbol_folder, Timeframe tf) {
  const auto id = symbol_folder.identity_of(std::string(to_string(tf)));
  return id && *id ? (*id)->mtime_ns : 0;
}

std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The folders of one symbol and what was remembered of them.
class SymbolLook {
 public:
  SymbolLook(const Folder& root, const Symbol& symbol, std::span<SeriesSummary> known)
      : root_(root), symbol_(symbol), known_(known) {}

  // The frames that there are; takes over what is still true. Nothing: all that is known is.
  Result<std::optional<std::vector<SeriesSummary>>> describe(const std::optional<Timeframe>& only,
                                                             const Clock& clock) {
    // Taken first: what changes while the folder is looked at makes it untrue, never believed.
    CHANDLER_TRY(const auto there, root_.identity_of(symbol_.folder()));
    const std::int64_t time = there && there->is_folder ? there->mtime_ns : 0;
    if (!only && all_still_true(time)) return std::optional<std::vector<SeriesSummary>>{};
    CHANDLER_TRY(const std::vector<Timeframe> frames, frames_there(time));
    std::vector<SeriesSummary> all;
    bool complete = !only && time < wall_ns() - kRacyNs;
    for (const Timeframe tf : frames) {
      if (only && tf != *only) continue;
      auto summary = describe_frame(tf, clock);
      if (!summary && summary.error().kind == ErrorKind::not_found) {  // removed meanwhile
        complete = false;
        continue;
      }
      // What one frame is wrong about keeps no other from being told.
      if (!summary) {
        summary = SeriesSummary{.status = {.series = {symbol_, tf}, .problems = {summary.error()}}};
      }
      complete = complete && !summary->status.years.empty();
      all.push_back(std::move(*summary));
    }
    for (SeriesSummary& summary : all) summary.symbol_ns = complete ? time : 0;
    return std::optional(std::move(all));
  }

 private:
  // Of the symbol's folder, as it is: are all its frames known?
  [[nodiscard]] bool knows_frames(std::int64_t time) const {
    return time != 0 && !known_.empty() &&
           std::all_of(known_.begin(), known_.end(),
                       [&](const SeriesSummary& summary) { return summary.symbol_ns == time; });
  }

  [[nodiscard]] bool all_still_true(std::int64_t time) {
    return knows_frames(time) &&
           std::all_of(known_.begin(), known_.end(), [&](const auto& summary) {
             return still_true(summary, summary.status.series.timeframe);
           });
  }

  [[nodiscard]] Result<std::vector<Timeframe>> frames_there(std::int64_t time) {
    std::vector<Timeframe> frames;
    if (knows_frames(time)) {
      for (const SeriesSummary& summary : known_) frames.push_back(summary.status.series.timeframe);
      return frames;
    }
    if (const auto opened = open(); !opened) {
      CHANDLER_CHECK(unless_stray(root_, symbol_.folder(), opened.error()));
      return frames;
    }
    CHANDLER_TRY(const std::vector<std::string> names, folder_->names());
    for (const std::string& name : names) {
      if (const auto tf = parse_timeframe(name)) frames.push_back(*tf);
    }
    std::sort(frames.begin(), frames.end());
    return frames;
  }

  Result<SeriesSummary> describe_frame(Timeframe tf, const Clock& clock) {
    for (SeriesSummary& summary : known_) {
      if (summary.status.series.timeframe == tf && still_true(summary, tf))
        return std::move(summary);
    }
    CHANDLER_CHECK(open());
    return summarize_now(*folder_, {symbol_, tf}, clock);
  }

  [[nodiscard]] bool still_true(const SeriesSummary& known, Timeframe tf) {
    if (known.folder_ns == 0 || known.folder_ns != time_of(tf)) return false;
    const auto& source = known.status.derived_from;
    return !source || known.source_ns == time_of(*source);
  }

  // Of a frame's folder; 0: it cannot be looked at. Each is looked at once: frames that are rolled up
  // ask for that of their source, too.
  std::int64_t time_of(Timeframe tf) {
    for (const auto& [frame, time] : times_) {
      if (frame == tf) return time;
    }
    const auto id = root_.identity_of(symbol_.folder() + "/" + std::string(to_string(tf)));
    times_.emplace_back(tf, id && *id ? (*id)->mtime_ns : 0);
    return times_.back().second;
  }

  Result<void> open() {
    if (folder_) return {};
    CHANDLER_TRY(Folder folder, root_.open_folder(symbol_.folder()));
    folder_.emplace(std::move(folder));
    return {};
  }

  const Folder& root_;
  const Symbol& symbol_;
  std::span<SeriesSummary> known_;
  std::optional<Folder> folder_;
  std::vector<std::pair<Timeframe, std::int64_t>> times_;
};

Result<std::vector<Symbol>> symbols_there(const Folder& root) {
  CHANDLER_TRY(const std::vector<std::string> names, root.names());
  std::vector<Symbol> symbols;
  symbols.reserve(names.size());
  for (const std::string& name : names) {
    if (auto symbol = Symbol::from_folder(name)) symbols.push_back(*std::move(symbol));
  }
  std::sort(symbols.begin(), symbols.end());  // the names of some folders sort otherwise
  return symbols;
}

// What is known of each of the symbols, which are sorted as what is known is.
std::vector<std::span<SeriesSummary>> known_of_each(Summaries& known,
                                                    const std::vector<Symbol>& symbols) {
  std::vector<std::span<SeriesSummary>> all;
  all.reserve(symbols.size());
  auto last = known.begin();
  const auto symbol_of = [](const SeriesSummary& s) -> const Symbol& {
    return s.status.series.symbol;
  };
  for (const Symbol& symbol : symbols) {
    const auto first = std::find_if(
        last, known.end(), [&](const SeriesSummary& s) { return !(symbol_of(s) < symbol); });
    last = std::find_if(first, known.end(),
                        [&](const SeriesSummary& s) { return symbol_of(s) != symbol; });
    all.emplace_back(first, last);
  }
  return all;
}

Json symbols_document(const Summaries& summaries) {
  Json symbols = Json::object();
  for (const SeriesSummary& s : summaries) {
    const SeriesId& id = s.status.series;
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
  for (const SeriesSummary& s : summaries) {
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

Error damaged(const std::string& shown) {
  return {ErrorKind::damaged, "is damaged, and not used; it is made anew by who writes next", shown,
          ""};
}

// Nobody reads it but people and their programs, so nobody else finds out.
std::optional<Error> damage_of(const Folder& folder, const char* name) {
  const auto file = folder.open_file(name);
  const auto text = file ? file->read_all(kMaxMetadata) : Result<std::string>{file.error()};
  const bool bad = text ? !Json::accept(*text) : text.error().kind == ErrorKind::damaged;
  if (bad) return damaged(folder.shown(name));
  return {};
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

Summaries read_summaries(const Folder& root, std::optional<Error>& damage) {
  const auto folder = root.open_folder(kFolder);
  if (!folder) return {};
  const auto file = folder->open_file(kScores);
  if (!file) return {};
  auto text = file->read_all(kMaxMetadata);
  if (!text && text.error().kind != ErrorKind::damaged) return {};
  auto summaries = text ? parse_summaries(*std::move(text)) : std::nullopt;
  if (!summaries) damage = damaged(file->shown());
  return std::move(summaries).value_or(Summaries{});
}

Result<Summaries> current_summaries(const Folder& root, const SummaryQuery& query,
                                    const Clock& clock, std::optional<Error>& damage) {
  Summaries known;
  Result<std::vector<Symbol>> symbols = std::vector<Symbol>{};
  // Neither needs the other, and each takes milliseconds where there are thousands.
  parallel_for(0, 2, [&](std::size_t i) {
    if (i == 0) {
      known = read_summaries(root, damage);
    } else if (query.symbol) {
      symbols->push_back(*query.symbol);
    } else {
      symbols = symbols_there(root);
    }
  });
  CHANDLER_CHECK(symbols);
  // Told apart before threads take summaries out of them.
  const auto known_of_symbol = known_of_each(known, *symbols);
  std::vector<Result<std::optional<std::vector<SeriesSummary>>>> found(
      symbols->size(), std::optional<std::vector<SeriesSummary>>{});
  parallel_for(0, symbols->size(), [&](std::size_t i) {
    found[i] = SymbolLook{root, (*symbols)[i], known_of_symbol[i]}.describe(query.timeframe, clock);
  });
  std::size_t still_true = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHANDLER_CHECK(found[i]);
    if (!*found[i]) still_true += known_of_symbol[i].size();
  }
  const bool none_new =
      std::none_of(found.begin(), found.end(), [](const auto& anew) { return anew->has_value(); });
  // The usual case, and no reason to move thousands of them.
  if (none_new && still_true == known.size()) return known;
  Summaries summaries;
  summaries.reserve(symbols->size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::span<SeriesSummary> of_symbol =
        *found[i] ? std::span(**found[i]) : known_of_symbol[i];
    std::move(of_symbol.begin(), of_symbol.end(), std::back_inserter(summaries));
  }
  return summaries;
}

Result<SeriesSummary> summarize_now(const Folder& symbol_folder, const SeriesId& id,
                                    const Clock& clock) {
  SeriesSummary s{.status = {.series = id}};
  // The time is taken first: a change while the years are read makes the summary untrue, never
  // wrongly believed.
  const std::int64_t before = folder_time(symbol_folder, id.timeframe);
  CHANDLER_TRY(SeriesView view, view_series(symbol_folder, id, clock));
  bool behind = false;
  for (const YearMetadata& m : view.years) {
    const auto changed = is_behind(symbol_folder, id.symbol, m);
    if (!changed) view.problems.push_back({m.year, changed.error()});
    behind = behind || (changed && *changed);
  }
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

Result<std::vector<Error>> write_summaries(const Folder& root, const Summaries& summaries,
                                           const Clock& clock) {
  std::vector<Error> damage;
  CHANDLER_TRY(const Folder folder, root.make_folder(kFolder, Folder::Durable::no));
  CHANDLER_TRY(File lock, folder.open_lock(".lock"));
  for (int i = 0;; ++i) {
    CHANDLER_TRY(const bool held, lock.try_lock());
    if (held) break;
    if (i == 100) return damage;  // somebody else is writing newer ones
    clock.pause(std::chrono::milliseconds{10});
  }
  CHANDLER_CHECK(sweep(folder));
  CHANDLER_CHECK(replace_file(folder, kScores, print_summaries(summaries)));
  for (const auto& [name, document] :
       {std::pair{"symbols.json", symbols_document(summaries)},
        std::pair{"providers.json", providers_document(summaries)}}) {
    if (auto found = damage_of(folder, name)) damage.push_back(*std::move(found));
    CHANDLER_CHECK(replace_file(folder, name, print_json(document)));
  }
  return damage;
}

}  // namespace chandler::store
