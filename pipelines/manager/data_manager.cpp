#include "chandler/data_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/config.h"
#include "manager/read_through.h"
#include "parallel.h"

namespace chandler {
namespace {

std::filesystem::path root_of(const DataManagerOptions& options, const Config& config) {
  if (!options.cache.empty()) return options.cache;
  if (const auto named = options.environment("CHANDLER_CACHE"); named && !named->empty())
    return *named;
  return config.cache.value_or("data-cache");
}

void read_from(const Cache& cache, Wanted& wanted) {
  BarsAnswer& answer = *wanted.answer;
  auto bars = cache.read(wanted.series, wanted.range);
  if (bars) {
    answer.bars = std::move(*bars);
  } else if (bars.error().kind == ErrorKind::not_found) {
    answer.bars = {};
  } else if (!answer.error) {
    answer.error = std::move(bars).error();
  }
}

// Looks further back for the last bars; false: that was all.
bool look_further(Wanted& wanted) {
  if (!wanted.reach || !wanted.reach->extend(wanted.answer->bars.size())) return false;
  wanted.range = wanted.reach->range();
  return true;
}

void keep_last(std::size_t last, BarsAnswer& answer) {
  const std::size_t size = answer.bars.size();
  if (size > last) answer.bars = answer.bars.slice(size - last, size);
  if (size < last && !answer.error) {
    answer.notes.push_back(
        fmt::format("{} of the last {} bars are to be had, no more", size, last));
  }
}

}  // namespace

struct DataManager::State {
  State(DataManagerOptions given, Config read, Cache opened)
      : options(std::move(given)), config(std::move(read)), cache(std::move(opened)) {}

  DataManagerOptions options;
  Config config;
  Cache cache;
  std::unique_ptr<Sources> sources{};    // none: offline
  std::unique_ptr<Selector> selector{};  // likewise
  std::vector<Error> problems{};
  SeriesClaims claims{};

  Result<void> find_sources() {
    CHANDLER_TRY(sources, Sources::open({config, options.environment, options.plugin_places}));
    CHANDLER_TRY(auto made, sources->selector(cache.root()));
    selector = std::move(made.selector);
    problems = sources->problems();
    problems.insert(problems.end(), made.problems.begin(), made.problems.end());
    return {};
  }

  [[nodiscard]] std::size_t workers() const {
    const std::size_t asked =
        options.workers != 0 ? options.workers : config.defaults.workers.value_or(kDefaultWorkers);
    return std::min(asked, kMaxWorkers);
  }

  void bring(std::span<Wanted* const> wanted, const std::stop_token& stop) {
    std::vector<Wanted*> good;  // who could not have one part is not helped by another
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(good),
                 [](const Wanted* w) { return !w->answer->error; });
    if (selector) {
      ReadThrough{{cache, *sources, *selector, claims, workers()}}.fetch(good, stop);
    } else {
      for (const Wanted* w : good) check_held(cache, *w);
    }
    parallel_for(0, wanted.size(), [&](std::size_t i) { read_from(cache, *wanted[i]); });
  }
};

std::vector<BarsRequest> each_of(std::span<const std::string> symbols,
                                 std::span<const std::string> timeframes, WhenRange range) {
  std::vector<BarsRequest> requests;
  for (const std::string& symbol : symbols) {
    for (const std::string& timeframe : timeframes)
      requests.push_back({symbol, timeframe, std::string{range.from}, std::string{range.to}});
  }
  return requests;
}

DataManager::DataManager(std::unique_ptr<State> state) : state_(std::move(state)) {}
DataManager::DataManager(DataManager&&) noexcept = default;
DataManager& DataManager::operator=(DataManager&&) noexcept = default;
DataManager::~DataManager() = default;

const std::vector<Error>& DataManager::problems() const { return state_->problems; }
const Cache& DataManager::cache() const { return state_->cache; }

Result<DataManager> DataManager::open(DataManagerOptions options) {
  if (!options.environment) options.environment = &environment_variable;
  CHANDLER_TRY(Config config,
               load_config(options.config, options.environment("HOME").value_or("")));
  CHANDLER_TRY(Cache cache, Cache::open(root_of(options, config),
                                        {.clock = options.clock,
                                         .optimistic_locking = config.optimistic_locking,
                                         .hot = config.hot}));
  auto state = std::make_unique<State>(std::move(options), std::move(config), std::move(cache));
  if (!state->options.offline) CHANDLER_CHECK(state->find_sources());
  return DataManager{std::move(state)};
}

std::vector<BarsAnswer> DataManager::get_many(std::span<const BarsRequest> requests,
                                              const std::stop_token& stop) {
  State& s = *state_;
  std::vector<BarsAnswer> answers(requests.size());
  std::vector<Wanted> wanted;
  wanted.reserve(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    auto read = read_request(requests[i],
                             {s.cache, s.selector.get(), s.config.defaults.from, s.cache.now()});
    if (!read) {
      answers[i].error = std::move(read).error();
      continue;
    }
    read->answer = &answers[i];
    wanted.push_back(std::move(*read));
  }
  std::vector<Wanted*> open;
  open.reserve(wanted.size());
  for (Wanted& w : wanted) open.push_back(&w);
  while (!open.empty()) {
    s.bring(open, stop);
    std::erase_if(open, [](Wanted* w) { return !look_further(*w); });
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    BarsAnswer& answer = answers[i];
    if (requests[i].last != 0) keep_last(requests[i].last, answer);
    const bool usable =
        !answer.error || (s.options.partial && answer.error->kind != ErrorKind::usage);
    if (!usable) answer.bars = {};
  }
  return answers;
}

Result<BarSeries> DataManager::get(BarsRequest request) {
  BarsAnswer answer = std::move(get_many({&request, 1}).front());
  if (answer.error && answer.bars.empty()) return *std::move(answer.error);
  return std::move(answer.bars);
}

Result<BarSeries> DataManager::get_ohlcv(std::string_view symbol, std::string_view timeframe,
                                         WhenRange range) {
  return get({std::string{symbol}, std::string{timeframe}, std::string{range.from},
              std::string{range.to}});
}

Result<BarSeries> DataManager::last_bars(std::string_view symbol, std::string_view timeframe,
                                         std::size_t count, std::string_view before) {
  if (count == 0) return BarSeries{};
  return get({.symbol = std::string{symbol},
              .timeframe = std::string{timeframe},
              .to = std::string{before},
              .last = count});
}

}  // namespace chandler
