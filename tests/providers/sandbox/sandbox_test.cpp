#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "provider_context.h"
#include "sandbox/market.h"

namespace chandler {
namespace {

using enum AssetClass;

class NoTransport final : public http::Transport {
 public:
  Result<http::Response> get(const http::Request&, const std::stop_token&) override {
    ADD_FAILURE() << "the sandbox asked the network";
    return Error{};
  }
};

class StandingTimer final : public http::Timer {
 public:
  explicit StandingTimer(Instant now) : now_(now) {}
  [[nodiscard]] http::Moment now() const override { return now_; }
  bool wait_until(http::Moment, const std::stop_token&) override { return true; }

 private:
  Instant now_;
};

Instant at(const std::string& text) { return *parse_exact(text); }

Instrument instrument(const std::string& name, AssetClass asset_class) {
  return {.symbol = *Symbol::parse(name), .asset_class = asset_class};
}

class SandboxTest : public testing::Test {
 protected:
  Provider& provider() {
    if (!provider_) {
      provider_ =
          make_sandbox({.transport = transport_,
                        .limits = limits_,
                        .timer = *timer_,
                        .environment = [this](std::string_view name) -> std::optional<std::string> {
                          const auto found = variables_.find(std::string(name));
                          if (found == variables_.end()) return {};
                          return found->second;
                        },
                        .settings = settings_});
    }
    return *provider_;
  }

  void now_is(const std::string& text) {
    timer_ = std::make_unique<StandingTimer>(at(text));
    provider_.reset();
  }

  std::vector<BarPage> pages(const FetchRequest& request) {
    std::vector<BarPage> out;
    auto stream = provider().fetch(request);
    EXPECT_TRUE(stream.ok());
    for (;;) {
      auto page = (*stream)->next({});
      EXPECT_TRUE(page.ok());
      if (!page.ok() || !page->has_value()) return out;
      out.push_back(std::move(**page));
    }
  }

  std::map<std::string, std::string> variables_;
  ProviderSettings settings_;

