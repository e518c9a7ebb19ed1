#include "import/columns.h"

#include <gtest/gtest.h>

#include <map>

namespace chandler::foreign {
namespace {

std::vector<std::string> names(const std::string& header) { return *split_all(header, ','); }

// Position of each slot, -1 where there is none.
std::map<std::string, int> places(const ColumnPlan& plan) {
  std::map<std::string, int> found;
  for (std::size_t i = 0; i < plan.order.size(); ++i) {
    const int slot = plan.order[i];
    if (slot == kNoSlot) continue;
    const auto index = static_cast<std::size_t>(slot);
    const std::string name = index == kTimestampSlot ? "timestamp"
                             : index == kClockSlot
                                 ? "clock"
                                 : std::string(to_string(kAllColumns[index - kFirstColumnSlot]));
    found[name] = static_cast<int>(i);
  }
  return found;
}

Result<ColumnPlan> plan(const std::string& header, const std::string& mapping = "") {
  return plan_columns(names(header), *parse_mapping(mapping));
}

using Places = std::map<std::string, int>;

TEST(Columns, NamesAreComparedWithoutCaseAndSigns) {
  EXPECT_EQ(normalised(" Adj Close "), "adj_close");
  EXPECT_EQ(normalised("Close/Last"), "close_last");
  EXPECT_EQ(normalised("<OPEN>"), "open");
  EXPECT_EQ(normalised("Volume (BTC)"), "volume_btc");
  EXPECT_EQ(normalised("--"), "");
}

TEST(Columns, AreFoundByOtherPeoplesNames) {
  const std::pair<const char*, Places> cases[] = {
      {"timestamp,open,high,low,close,volume",
       {{"timestamp", 0}, {"open", 1}, {"high", 2}, {"low", 3}, {"close", 4}, {"volume", 5}}},
      {"Date,Open,High,Low,Close,Adj Close,Volume",
       {{"timestamp", 0},
        {"open", 1},
        {"high", 2},
        {"low", 3},
        {"close", 4},
        {"adj_close", 5},
        {"volume", 6}}},
      {"Date,Close/Last,Volume,Open,High,Low",
       {{"timestamp", 0}, {"close", 1}, {"volume", 2}, {"open", 3}, {"high", 4}, {"low", 5}}},
      {"Unix,Date,Symbol,Open,High,Low,Close,Volume ETH,Volume USDT,tradecount",
       {{"timestamp", 0},
        {"open", 3},
        {"high", 4},
        {"low", 5},
        {"close", 6},
        {"volume", 7},
        {"turnover", 8},
        {"trade_count", 9}}},
      {"<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>,<SPREAD>",
       {{"timestamp", 0},
        {"clock", 1},
        {"open", 2},
        {"high", 3},
        {"low", 4},
        {"close", 5},
        {"volume", 6}}},
      {"time,o,h,l,c,v",
       {{"timestamp", 0}, {"open", 1}, {"high", 2}, {"low", 3}, {"close", 4}, {"volume", 5}}},
      {"open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_"
       "buy_quote_volume,ignore",
       {{"timestamp", 0},
        {"open", 1},
        {"high", 2},
        {"low", 3},
        {"close", 4},
        {"volume", 5},
        {"turnover", 7},
        {"trade_count", 8}}},
      {",Gmt time,Open,High,Low,Close,Volume",
       {{"timestamp", 1}, {"open", 2}, {"high", 3}, {"low", 4}, {"close", 5}, {"volume", 6}}},
  };
  for (const auto& [header, where] : cases) {
    const auto made = plan(header);
    ASSERT_TRUE(made) << header << ": " << made.error().line();
    EXPECT_EQ(places(*made), where) << header;
    EXPECT_EQ(made->has_clock, where.contains("clock")) << header;
  }
}

TEST(Columns, TheUsersWordGoesFirst) {
  const auto by_name = plan("When,Open,High,Low,Close,Last,Volume", "timestamp=when,close=Last");
  ASSERT_TRUE(by_name);
  EXPECT_EQ(places(*by_name)["close"], 5);
  EXPECT_EQ(by_name->time_name, "when");

  const auto by_position = plan(",,,,,", "timestamp=5,open=0,high=1,low=2,close=3,volume=4");
  ASSERT_TRUE(by_position);
  EXPECT_EQ(places(*by_position)["timestamp"], 5);
  EXPECT_EQ(places(*by_position)["volume"], 4);

  const auto in_halves =
      plan("Day1,Clock,Timestamp,Open,High,Low,Close,Volume", "date=Day1, time=Clock");
  ASSERT_TRUE(in_halves);
  EXPECT_EQ(places(*in_halves)["timestamp"], 0);
  EXPECT_EQ(places(*in_halves)["clock"], 1);

  const auto without = plan("time,open,high,low,close,vwap", "volume=none,vwap=none");
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->has_volume);
  EXPECT_EQ(without->columns, ColumnSet{});
}

TEST(Columns, ThatAreMissingOrDoubtfulAreNamed) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"open,high,low,close,volume", "", "known as timestamp"},
      {"time,open,high,low,volume", "", "known as close"},
      {"time,open,high,low,close", "", "volume=none"},
      {"time,open,high,low,close,close,volume", "", "two columns are named \"close\""},
      {"time,open,high,low,close,volume", "close=Last", "there is no column \"Last\""},
      {"time,open,high,low,close,volume", "close=9", "has 6 columns"},
      {"time,open,high,low,close,volume", "close=4,vwap=4", "column 4 is mapped twice"},
      {"open,high,low,close,volume,x", "time=x", "known as timestamp"},
  };
  for (const auto& [header, mapping, said] : cases) {
    const auto made = plan(header, mapping);
    ASSERT_FALSE(made) << header;
    EXPECT_NE(made.error().line().find(said), std::string::npos) << made.error().line();
  }
}

TEST(Columns, AMappingThatMakesNoSenseIsRefused) {
  for (const char* text : {"timestamp", "timestamp=", "=0", "price=1", "open=1,open=2",
                           "timestamp=0,date=1", "timestamp=0,time=1", "open=1,,high=2"}) {
    const auto mapping = parse_mapping(text);
    ASSERT_FALSE(mapping) << text;
    EXPECT_EQ(mapping.error().kind, ErrorKind::usage);
  }
  EXPECT_FALSE(says_anything(*parse_mapping("")));
  EXPECT_TRUE(says_anything(*parse_mapping("open=1")));
}

}  // namespace
}  // namespace chandler::foreign
