// The worked examples, as a user has them: one over HTTP against a small server on this machine,
// one with the files that come with it.
#include <gmock/gmock.h>
#include <httplib.h>

#include <thread>

#include "http/curl_transport.h"
#include "plugin/discover.h"
#include "tests/providers/plugin/fixture.h"

namespace chandler::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CoinGecko : public PluginTest {
 protected:
  CoinGecko() {
    server_.Get(R"(/api/v3/coins/([a-z]+)/ohlc)", [this](const httplib::Request& asked,
                                                         httplib::Response& answer) {
      asked_for.push_back(asked.matches[1].str() + " " + asked.get_param_value("vs_currency") +
                          " " + asked.get_param_value("days"));
      key = asked.get_header_value("x-cg-demo-api-key");
      answer.status = status;
      answer.set_content(body, "application/json");
    });
    server_.set_keep_alive_max_count(1);  // else its end waits for idle connections
    const int port = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
    variables["CHANDLER_COINGECKO_BASE_URL"] = "http://127.0.0.1:" + std::to_string(port);
  }
  ~CoinGecko() override { server_.stop(); }

  Fetched fetch_candles(const std::string& symbol, Timeframe timeframe, TimeRange range) {
    std::vector<std::filesystem::path> places{CHANDLER_COINGECKO_PLUGIN};
    LoadedPlugins loaded = load_plugins(
        places, environment(),
        [this](const std::string&) {
          return ProviderContext{
              .transport = curl_, .limits = limits, .timer = timer, .environment = environment()};
        },
        {});
    if (loaded.providers.empty()) return {.error = loaded.errors.at(0)};
    provider = std::move(loaded.providers[0]);
    return fetch(*provider, request(symbol, timeframe, range));
  }

  std::string body = "[]";
  int status = 200;
  std::vector<std::string> asked_for;
  std::string key;
  std::unique_ptr<Provider> provider;

 private:
  httplib::Server server_;
  http::CurlTransport curl_;
  std::jthread thread_;
};

const TimeRange kWeek{at("2024-05-27 00:00:00"), at("2024-06-02 00:00:00")};

TEST_F(CoinGecko, LabelsCandlesWithTheirBeginAndKeepsBackTheLiveOne) {
  // Times are those of the candles' ends: 04:00, 08:00, and the moment it was asked.
  body = R"([[1717214400000,1,4,0.5,2],[1717228800000,2,3,1.5,2.5],[1717243230000,2.5,3,2,2]])";

  const Fetched got = fetch_candles("BTCUSD", Timeframe::h4, kWeek);

  ASSERT_FALSE(got.error) << got.error->line();
  EXPECT_THAT(asked_for, ElementsAre("bitcoin usd 7"));
  EXPECT_THAT(got.bars.timestamp,
              ElementsAre(at("2024-06-01 00:00:00"), at("2024-06-01 04:00:00")));
  EXPECT_THAT(got.bars.high, ElementsAre(4, 3));
  EXPECT_THAT(got.bars.volume, ElementsAre(0, 0));
  EXPECT_EQ(provider->calls().requests, 1U);
}

TEST_F(CoinGecko, SendsTheKeyAsAHeader) {
  variables["COINGECKO_API_KEY"] = "demo-k3y";
  body = "oops";

  const Fetched got = fetch_candles("ETHEUR", Timeframe::m30, kWeek);

  EXPECT_THAT(asked_for, ElementsAre("ethereum eur 1"));
  EXPECT_EQ(key, "demo-k3y");
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->line(), "coingecko: the answer is not a list");
}

TEST_F(CoinGecko, SaysWhatItDoesNotHave) {
  EXPECT_EQ(fetch_candles("XYZUSD", Timeframe::h4, kWeek).error->kind, ErrorKind::not_found);
  EXPECT_EQ(fetch_candles("BTCUSD", Timeframe::d1, kWeek).error->kind, ErrorKind::unsupported);
  EXPECT_THAT(asked_for, IsEmpty());
  status = 404;
  EXPECT_EQ(fetch_candles("BTCUSD", Timeframe::h4, kWeek).error->kind, ErrorKind::not_found);
}

