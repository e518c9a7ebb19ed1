#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <string>

#include "tests/providers/exchange/http_client.h"
#include "tests/support/exchange/exchange.h"
#include "tests/support/exchange/venue.h"

namespace chandler::testing {
namespace {

using nlohmann::ordered_json;
using std::chrono::hours;

Instant at(const std::string& text) { return *parse_exact(text); }

class AlphaVantageExchange : public ::testing::Test {
 protected:
  Answer query(const std::string& parameters, const std::string& key = "abc123") {
    return client_.get(exchange_->url() + "/query?" + parameters + "&apikey=" + key);
  }
  std::unique_ptr<Exchange> exchange_ = *Exchange::start({.now = at("2024-06-03 23:00:00")});

 private:
  HttpClient client_;
};

constexpr const char* kMarch =
    "function=TIME_SERIES_INTRADAY&symbol=IBM&interval=5min&month=2024-03&outputsize=full";

// Rows of a CSV answer as they came: newest first, wall time.
BarSeries read_csv(const Answer& answer) {
  BarSeries out;
  std::istringstream lines(answer.body);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "timestamp,open,high,low,close,volume\r");
  while (std::getline(lines, line)) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream cells(line);
    std::string date;
    std::string time = "00:00:00";
    cells >> date;
    if (line.find(':') != std::string::npos) cells >> time;
    out.timestamp.push_back(at(date + " " + time));
    for (const Column c :
         {Column::open, Column::high, Column::low, Column::close, Column::volume}) {
      double value = 0;
      cells >> value;
      out.column(c).push_back(value);
    }
  }
  return out;
}

BarSeries oldest_first_in_utc(const BarSeries& rows) {
  BarSeries out;
  for (std::size_t i = rows.size(); i-- > 0;) {
    out.append(rows, i, i + 1);
    // Close enough to UTC to know the offset.
    const Instant wall = out.timestamp.back();
    out.timestamp.back() = wall - zone_offset(kNewYork, wall + hours{5});
  }
  return out;
}

BarSeries regular(const BarSeries& rows, Timeframe tf) {
  BarSeries out;
  const Calendar calendar(CalendarKind::us_equities);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (calendar.expects(tf, rows.timestamp[i])) out.append(rows, i, i + 1);
  }
  return out;
}

TEST_F(AlphaVantageExchange, AMonthArrivesBitForBitAcrossTheChangeOfTheClock) {
  const BarSeries rows =
      oldest_first_in_utc(read_csv(query(std::string(kMarch) + "&datatype=csv")));

  const BarSeries truth = exchange_->truth(Venue::alpha_vantage, "IBM", Timeframe::m5,
                                           {at("2024-03-01 00:00:00"), at("2024-04-01 00:00:00")});
  EXPECT_EQ(truth.size(), 20U * 78);
  expect_identical(regular(rows, Timeframe::m5), truth);
  EXPECT_GT(rows.size(), truth.size());  // extended hours
}

TEST_F(AlphaVantageExchange, LabelsAreTheBarsStartsFromFourToTwenty) {
  const BarSeries rows = read_csv(query(std::string(kMarch) + "&datatype=csv"));

  EXPECT_EQ(format_instant(rows.timestamp.front()), "2024-03-28 19:55:00");
  EXPECT_EQ(format_instant(rows.timestamp.back()), "2024-03-01 04:00:00");
  EXPECT_TRUE(std::is_sorted(rows.timestamp.rbegin(), rows.timestamp.rend()));
}

TEST_F(AlphaVantageExchange, LabelsAreTheEndsWhenSwitchedOver) {
  exchange_ = *Exchange::start({.now = at("2024-06-03 23:00:00"), .labels_at_end = true});

  const BarSeries rows = read_csv(query(std::string(kMarch) + "&datatype=csv"));

  EXPECT_EQ(format_instant(rows.timestamp.front()), "2024-03-28 20:00:00");
  EXPECT_EQ(format_instant(rows.timestamp.back()), "2024-03-01 04:05:00");
}

