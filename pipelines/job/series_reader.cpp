// What a series does not say itself, the top of the job says; what neither does, the configuration.
#include "job/series_reader.h"

#include <algorithm>
#include <unordered_map>

#include "chandler/resample.h"
#include "job/job_shape.h"
#include "job/symbol_list.h"

namespace chandler {
namespace {

// A series, or the top of the job; each says as much as it likes.
struct Level {
  const ConfigValue& object;
  std::string path{};  // "series[1]"; empty: the top
  std::optional<Timeframe> timeframe{};
  std::optional<std::vector<Timeframe>> derive{};  // as written
  std::optional<std::string> provider{};
  std::optional<Instant> from{};
  std::optional<Instant> to{};
  std::optional<bool> extended_hours{};
};

// A series, but for its symbol.
struct Settled {
  Timeframe timeframe = Timeframe::d1;
  TimeRange range{};
  std::vector<Timeframe> derive{};
  bool derive_by_default = false;  // the configuration's, meant for all jobs
  std::string provider{};
  bool extended_hours = false;
};

// Where a symbol was written.
struct Origin {
  std::string where;  // "nightly.json:7: series[1].symbols[0]", "alts.txt:3 (series[1].symbols[2])"
  std::size_t entry = 0;  // of the list of series
  bool listed = false;    // in a file of symbols
  std::optional<AssetClass> asset_class{};
};

void add_once(std::vector<Timeframe>& list, Timeframe tf) {
  if (std::find(list.begin(), list.end(), tf) == list.end()) list.push_back(tf);
}

std::string what_can_be_made(Timeframe source) {
  std::string list;
  for (const Timeframe tf : kAllTimeframes) {
    if (chain_path(source, tf)) list += " " + std::string(to_string(tf));
  }
  const std::string from = "of " + std::string(to_string(source)) + " bars can be made ";
  return list.empty() ? from + "nothing" : from + "only" + list;
}

class SeriesReader {
 public:
  SeriesReader(const std::filesystem::path& file, const JobSurroundings& surroundings)
      : folder_(file.parent_path()), file_(file.string()), surroundings_(surroundings) {}

  [[nodiscard]] Result<std::vector<SeriesAsk>> read(const ConfigValue& root) {
    const char* const example = R"(write one like {"symbols": ["BTCUSDT"], "timeframe": "1h"})";
    const ConfigValue* list = member(root, "series");
    if (list == nullptr) return error(root, "", "the job names no \"series\"", example);
    if (list->items.empty()) return error(*list, "series", "is empty", example);
    CHANDLER_TRY(const Level top, level_of(root, ""));
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      CHANDLER_TRY(const Level own, level_of(list->items[i], item_path("series", i)));
      CHANDLER_TRY(const Settled settled, settle(own, top));
      CHANDLER_CHECK(add_entry(own, settled, i));
    }
    leave_out_what_comes_anyway();
    return std::move(series_);
  }

 private:
  [[nodiscard]] Error error(const ConfigValue& value, const std::string& path, std::string what,
                            std::string hint = {}) const {
    return job_error(file_, value.line, path, std::move(what), std::move(hint));
  }
  // What a parser of ours said of the text.
  [[nodiscard]] Error passed_on(const ConfigValue& value, const std::string& path,
                                const Error& said) const {
    return error(value, path, said.what, said.hint);
  }

  [[nodiscard]] Result<Level> level_of(const ConfigValue& object, std::string path) const {
    Level level{.object = object, .path = std::move(path)};
    if (const ConfigValue* value = member(object, "timeframe")) {
      CHANDLER_TRY(level.timeframe, timeframe_at(*value, key_path(level.path, "timeframe")));
    }
    if (const ConfigValue* list = member(object, "derive")) {
      level.derive.emplace();
      for (std::size_t i = 0; i < list->items.size(); ++i) {
        const std::string item = item_path(key_path(level.path, "derive"), i);
        CHANDLER_TRY(const Timeframe tf, timeframe_at(list->items[i], item));
        level.derive->push_back(tf);
      }
    }
    if (const ConfigValue* value = member(object, "provider")) {
      if (!is_provider_name(value->text)) {
        return error(*value, key_path(level.path, "provider"),
                     '"' + printable(value->text, 40) + "\" is not a provider's name",
                     "`chandler providers` lists them");
      }
      level.provider = value->text;
    }
    CHANDLER_TRY(level.from, when_at(level, "from"));
    CHANDLER_TRY(level.to, when_at(level, "to"));
    if (const ConfigValue* value = member(object, "extended_hours")) {
      level.extended_hours = value->truth;
    }
    return level;
  }

  [[nodiscard]] Result<Timeframe> timeframe_at(const ConfigValue& value,
                                               const std::string& path) const {
    auto timeframe = parse_timeframe(value.text);
    if (!timeframe) return passed_on(value, path, timeframe.error());
    return timeframe;
  }