 private:
  NoTransport transport_;
  // The context refers to limits, and the sandbox has none: no such thing is ever looked at.
  std::max_align_t never_looked_at_{};
  http::SharedLimits& limits_ = reinterpret_cast<http::SharedLimits&>(never_looked_at_);
  std::unique_ptr<StandingTimer> timer_ =
      std::make_unique<StandingTimer>(at("2025-06-01 00:00:00"));
  std::unique_ptr<Provider> provider_;
};

TEST_F(SandboxTest, OffersEveryClassAndTimeframeWithoutAKey) {
  const Capabilities& capabilities = provider().capabilities();

  EXPECT_EQ(capabilities.name, "sandbox");
  for (const AssetClass c : {unknown, crypto, stock, etf, index, forex, future})
    EXPECT_TRUE(capabilities.covers(c)) << to_string(c);
  for (const Timeframe tf : kAllTimeframes) EXPECT_TRUE(capabilities.offers(tf));
  EXPECT_TRUE(capabilities.key_variables.empty());
  EXPECT_TRUE(capabilities.has_key);
  EXPECT_EQ(capabilities.page_bars, 10'000U);
}

TEST_F(SandboxTest, TakesItsReliabilityFromTheConfiguration) {
  settings_.reliability = 0.25;

  EXPECT_EQ(provider().capabilities().reliability, 0.25);
}

TEST_F(SandboxTest, PagesMakeUpTheMarketAndTheRange) {
  const TimeRange range{at("2024-01-01 00:00:30"), at("2024-01-20 00:00:00")};

  const std::vector<BarPage> got = pages(
      {.instruments = {instrument("BTCUSDT", crypto)}, .timeframe = Timeframe::m1, .range = range});

  ASSERT_EQ(got.size(), 3U);
  BarSeries bars;
  Instant settled = range.from;
  for (const BarPage& page : got) {
    EXPECT_LE(page.bars.size(), 10'000U);
    EXPECT_EQ(page.source, "sandbox");
    EXPECT_EQ(page.settles.from, settled);
    for (const Instant t : page.bars.timestamp) EXPECT_TRUE(page.settles.contains(t));
    settled = page.settles.to;
    bars.append(page.bars);
  }
  EXPECT_EQ(settled, range.to);
  const sandbox::Market market(*Symbol::parse("BTCUSDT"), crypto);
  EXPECT_TRUE(identical(bars, market.bars(Timeframe::m1, range)));
  EXPECT_EQ(provider().calls().requests, 3U);
}

struct OpenCase {
  std::string symbol;
  AssetClass asset_class;
  Timeframe timeframe;
  std::string now;
  std::string last;     // the last bar that is over
  std::string settled;  // up to where
};

TEST_F(SandboxTest, OpenBarsAreNotDelivered) {
  const std::vector<OpenCase> cases = {
      {"BTCUSDT", crypto, Timeframe::m1, "2024-06-03 12:00:30", "2024-06-03 11:59:00",
       "2024-06-03 12:00:00"},
      {"BTCUSDT", crypto, Timeframe::m1, "2024-06-03 12:00:00", "2024-06-03 11:59:00",
       "2024-06-03 12:00:00"},
      {"BTCUSDT", crypto, Timeframe::mo1, "2024-06-30 23:59:59", "2024-05-01 00:00:00",
       "2024-06-01 00:00:00"},
      {"BTCUSDT", crypto, Timeframe::mo1, "2024-07-01 00:00:00", "2024-06-01 00:00:00",
       "2024-07-01 00:00:00"},
      // During the session, at its end, and on a Sunday.
      {"AAPL", stock, Timeframe::d1, "2024-06-03 19:59:59", "2024-05-31 00:00:00",
       "2024-06-03 00:00:00"},
      {"AAPL", stock, Timeframe::d1, "2024-06-03 20:00:00", "2024-06-03 00:00:00",
       "2024-06-03 20:00:00"},
      {"AAPL", stock, Timeframe::d1, "2024-06-02 12:00:00", "2024-05-31 00:00:00",
       "2024-06-02 12:00:00"},
      {"AAPL", stock, Timeframe::w1, "2024-06-07 21:00:00", "2024-05-27 00:00:00",
       "2024-06-03 00:00:00"},
  };
  for (const OpenCase& c : cases) {
    SCOPED_TRACE(c.symbol + " " + std::string(to_string(c.timeframe)) + " at " + c.now);
    now_is(c.now);

    const std::vector<BarPage> got =
        pages({.instruments = {instrument(c.symbol, c.asset_class)},
               .timeframe = c.timeframe,
               .range = {at(c.now) - std::chrono::hours{24 * 70}, at("2025-01-01 00:00:00")}});

    ASSERT_FALSE(got.empty());
    ASSERT_FALSE(got.back().bars.empty());
    EXPECT_EQ(format_instant(got.back().bars.timestamp.back()), c.last);
    EXPECT_EQ(format_instant(got.back().settles.to), c.settled);
  }
}

TEST_F(SandboxTest, ARangeWithoutBarsIsSettledAllTheSame) {
  const TimeRange weekend{at("2024-06-01 00:00:00"), at("2024-06-02 00:00:00")};

  const std::vector<BarPage> got = pages(
      {.instruments = {instrument("AAPL", stock)}, .timeframe = Timeframe::m1, .range = weekend});

  ASSERT_EQ(got.size(), 1U);
  EXPECT_TRUE(got[0].bars.empty());
  EXPECT_EQ(got[0].settles, weekend);
}

TEST_F(SandboxTest, TheFutureHasNoPages) {
  EXPECT_TRUE(pages({.instruments = {instrument("BTCUSDT", crypto)},
                     .timeframe = Timeframe::h1,
                     .range = {at("2025-07-01 00:00:00"), at("2025-08-01 00:00:00")}})
                  .empty());
}

TEST_F(SandboxTest, RefusesWhatItCannotAnswer) {
  const TimeRange range{at("2024-06-01 00:00:00"), at("2024-06-02 00:00:00")};
  const Instrument bitcoin = instrument("BTCUSDT", crypto);

  const auto two = provider().fetch({.instruments = {bitcoin, bitcoin}, .range = range});
  const auto endless = provider().fetch({.instruments = {bitcoin}, .range = {}});

  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().kind, ErrorKind::usage);
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().kind, ErrorKind::usage);
}

TEST_F(SandboxTest, StopsWhenAskedTo) {
  std::stop_source stop;
  stop.request_stop();
  auto stream = provider().fetch({.instruments = {instrument("BTCUSDT", crypto)},
                                  .timeframe = Timeframe::m1,
                                  .range = year_range(2024)});
  ASSERT_TRUE(stream.ok());

  EXPECT_EQ((*stream)->next(stop.get_token()).error().kind, ErrorKind::interrupted);
  EXPECT_EQ(provider().listing(stop.get_token()).error().kind, ErrorKind::interrupted);
  EXPECT_EQ(provider().probe(stop.get_token()).error().kind, ErrorKind::interrupted);
}

TEST_F(SandboxTest, FaultsComeFromTheEnvironment) {
  variables_["CHANDLER_SANDBOX_FAULTS"] = "outage=2024-06-01/2024-06-02";

  const std::vector<BarPage> got =
      pages({.instruments = {instrument("BTCUSDT", crypto)},
             .timeframe = Timeframe::h1,
             .range = {at("2024-05-31 00:00:00"), at("2024-06-03 00:00:00")}});

  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].bars.size(), 48U);
}

