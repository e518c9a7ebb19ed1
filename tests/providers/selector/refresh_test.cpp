#include "selector/refresh.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/providers/fake_registry.h"

namespace chandler {
namespace {

namespace fs = std::filesystem;
using testing::able;
using testing::FakeProvider;

class RefreshTest : public ::testing::Test {
 protected:
  RefreshTest() {
    std::string pattern = (fs::temp_directory_path() / "chandler-refresh-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    root = pattern;
  }
  ~RefreshTest() override {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }

  FakeProvider& add(Capabilities capabilities, Result<std::vector<Listed>> listed) {
    auto provider = std::make_unique<FakeProvider>(std::move(capabilities));
    provider->listed = std::move(listed);
    FakeProvider& added = *provider;
    EXPECT_TRUE(registry.add(std::move(provider)));
    return added;
  }
  [[nodiscard]] std::vector<RefreshOutcome> refresh() const {
    return refresh_listings(registry, ListingFiles{root}, now, {});
  }
  static std::vector<Listed> one() {
    return {{.instrument = {*Symbol::parse("BTCUSDT"), AssetClass::crypto, "BTC", "USDT"}}};
  }

  fs::path root;
  Instant now = *parse_exact("2024-05-01 12:00:00");
  testing::NoMachinery machinery;
  Registry registry =
      *Registry::make({}, *parse_config(R"({"providers": {"off": {"enabled": false}}})", "c.json"),
                      machinery.get([](std::string_view) { return std::nullopt; }));
};

TEST_F(RefreshTest, AsksEveryoneWhoCanAnswerAndKeepsWhatTheySay) {
  Capabilities keyless = able("keyless");
  keyless.has_key = false;
  add(able("binance"), one());
  add(able("yahoo"), Error{ErrorKind::unsupported, "no listing", "", ""});
  FakeProvider& off = add(able("off"), one());
  FakeProvider& without_key = add(std::move(keyless), one());
  FakeProvider& made_up = add(able("sandbox"), one());
  const auto outcomes = refresh();

  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].provider, "binance");
  EXPECT_EQ(outcomes[0].listed, 1U);
  EXPECT_FALSE(outcomes[0].failed);
  EXPECT_EQ(off.listings_asked + without_key.listings_asked + made_up.listings_asked, 0);
  const auto kept = ListingFiles{root}.read_all().listings;
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].fetched_at, now);
  EXPECT_EQ(kept[0].listed[0].instrument.symbol.name(), "BTCUSDT");
}

TEST_F(RefreshTest, AFailureLeavesTheOldListingAndTheOthersGoOn) {
  FakeProvider& shaky = add(able("shaky"), one());
  add(able("steady"), one());
  ASSERT_EQ(refresh().size(), 2U);
  shaky.listed = Error{ErrorKind::unavailable, "does not answer", "", ""};
  const auto outcomes = refresh();

  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].failed->what, "does not answer");
  EXPECT_FALSE(outcomes[1].failed);
  EXPECT_EQ(ListingFiles{root}.read_all().listings.size(), 2U);
}

TEST_F(RefreshTest, AnEmptyListingIsNotBelieved) {
  add(able("empty"), std::vector<Listed>{});
  const auto outcomes = refresh();

  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].failed->what, "the listing is empty");
  EXPECT_TRUE(ListingFiles{root}.read_all().listings.empty());
}

TEST_F(RefreshTest, StopsWhenInterrupted) {
  add(able("first"), Error{ErrorKind::interrupted, "stopped", "", ""});
  FakeProvider& second = add(able("second"), one());
  const auto outcomes = refresh();

  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].failed->kind, ErrorKind::interrupted);
  EXPECT_EQ(second.listings_asked, 0);
}

TEST_F(RefreshTest, TellsWhatCannotBeWritten) {
  fs::create_directories(root / "_metadata" / "listings" / "binance.json");
  add(able("binance"), one());
  const auto outcomes = refresh();

  ASSERT_EQ(outcomes.size(), 1U);
  ASSERT_TRUE(outcomes[0].failed);
  EXPECT_NE(outcomes[0].failed->line().find("binance.json"), std::string::npos);
}

}  // namespace
}  // namespace chandler