  [[nodiscard]] Result<std::optional<Instant>> when_at(const Level& level, const char* key) const {
    const ConfigValue* value = member(level.object, key);
    if (value == nullptr) return std::optional<Instant>{};
    const auto when = parse_when(value->text, surroundings_.now);
    if (!when) return passed_on(*value, key_path(level.path, key), when.error());
    return std::optional{*when};
  }

  [[nodiscard]] Result<Settled> settle(const Level& own, const Level& top) const {
    Settled settled;
    const auto timeframe = own.timeframe ? own.timeframe : top.timeframe;
    if (!timeframe) {
      return error(own.object, own.path, "names no \"timeframe\"",
                   "write one like \"1h\", here or at the top of the job");
    }
    settled.timeframe = *timeframe;
    CHANDLER_TRY(settled.range, range_of(own, top));
    CHANDLER_TRY(settled.derive, derive_of(own, top, *timeframe));
    settled.derive_by_default = !own.derive && !top.derive;
    settled.provider = own.provider ? *own.provider : top.provider.value_or("");
    settled.extended_hours = own.extended_hours.value_or(top.extended_hours.value_or(false));
    return settled;
  }

  [[nodiscard]] Result<TimeRange> range_of(const Level& own, const Level& top) const {
    std::optional<Instant> from = own.from ? own.from : top.from;
    if (!from && surroundings_.defaults.from) {
      const auto when = parse_when(*surroundings_.defaults.from, surroundings_.now);
      if (!when) {
        return error(own.object, own.path,
                     "defaults.from of the configuration: " + when.error().what, when.error().hint);
      }
      from = *when;
    }
    if (!from) {
      return error(own.object, own.path, "names no \"from\"",
                   "write one here, at the top of the job, or as defaults.from into the "
                   "configuration");
    }
    // "-1000000w" ends before the calendar begins.
    const TimeRange range{std::max(*from, year_start(1)),
                          own.to ? *own.to : top.to.value_or(surroundings_.now)};
    if (range.empty()) return empty_range(own, top, range);
    return range;
  }

  [[nodiscard]] Error empty_range(const Level& own, const Level& top,
                                  const TimeRange& range) const {
    const std::string what =
        "from " + format_iso(range.from) + " to " + format_iso(range.to) + " is no time at all";
    const char* const hint = "\"from\" must be before \"to\", which is exclusive";
    for (const Level* level : {&own, &top}) {
      for (const char* key : {"from", "to"}) {
        if (const ConfigValue* value = member(level->object, key)) {
          return error(*value, key_path(level->path, key), what, hint);
        }
      }
    }
    return error(own.object, own.path, what, hint);
  }

  [[nodiscard]] Result<std::vector<Timeframe>> derive_of(const Level& own, const Level& top,
                                                         Timeframe source) const {
    std::vector<Timeframe> derive;
    if (!own.derive && !top.derive) {
      // Meant for all jobs there are: what does not fit a series is not its mistake.
      for (const Timeframe tf : surroundings_.defaults.derive) {
        if (chain_path(source, tf)) add_once(derive, tf);
      }
      return derive;
    }
    const Level& level = own.derive ? own : top;
    for (std::size_t i = 0; i < level.derive->size(); ++i) {
      const Timeframe tf = (*level.derive)[i];
      if (!chain_path(source, tf)) return unreachable(level, i, own.path, source);
      add_once(derive, tf);
    }
    return derive;
  }

  [[nodiscard]] Error unreachable(const Level& level, std::size_t i, const std::string& series,
                                  Timeframe source) const {
    const bool inherited = level.path.empty();
    const std::string target(to_string((*level.derive)[i]));
    const std::string what = target + " cannot be made of " + std::string(to_string(source)) +
                             " bars" + (inherited ? ", the timeframe of " + series : "");
    return error(
        member(level.object, "derive")->items[i], item_path(key_path(level.path, "derive"), i),
        what,
        (inherited ? "give " + series + " its own \"derive\"; " : "") + what_can_be_made(source));
  }

  [[nodiscard]] Result<void> add_entry(const Level& own, const Settled& settled,
                                       std::size_t entry) {
    const char* const example = R"(write them like ["BTCUSDT", "AAPL", "@more.txt"])";
    const ConfigValue* symbols = member(own.object, "symbols");
    if (symbols == nullptr) return error(own.object, own.path, "names no \"symbols\"", example);
    const std::string path = key_path(own.path, "symbols");
    if (symbols->type == ConfigValue::Type::string) {
      return add_word(*symbols, path, settled, entry);
    }
    if (symbols->items.empty()) return error(*symbols, path, "is empty", example);
    for (std::size_t i = 0; i < symbols->items.size(); ++i) {
      CHANDLER_CHECK(add_word(symbols->items[i], item_path(path, i), settled, entry));
    }
    return {};
  }