class CsvFolder : public PluginTest {
 protected:
  Fetched fetch_days(const std::string& symbol, TimeRange range) {
    auto made = executable(std::filesystem::path(CHANDLER_SOURCE_DIR) /
                           "examples/plugins/csv_folder/csv_folder.py");
    if (!made) return {.error = made.error()};
    provider = *std::move(made);
    return fetch(*provider, request(symbol, Timeframe::d1, range));
  }
  std::unique_ptr<Provider> provider;
};

const TimeRange kJanuary{at("2024-01-03 00:00:00"), at("2024-01-05 00:00:00")};

TEST_F(CsvFolder, ReadsTheFilesThatComeWithIt) {
  const Fetched got = fetch_days("DEMO", kJanuary);

  ASSERT_FALSE(got.error) << got.error->line();
  EXPECT_THAT(got.bars.timestamp,
              ElementsAre(at("2024-01-03 00:00:00"), at("2024-01-04 00:00:00")));
  EXPECT_THAT(got.bars.close, ElementsAre(98.5, 100.25));
  EXPECT_EQ(got.bars.trade_count[0], 402);
}

TEST_F(CsvFolder, SortsRowsOfAnotherFolder) {
  variables["CSV_FOLDER"] = folder.path();
  folder.file("MINE_1d.csv",
              "volume,close,low,high,open,timestamp,note\r\n"
              "5,4,1,9,2,2024-01-04T00:00:00Z,x\r\n5,3,1,9,2,2024-01-03,y\r\n");

  const Fetched got = fetch_days("MINE", kJanuary);

  ASSERT_FALSE(got.error) << got.error->line();
  EXPECT_THAT(got.bars.close, ElementsAre(3, 4));
}

TEST_F(CsvFolder, SaysWhatIsWrong) {
  variables["CSV_FOLDER"] = folder.path();
  folder.file("SHORT_1d.csv", "timestamp,open\n");
  folder.file("TIMES_1d.csv", "timestamp,open,high,low,close,volume\nnoon,1,1,1,1,1\n");

  EXPECT_THAT(fetch_days("NONE", kJanuary).error->line(), HasSubstr("there is no NONE_1d.csv"));
  EXPECT_EQ(provider->breaker(), BreakerState::closed);
  EXPECT_THAT(fetch_days("SHORT", kJanuary).error->line(), HasSubstr("has no column high"));
  EXPECT_THAT(fetch_days("TIMES", kJanuary).error->line(), HasSubstr("'noon' cannot be read"));
  EXPECT_EQ(fetch_days("../SHORT", kJanuary).error->kind, ErrorKind::unsupported);
}

TEST_F(CsvFolder, AnswersTheProtocolByHand) {
  auto made = executable(std::filesystem::path(CHANDLER_SOURCE_DIR) /
                         "examples/plugins/csv_folder/csv_folder.py");

  ASSERT_TRUE(made);
  EXPECT_EQ((*made)->capabilities().name, "csv_folder");
  EXPECT_EQ((*made)->capabilities().timeframes.size(), 15U);
}

// The program that docs/plugins.md starts with.
TEST_F(PluginTest, WorksAsTheDocumentationSays) {
  std::ifstream in(std::filesystem::path(CHANDLER_SOURCE_DIR) / "docs/plugins.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const std::size_t begin = page.find("#!/usr/bin/env python3");
  ASSERT_NE(begin, std::string::npos);
  const auto file = folder.file("dice", page.substr(begin, page.find("```", begin) - begin));
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);

  const auto dice = executable(file);
  ASSERT_TRUE(dice) << dice.error().line();
  const TimeRange range{at("2024-01-01 00:30:00"), at("2024-01-01 04:00:00")};
  const Fetched got = fetch(**dice, request("DICEUSD", Timeframe::h1, range));
  const Fetched other = fetch(**dice, request("BTCUSD", Timeframe::h1, range));

  ASSERT_FALSE(got.error) << got.error->line();
  EXPECT_THAT(got.bars.timestamp, ElementsAre(at("2024-01-01 01:00:00"), at("2024-01-01 02:00:00"),
                                              at("2024-01-01 03:00:00")));
  EXPECT_EQ(other.error->kind, ErrorKind::not_found);
  EXPECT_TRUE((*dice)->probe({})->ok);
}

}  // namespace
}  // namespace chandler::plugin
