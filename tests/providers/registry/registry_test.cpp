#include "registry/registry.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/providers/fake_registry.h"

namespace chandler {
namespace {

using testing::able;
using testing::FakeProvider;
using testing::NoMachinery;

class RegistryTest : public ::testing::Test {
 protected:
  // Providers a and b-2.x, as a program would build them in; what they were made with is kept.
  Result<Registry> make(const std::string& config_text = "{}") {
    auto config = parse_config(config_text, "chandler.json");
    if (!config) return config.error();
    std::vector<BuiltInProvider> table;
    for (const char* const name : {"binance", "b-2.x"}) {
      table.push_back({name, [this, name](const ProviderContext& context) {
                         made_with[name] = context.settings;
                         key[name] = context.environment("SOME_KEY").value_or("");
                         return std::make_unique<FakeProvider>(able(name));
                       }});
    }
    return Registry::make(table, *config, machinery.get([this](std::string_view n) {
      const auto found = variables.find(std::string(n));
      return found == variables.end() ? std::optional<std::string>{} : found->second;
    }));
  }

  NoMachinery machinery;
  std::map<std::string, std::string> variables;
  std::map<std::string, ProviderSettings> made_with;
  std::map<std::string, std::string> key;
};

TEST_F(RegistryTest, MakesTheBuiltInProvidersWithTheirSettingsAndTheEnvironment) {
  variables["SOME_KEY"] = "k";
  const auto registry = make(R"({"providers": {"binance": {"rate_limit": "7/minute"}}})");

  ASSERT_TRUE(registry) << registry.error().line();
  ASSERT_EQ(registry->entries().size(), 2U);
  EXPECT_EQ((*registry->find("binance"))->capabilities().name, "binance");
  EXPECT_EQ(made_with["binance"].rate_limit, (RateLimit{7, seconds{60}}));
  EXPECT_FALSE(made_with["b-2.x"].rate_limit);
  EXPECT_EQ(key["b-2.x"], "k");
}

TEST_F(RegistryTest, TheEnvironmentMovesEndpointsWhateverTheConfigurationSays) {
  variables["CHANDLER_BINANCE_BASE_URL"] = "http://127.0.0.1:8080/";
  variables["CHANDLER_B_2_X_BASE_URL"] = "https://elsewhere.example";
  ASSERT_TRUE(make(R"({"providers": {"binance": {"base_url": "https://x.example"}}})"));
  EXPECT_EQ(made_with["binance"].base_url, "http://127.0.0.1:8080");
  EXPECT_EQ(made_with["b-2.x"].base_url, "https://elsewhere.example");

  variables["CHANDLER_BINANCE_BASE_URL"] = "";
  ASSERT_TRUE(make(R"({"providers": {"binance": {"base_url": "https://x.example"}}})"));
  EXPECT_EQ(made_with["binance"].base_url, "https://x.example");

  EXPECT_EQ(base_url_variable("alpha_vantage"), "CHANDLER_ALPHA_VANTAGE_BASE_URL");
}

TEST_F(RegistryTest, AnEndpointThatMakesNoSenseIsToldWithItsVariable) {
  variables["CHANDLER_BINANCE_BASE_URL"] = "http://example.org";
  const auto registry = make();

  ASSERT_FALSE(registry);
  EXPECT_EQ(registry.error().line(),
            "CHANDLER_BINANCE_BASE_URL: \"http://example.org\" is plain http to another machine; "
            "use https; plain http is for localhost only");
  EXPECT_EQ(registry.error().kind, ErrorKind::usage);
}

TEST_F(RegistryTest, MeetsAnUnknownNameWithTheNearest) {
  const auto registry = make();
  ASSERT_TRUE(registry);

  EXPECT_EQ(registry->find("binanse").error().line(),
            "there is no provider \"binanse\"; did you mean \"binance\"?");
  EXPECT_EQ(registry->find("zzz").error().line(),
            "there is no provider \"zzz\"; `chandler providers` lists them");
  EXPECT_EQ(registry->find("zzz").error().kind, ErrorKind::usage);
  EXPECT_EQ(registry->entry("zzz"), nullptr);
}

TEST_F(RegistryTest, KnowsWhatIsSwitchedOffAndSaysWhere) {
  const auto registry = make("{\n\"providers\": {\n\"binance\": {\"enabled\": false}}}");
  ASSERT_TRUE(registry);

  ASSERT_NE(registry->entry("binance"), nullptr);
  EXPECT_FALSE(registry->entry("binance")->enabled);
  EXPECT_TRUE(registry->entry("b-2.x")->enabled);
  EXPECT_EQ(
      registry->find("binance").error().line(),
      "chandler.json:3: the provider \"binance\" is switched off; set its \"enabled\" to true "
      "there");
}

TEST_F(RegistryTest, TakesPluginsUnderFreeNames) {
  auto registry = make(R"({"providers": {"mine": {"enabled": false}}})");
  ASSERT_TRUE(registry);
  EXPECT_EQ(registry->check_names().error().line(),
            "chandler.json:1: there is no provider \"mine\"; `chandler providers` lists them");

  ASSERT_TRUE(registry->add(std::make_unique<FakeProvider>(able("mine"))));
  EXPECT_TRUE(registry->check_names());
  EXPECT_FALSE(registry->entry("mine")->enabled);
  EXPECT_EQ(registry->add(std::make_unique<FakeProvider>(able("binance"))).error().what,
            "there is a provider \"binance\" already");
  EXPECT_EQ(registry->add(std::make_unique<FakeProvider>(able("../x"))).error().what,
            "\"../x\" is not a provider's name");
  EXPECT_EQ(registry->entries().size(), 3U);
}

TEST_F(RegistryTest, ChecksTheNamesInRules) {
  const auto registry =
      make("{\"selection\": [\n{\"class\": \"crypto\", \"providers\": [\"binanc\"]}]}");
  ASSERT_TRUE(registry);

  EXPECT_EQ(registry->check_names().error().line(),
            "chandler.json:2: there is no provider \"binanc\"; did you mean \"binance\"?");
}

}  // namespace
}  // namespace chandler