TEST_F(AlphaVantageExchange, RegularHoursAlone) {
  for (const auto& [name, tf] : {std::pair{"1min", Timeframe::m1},
                                 {"15min", Timeframe::m15},
                                 {"30min", Timeframe::m30},
                                 {"60min", Timeframe::h1}}) {
    SCOPED_TRACE(name);
    const BarSeries rows = oldest_first_in_utc(read_csv(
        query(std::string("function=TIME_SERIES_INTRADAY&symbol=IBM&month=2023-11&outputsize=full&"
                          "extended_hours=false&datatype=csv&interval=") +
              name)));

    expect_identical(rows,
                     exchange_->truth(Venue::alpha_vantage, "IBM", tf,
                                      {at("2023-11-01 00:00:00"), at("2023-12-01 00:00:00")}));
  }
}

TEST_F(AlphaVantageExchange, JsonSaysWhatCsvSays) {
  const ordered_json document = query(kMarch).json();
  const BarSeries rows = read_csv(query(std::string(kMarch) + "&datatype=csv"));

  const ordered_json& series = document["Time Series (5min)"];
  ASSERT_EQ(series.size(), rows.size());
  std::size_t i = 0;
  for (const auto& [label, bar] : series.items()) {
    ASSERT_EQ(label, format_instant(rows.timestamp[i]));
    ASSERT_EQ(std::stod(bar["4. close"].get<std::string>()), rows.close[i]);
    ++i;
  }
  EXPECT_EQ(document["Meta Data"]["3. Last Refreshed"], format_instant(rows.timestamp[0]));
}

TEST_F(AlphaVantageExchange, IntradayHasTheRecordedShape) {
  const ordered_json real = recorded("alpha_vantage/intraday_1min_MSFT_2017.json");
  if (real.is_null()) GTEST_SKIP() << "no fixtures here";

  const ordered_json ours = query("function=TIME_SERIES_INTRADAY&symbol=MSFT&interval=1min").json();

  EXPECT_EQ(keys_of(ours), keys_of(real));
  EXPECT_EQ(keys_of(ours["Meta Data"]), keys_of(real["Meta Data"]));
  EXPECT_EQ(shape_of(ours["Meta Data"]), shape_of(real["Meta Data"]));
  const ordered_json& bars = ours["Time Series (1min)"];
  EXPECT_EQ(bars.size(), real["Time Series (1min)"].size());  // compact: 100
  EXPECT_EQ(keys_of(bars.front()), keys_of(real["Time Series (1min)"].front()));
  EXPECT_TRUE(
      std::regex_match(bars.front()["1. open"].get<std::string>(), std::regex(R"(\d+\.\d{4})")));
  EXPECT_TRUE(std::regex_match(bars.front()["5. volume"].get<std::string>(), std::regex(R"(\d+)")));
}

TEST_F(AlphaVantageExchange, WithoutAMonthTheLastThirtyDaysCome) {
  const BarSeries rows = read_csv(query(
      "function=TIME_SERIES_INTRADAY&symbol=IBM&interval=60min&outputsize=full&datatype=csv"));

  EXPECT_EQ(format_instant(rows.timestamp.front()), "2024-06-03 19:00:00");  // still open at 19:00
  EXPECT_EQ(format_instant(rows.timestamp.back()), "2024-05-06 04:00:00");
}

TEST_F(AlphaVantageExchange, DaysWeeksAndMonths) {
  const BarSeries days =
      read_csv(query("function=TIME_SERIES_DAILY&symbol=IBM&outputsize=full&datatype=csv"));
  const BarSeries few = read_csv(query("function=TIME_SERIES_DAILY&symbol=IBM&datatype=csv"));
  const BarSeries weeks = read_csv(query("function=TIME_SERIES_WEEKLY&symbol=IBM&datatype=csv"));
  const ordered_json months = query("function=TIME_SERIES_MONTHLY&symbol=IBM").json();

  BarSeries ascending;
  for (std::size_t i = days.size(); i-- > 0;) ascending.append(days, i, i + 1);
  expect_identical(ascending, exchange_->truth(Venue::alpha_vantage, "IBM", Timeframe::d1,
                                               {at("2000-01-01 00:00:00"), Instant::max()}));
  EXPECT_EQ(few.size(), 100U);
  EXPECT_EQ(format_instant(weeks.timestamp[0]), "2024-06-03 00:00:00");  // so far
  EXPECT_EQ(format_instant(weeks.timestamp[1]), "2024-05-31 00:00:00");
  EXPECT_EQ(keys_of(months["Monthly Time Series"])[1], "2024-05-31");
}

struct Refusal {
  std::string query, key, kind, text;
};

