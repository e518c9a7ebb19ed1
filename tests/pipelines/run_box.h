// A cache, two providers with the same market, and runs.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "run/run_graph.h"
#include "tests/engine/store/store_support.h"
#include "tests/pipelines/market_provider.h"
#include "tests/providers/fake_registry.h"

namespace chandler::testing {

class RunBox {
 public:
  RunBox() {
    Config config;
    config.selection = {{AssetClass::crypto, {}, {"first", "second"}, ""},
                        {AssetClass::stock, {}, {"first", "second"}, ""}};
    auto registry = Registry::make(
        {}, config, machinery_.get([](std::string_view) { return std::optional<std::string>{}; }));
    registry_.emplace(std::move(*registry));
    first = add("first");
    second = add("second");
    selector_ = std::move(*Selector::make(*registry_, {}, box.clock));
  }

  RunResult run(const std::vector<SeriesAsk>& asks, const RunOptions& options = {},
                const std::stop_token& stop = {}) {
    RunObserver silent;
    return run_series(asks, options, {box.cache(), *selector_, silent}, stop);
  }
  [[nodiscard]] SeriesPlan plan(const SeriesAsk& ask, PlanOptions options = {}) {
    return planner(options).plan(ask);
  }
  [[nodiscard]] Planner planner(PlanOptions options = {}) {
    return {box.cache(), *selector_, options};
  }

  // Data files by name, each by a hash of its bytes.
  [[nodiscard]] std::map<std::string, std::size_t> data() const {
    std::map<std::string, std::size_t> hashes;
    for (const auto& [name, bytes] : box.snapshot(".csv.gz"))
      hashes.emplace(name, std::hash<std::string>{}(bytes));
    return hashes;
  }

  test::Sandbox box;
  MarketProvider* first = nullptr;
  MarketProvider* second = nullptr;

 private:
  MarketProvider* add(const char* name) {
    auto provider = std::make_unique<MarketProvider>(name);
    MarketProvider* raw = provider.get();
    EXPECT_TRUE(registry_->add(std::move(provider)));
    return raw;
  }

  NoMachinery machinery_;
  std::optional<Registry> registry_;
  std::unique_ptr<Selector> selector_;
};

inline Instant day(const std::string& text) { return *parse_exact(text + " 00:00:00"); }
inline TimeRange days(const std::string& from, const std::string& to) {
  return {day(from), day(to)};
}

inline SeriesAsk want(const std::string& symbol, Timeframe timeframe, TimeRange range,
                      std::vector<Timeframe> derive = {}) {
  return {.symbol = *parse_asked_symbol(symbol),
          .timeframe = timeframe,
          .range = range,
          .derive = std::move(derive)};
}

inline const SeriesReport* report_of(const RunResult& result, const std::string& text) {
  for (const SeriesReport& s : result.series) {
    if (s.outcome.series.text() == text) return &s;
  }
  return nullptr;
}

}  // namespace chandler::testing
