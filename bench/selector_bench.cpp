// How long it takes to say who is asked: once warm, well under a microsecond.
#include <benchmark/benchmark.h>

#include <memory>

#include "http/curl_transport.h"
#include "http/limits.h"
#include "registry/built_in.h"
#include "selector/listing_files.h"
#include "selector/selector.h"

namespace chandler {
namespace {

// The built-in providers, and a listing as long as a real one.
struct Shop {
  static Registry make_registry(http::Transport& transport, http::SharedLimits& limits) {
    return *Registry::make(
        built_in_providers(), {},
        {transport, limits, http::Timer::system(), [](std::string_view) { return std::nullopt; }});
  }
  static Listed pair(const std::string& base) {
    Instrument instrument{*Symbol::parse(base + "USDT"), AssetClass::crypto};
    instrument.base = base;
    instrument.quote = "USDT";
    instrument.exchange = "binance";
    return {std::move(instrument)};
  }
  static Listing long_listing() {
    Listing listing{.provider = "binance", .fetched_at = Clock::system().now()};
    for (int i = 0; i < 3000; ++i) listing.listed.push_back(pair("COIN" + std::to_string(i)));
    listing.listed.push_back(pair("BTC"));
    return listing;
  }
  static Listings indexed(Listing listing) {
    Listings listings;
    listings.add(std::move(listing));
    return listings;
  }

  http::CurlTransport transport;
  http::SharedLimits limits;
  Registry registry = make_registry(transport, limits);
  std::unique_ptr<Selector> selector =
      std::move(*Selector::make(registry, indexed(long_listing())));
};

void select_warm(benchmark::State& state) {
  const Shop shop;
  const SelectionQuery query{*parse_asked_symbol("BTCUSDT"), Timeframe::m1};
  for (auto _ : state) benchmark::DoNotOptimize(shop.selector->select(query));
}
BENCHMARK(select_warm)->ThreadRange(1, 2);

void select_warm_from_text(benchmark::State& state) {
  const Shop shop;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        shop.selector->select({*parse_asked_symbol("BTC/USDT"), Timeframe::m1}));
  }
}
BENCHMARK(select_warm_from_text);

void select_warm_with_depth(benchmark::State& state) {
  const Shop shop;
  const SelectionQuery query{*parse_asked_symbol("BTCUSDT"),
                             Timeframe::m1,
                             {*parse_exact("2024-01-01 00:00:00"), Instant::max()}};
  for (auto _ : state) benchmark::DoNotOptimize(shop.selector->select(query));
}
BENCHMARK(select_warm_with_depth);

void select_cold(benchmark::State& state) {
  const Shop shop;
  const SelectionQuery query{*parse_asked_symbol("BTCUSDT"), Timeframe::m1};
  for (auto _ : state) {
    state.PauseTiming();
    const auto fresh = std::move(*Selector::make(shop.registry, {}));
    state.ResumeTiming();
    benchmark::DoNotOptimize(fresh->select(query));
  }
}
BENCHMARK(select_cold)->Iterations(2000);

// What `chandler select` pays once, a listing of 3,001 instruments.
void load_listing(benchmark::State& state) {
  const std::string text = print_listing(Shop::long_listing());
  for (auto _ : state) {
    benchmark::DoNotOptimize(Shop::indexed(*parse_listing(text, "listing")));
  }
}
BENCHMARK(load_listing);

}  // namespace
}  // namespace chandler