  [[nodiscard]] Result<void> add_word(const ConfigValue& word, const std::string& path,
                                      const Settled& settled, std::size_t entry) {
    if (word.text.starts_with('@')) return add_file(word, path, settled, entry);
    auto symbol = parse_written_symbol(word.text);
    if (!symbol) return passed_on(word, path, symbol.error());
    return add(std::move(*symbol), settled, {error(word, path, "").where, entry});
  }

  [[nodiscard]] Result<void> add_file(const ConfigValue& word, const std::string& path,
                                      const Settled& settled, std::size_t entry) {
    if (word.text == "@") return error(word, path, "\"@\" names no file", "write it like @all.txt");
    const std::filesystem::path file = folder_ / word.text.substr(1);
    const auto text = surroundings_.symbol_files(file);
    if (!text) {
      return error(word, path, text.error().where + " " + text.error().what, text.error().hint);
    }
    CHANDLER_TRY(auto listed, parse_symbol_list(*text, file.string()));
    if (listed.empty()) return error(word, path, file.string() + " names no symbol");
    for (auto& [symbol, line] : listed) {
      const std::string where = file.string() + ":" + std::to_string(line) + " (" + path + ")";
      CHANDLER_CHECK(add(std::move(symbol), settled, {where, entry, true}));
    }
    return {};
  }

  [[nodiscard]] Result<void> add(AskedSymbol symbol, const Settled& settled, Origin origin) {
    const std::string name = symbol.symbol.name() + " " + std::string(to_string(settled.timeframe));
    origin.asset_class = symbol.asset_class;
    const auto [found, fresh] = seen_.try_emplace(name, origin);
    if (!fresh) {
      const Origin& first = found->second;
      // Lists overlap; that is no reason to refuse a night's work.
      if (first.listed && origin.listed && first.entry == origin.entry &&
          first.asset_class == origin.asset_class) {
        return {};
      }
      return Error{ErrorKind::usage, name + " is asked for twice, first at " + first.where,
                   origin.where, "name each symbol and timeframe once"};
    }
    CHANDLER_CHECK(claim_frames(symbol, name, settled, origin.where));
    if (series_.size() == kMaxSeries) {
      return Error{ErrorKind::usage,
                   "the job has more than " + std::to_string(kMaxSeries) + " series", origin.where,
                   "divide it into several"};
    }
    series_.push_back({std::move(symbol), settled.timeframe, settled.range, settled.derive,
                       settled.provider, settled.extended_hours});
    return {};
  }

  // A timeframe of a symbol comes one way: fetched, or rolled up from one source. Otherwise it would
  // hang on which series is done first.
  [[nodiscard]] Result<void> claim_frames(const AskedSymbol& symbol, const std::string& name,
                                          const Settled& settled, const std::string& where) {
    const auto twice = [&](const std::string& frame, const std::string& first) {
      return Error{ErrorKind::usage, frame + " would come two ways, the other by " + first, where,
                   "either fetch it or roll it up, from one timeframe"};
    };
    if (const auto made = made_.find(name); made != made_.end()) return twice(name, made->second);
    if (settled.derive_by_default) {
      by_default_.push_back(series_.size());
      return {};
    }
    for (const Timeframe tf : settled.derive) {
      const std::string frame = symbol.symbol.name() + " " + std::string(to_string(tf));
      if (const auto asked = seen_.find(frame); asked != seen_.end())
        return twice(frame, asked->second.where);
      const auto [made, fresh] = made_.try_emplace(frame, where);
      if (!fresh) return twice(frame, made->second);
    }
    return {};
  }

  // What is derived by default gives way to what the job says.
  void leave_out_what_comes_anyway() {
    for (const std::size_t i : by_default_) {
      std::erase_if(series_[i].derive, [&](Timeframe tf) {
        const std::string frame =
            series_[i].symbol.symbol.name() + " " + std::string(to_string(tf));
        return seen_.contains(frame) || !made_.try_emplace(frame).second;
      });
    }
  }

  std::filesystem::path folder_;
  std::string file_;
  const JobSurroundings& surroundings_;
  std::vector<SeriesAsk> series_;
  std::unordered_map<std::string, Origin> seen_;       // "BTCUSDT 1m"
  std::unordered_map<std::string, std::string> made_;  // rolled up: where that is said
  std::vector<std::size_t> by_default_;  // series whose frames are the configuration's
};

}  // namespace

Result<std::vector<SeriesAsk>> read_series(const ConfigValue& root,
                                           const std::filesystem::path& file,
                                           const JobSurroundings& surroundings) {
  return SeriesReader{file, surroundings}.read(root);
}

}  // namespace chandler