TEST_F(SandboxTest, EveryNthPageFailsWhenToldTo) {
  variables_["CHANDLER_SANDBOX_FAULTS"] = "fail_every=2";
  auto stream = provider().fetch({.instruments = {instrument("BTCUSDT", crypto)},
                                  .timeframe = Timeframe::m1,
                                  .range = year_range(2024)});
  ASSERT_TRUE(stream.ok());

  EXPECT_TRUE((*stream)->next({}).ok());
  const auto second = (*stream)->next({});
  const auto third = (*stream)->next({});

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
  ASSERT_TRUE(third.ok());  // after an error the stream is over
  EXPECT_FALSE(third->has_value());
  EXPECT_EQ(provider().calls().failures, 1U);
}

TEST_F(SandboxTest, AnUnknownFaultIsAUsageErrorThatNamesIt) {
  variables_["CHANDLER_SANDBOX_FAULTS"] = "hole=0.1";

  const auto stream = provider().fetch({.instruments = {instrument("BTCUSDT", crypto)},
                                        .timeframe = Timeframe::m1,
                                        .range = year_range(2024)});
  const auto health = provider().probe({});

  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, ErrorKind::usage);
  EXPECT_NE(stream.error().line().find("\"hole=0.1\""), std::string::npos);
  ASSERT_TRUE(health.ok());
  EXPECT_FALSE(health->ok);
  EXPECT_NE(health->detail.find("hole=0.1"), std::string::npos);
}

TEST_F(SandboxTest, ListsWellKnownNamesOfEveryClass) {
  const auto listing = provider().listing({});

  ASSERT_TRUE(listing.ok());
  EXPECT_GE(listing->size(), 30U);
  std::map<AssetClass, int> classes;
  std::map<std::string, Instrument> by_name;
  for (const Listed& listed : *listing) {
    ++classes[listed.instrument.asset_class];
    by_name.emplace(listed.instrument.symbol.name(), listed.instrument);
  }
  EXPECT_EQ(by_name.size(), listing->size());
  for (const AssetClass c : {crypto, stock, etf, index, forex, future})
    EXPECT_GT(classes[c], 0) << to_string(c);
  EXPECT_EQ(by_name.at("SPY").asset_class, etf);
  EXPECT_EQ(by_name.at("ETHBTC").quote, "BTC");
}

TEST_F(SandboxTest, IsAlwaysHealthy) {
  const auto health = provider().probe({});

  ASSERT_TRUE(health.ok());
  EXPECT_TRUE(health->ok);
  EXPECT_EQ(provider().breaker(), BreakerState::closed);
  EXPECT_EQ(*provider().spelling(instrument("BRK.B", stock)), "BRK.B");
}

}  // namespace
}  // namespace chandler