TEST_F(AlphaVantageExchange, ErrorsComeWithStatus200AndAsJson) {
  const std::string intraday = "function=TIME_SERIES_INTRADAY&datatype=csv&";
  for (const Refusal& c : std::vector<Refusal>{
           {intraday + "symbol=NOSUCH&interval=5min", "k", "Error Message", "Invalid API call"},
           {intraday + "symbol=BTCUSDT&interval=5min", "k", "Error Message", "Invalid API call"},
           {intraday + "symbol=IBM&interval=7min", "k", "Error Message", "Invalid API call"},
           {intraday + "symbol=IBM&interval=5min&month=1999-12", "k", "Error Message",
            "Invalid API call"},
           {intraday + "symbol=IBM&interval=5min&month=2024", "k", "Error Message",
            "Invalid API call"},
           {intraday + "symbol=IBM&interval=5min&month=2025-01", "k", "Error Message",
            "Invalid API call"},
           {"function=NOTHING&symbol=IBM", "k", "Error Message", "Invalid API call"},
           {"function=TIME_SERIES_DAILY_ADJUSTED&symbol=IBM", "k", "Information",
            "premium endpoint"},
           {"function=TIME_SERIES_DAILY&symbol=IBM", "demo", "Information", "**demo** API key"},
           {"function=TIME_SERIES_DAILY&symbol=IBM", "", "Error Message",
            "apikey is invalid or missing"}}) {
    const Answer answer = query(c.query, c.key);

    EXPECT_EQ(answer.status, 200);
    ASSERT_TRUE(answer.json().contains(c.kind)) << c.query << answer.body;
    EXPECT_NE(answer.json()[c.kind].get<std::string>().find(c.text), std::string::npos)
        << answer.body;
  }
}

TEST_F(AlphaVantageExchange, CountsByTheMinuteAndByTheDayOfNewYork) {
  exchange_ =
      *Exchange::start({.now = at("2024-06-03 12:00:00"),
                        .limits = {.alpha_vantage_per_minute = 2, .alpha_vantage_per_day = 3}});
  const auto kind = [&] { return keys_of(query("function=SYMBOL_SEARCH&keywords=SPY").json())[0]; };

  EXPECT_EQ(kind(), "bestMatches");
  EXPECT_EQ(kind(), "bestMatches");
  EXPECT_EQ(kind(), "Note");
  exchange_->set_now(at("2024-06-03 12:01:00"));
  EXPECT_EQ(kind(), "bestMatches");
  const Answer spent = query("function=SYMBOL_SEARCH&keywords=SPY", "secretkey");
  EXPECT_NE(spent.body.find("API key as secretkey"), std::string::npos);  // as theirs does
  exchange_->set_now(at("2024-06-04 03:59:00"));
  EXPECT_EQ(kind(), "Information");
  exchange_->set_now(at("2024-06-04 04:00:00"));
  EXPECT_EQ(kind(), "bestMatches");
}

TEST_F(AlphaVantageExchange, ListsStocksAndFunds) {
  const std::string csv = query("function=LISTING_STATUS").body;

  EXPECT_NE(csv.find("BRK-B,Berkshire Hathaway Inc.,NYSE,Stock,"), std::string::npos);
  EXPECT_NE(csv.find("SPY,SPDR S&P 500 ETF Trust,ARCA,ETF,"), std::string::npos);
  EXPECT_NE(csv.find("\"Amazon.com, Inc.\""), std::string::npos);
  EXPECT_EQ(csv.find("BTC"), std::string::npos);
  const ordered_json found = query("function=SYMBOL_SEARCH&keywords=SPY").json();
  EXPECT_EQ(found["bestMatches"][0]["3. type"], "ETF");
}

TEST(AlphaVantageKey, IsHeldAgainstTheOneThatIsSet) {
  const auto exchange =
      *Exchange::start({.now = at("2024-06-03 12:00:00"), .alpha_vantage_key = "right"});

  EXPECT_TRUE(http_get(exchange->url() + "/query?function=SYMBOL_SEARCH&apikey=wrong")
                  .json()
                  .contains("Error Message"));
  EXPECT_TRUE(http_get(exchange->url() + "/query?function=SYMBOL_SEARCH&apikey=right")
                  .json()
                  .contains("bestMatches"));
}

}  // namespace
}  // namespace chandler::testing
