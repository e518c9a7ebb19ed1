#include "store/csv_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "chandler/time.h"

namespace chandler::store {
namespace {

constexpr const char* kRow = "2024-01-01 00:00:00,1,2,0.5,1.5,10\n";

ColumnSet all_columns() {
  ColumnSet columns;
  for (const Column c : kAllColumns) columns.add(c);
  return columns;
}

std::optional<RowMistake> read(std::string_view text, std::size_t rows, BarSeries& bars) {
  bars.resize(rows);
  return parse_rows(text, bars.columns, rows, RowTarget::into(bars, 0));
}

TEST(CsvRows, HeaderNamesColumnsInTheOrderOfTheFormat) {
  EXPECT_EQ(header_line({}), "timestamp,open,high,low,close,volume\n");
  EXPECT_EQ(header_line(all_columns()),
            "timestamp,open,high,low,close,volume,adj_close,vwap,trade_count,turnover\n");
}

TEST(CsvRows, EveryHeaderIsReadBack) {
  for (unsigned optional = 0; optional < 16; ++optional) {
    ColumnSet columns;
    for (unsigned i = 0; i < 4; ++i) {
      if ((optional >> i & 1U) != 0) columns.add(kAllColumns[kRequiredColumns + i]);
    }
    const std::string line = header_line(columns);
    EXPECT_EQ(parse_header(std::string_view(line).substr(0, line.size() - 1)), columns) << line;
  }
}

TEST(CsvRows, OtherHeadersAreNotOurs) {
  for (const char* line :
       {"", "timestamp", "open,high,low,close,volume", "timestamp,open,high,low,close",
        "timestamp,open,high,low,close,volume,vwap,adj_close",
        "timestamp,open,high,low,close,volume,volume", "timestamp,open,high,low,close,volume,",
        "timestamp,open,high,low,close,volume,wind", "Timestamp,open,high,low,close,volume",
        "timestamp, open,high,low,close,volume", "timestamp,open,high,low,close,volume\r"}) {
    EXPECT_FALSE(parse_header(line)) << line;
  }
}

TEST(CsvRows, PrintsRowsAsTheFormatSays) {
  BarSeries bars;
  bars.columns.add(Column::vwap).add(Column::trade_count);
  bars.resize(2);
  bars.timestamp = {*parse_exact("2024-02-28 23:59:00"), *parse_exact("2024-02-29 00:00:00")};
  bars.open = {42283.58, 1};
  bars.high = {42298.62, 1e15};
  bars.low = {42261.02, 1e-12};
  bars.close = {42298.61, 1};
  bars.volume = {35.92724, 0};
  bars.vwap = {kUnknown, 42280.5};
  bars.trade_count = {17, kUnknown};
  std::string text;

  RowPrinter(bars.columns).append(bars, 0, 2, text);

  EXPECT_EQ(text,
            "2024-02-28 23:59:00,42283.58,42298.62,42261.02,42298.61,35.92724,,17\n"
            "2024-02-29 00:00:00,1,1000000000000000,0.000000000001,1,0,42280.5,\n");
}

TEST(CsvRows, PrintsColumnsTheSeriesDoesNotHaveAsUnknown) {
  BarSeries bars;
  bars.resize(1);
  bars.timestamp[0] = *parse_exact("2024-01-01 00:00:00");
  std::string text;

  RowPrinter(all_columns()).append(bars, 0, 1, text);

  EXPECT_EQ(text, "2024-01-01 00:00:00,0,0,0,0,0,,,,\n");
}

TEST(CsvRows, RandomRowsComeBackBitForBit) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20; ++round) {
    BarSeries bars;
    for (unsigned i = 0; i < 4; ++i) {
      if (random() % 2 == 0) bars.columns.add(kAllColumns[kRequiredColumns + i]);
    }
    const std::size_t rows = random() % 200;
    bars.resize(rows);
    Instant t = *parse_exact("1971-12-30 00:00:00");
    for (std::size_t i = 0; i < rows; ++i) {
      t += seconds{1 + static_cast<std::int64_t>(random() % 200'000)};
      bars.timestamp[i] = t;
      for (const Column c : kAllColumns) {
        if (!bars.columns.has(c)) continue;
        const bool unknown = static_cast<std::size_t>(c) >= kRequiredColumns && random() % 3 == 0;
        bars.column(c)[i] = unknown ? kUnknown
                                    : std::ldexp(static_cast<double>(random()),
                                                 static_cast<int>(random() % 60) - 80);
      }
    }
    std::string text;
    RowPrinter printer(bars.columns);
    printer.append(bars, 0, rows / 2, text);
    printer.append(bars, rows / 2, rows, text);

    BarSeries back;
    back.columns = bars.columns;
    const auto mistake = read(text, rows, back);

    ASSERT_FALSE(mistake) << mistake->what;
    ASSERT_TRUE(identical(back, bars));
  }
}

TEST(CsvRows, EveryCutOfARowIsAMistakeAndNeverReadPastTheEnd) {
  const std::string text = std::string(kRow) + "2024-01-01 00:01:00,1,2,0.5,1.5,10\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::string cut = text.substr(0, size);  // its own allocation: ASan watches the end
    BarSeries bars;
    EXPECT_TRUE(read(cut, 2, bars)) << cut;
  }
}

TEST(CsvRows, SaysWhichLineIsWrongAndWhy) {
  struct Case {
    const char* second;
    const char* what;
  };
  const Case cases[] = {
      {"2024-01-01 00:00:00,1,2,0.5,1.5,10\n", "does not increase"},
      {"2023-12-31 23:59:00,1,2,0.5,1.5,10\n", "does not increase"},
      {"2024-01-01T00:01:00,1,2,0.5,1.5,10\n", "no timestamp"},
      {"2024-01-01 24:00:00,1,2,0.5,1.5,10\n", "no timestamp"},
      {"2024-01-01 00:60:00,1,2,0.5,1.5,10\n", "no timestamp"},
      {"2024-01-01 00:00:60,1,2,0.5,1.5,10\n", "no timestamp"},
      {"2024-01-01 0a:00:00,1,2,0.5,1.5,10\n", "no timestamp"},
      {"2024-01-01 00-01-00,1,2,0.5,1.5,10\n", "no timestamp"},
      {"2024-02-30 00:01:00,1,2,0.5,1.5,10\n", "no timestamp"},
      {"2024-01-02T00:01:00,1,2,0.5,1.5,10\n", "no timestamp"},
      {"1704067260,1,2,0.5,1.5,10,11,12,13\n", "no timestamp"},
      {"2024-01-01 00:01:00,1,2,0.5,1.5\n", "too few columns"},
      {"2024-01-01 00:01:00;1;2;0.5;1.5;10\n", "too few columns"},
      {"2024-01-01 00:01:00,1,2,0.5,1.5,10,11\n", "does not end where it should"},
      {"2024-01-01 00:01:00,1,2,0.5,1.5,10\r\n", "does not end where it should"},
      {"2024-01-01 00:01:00,1,2,0.5,1.5,10 \n", "does not end where it should"},
      {"2024-01-01 00:01:00,,2,0.5,1.5,10\n", "a value is missing"},
      {"2024-01-01 00:01:00,1,2,0.5,1.5,\n", "a value is missing"},
      {"2024-01-01 00:01:00,1,2,0.5,nan,10\n", "not a number"},
      {"2024-01-01 00:01:00,1,2,0.5,inf,10\n", "not a number"},
      {"2024-01-01 00:01:00,1,2,0.5,\"1.5\",10\n", "not a number"},
      {"2024-01-01 00:01:00,1,2,0.5,+1.5,10\n", "not a number"},
  };
  for (const Case& c : cases) {
    BarSeries bars;
    const auto mistake = read(std::string(kRow) + c.second, 2, bars);
    ASSERT_TRUE(mistake) << c.second;
    EXPECT_EQ(mistake->line, 1U) << c.second;
    EXPECT_NE(mistake->what.find(c.what), std::string::npos) << c.second << mistake->what;
  }
}

TEST(CsvRows, AFirstRowWhoseDayIsZeroBytesIsNoRow) {
  BarSeries bars;
  const std::string row = std::string(11, '\0') + "00:00:00,1,2,0.5,1.5,10\n";

  EXPECT_TRUE(read(row, 1, bars));
  EXPECT_FALSE(read("1970-01-01 00:00:00,1,2,0.5,1.5,10\n", 1, bars));
  EXPECT_EQ(bars.timestamp[0], Instant{});
}

TEST(CsvRows, MoreLinesThanPromisedAreAMistake) {
  BarSeries bars;

  const auto mistake = read(std::string(kRow) + kRow, 1, bars);

  ASSERT_TRUE(mistake);
  EXPECT_EQ(mistake->line, 1U);
}

TEST(CsvRows, ColumnsWithoutATargetAreReadOver) {
  BarSeries bars;
  bars.resize(1);
  RowTarget only_close;
  only_close.timestamp = bars.timestamp.data();
  only_close.values[static_cast<std::size_t>(Column::close)] = bars.close.data();

  const auto mistake = parse_rows(kRow, {}, 1, only_close);

  EXPECT_FALSE(mistake);
  EXPECT_EQ(bars.close[0], 1.5);
  EXPECT_EQ(bars.open[0], 0);
}

TEST(CsvRows, UnknownOptionalValuesAreEmptyAtTheEndOfALineToo) {
  BarSeries bars;
  bars.columns = all_columns();

  const auto mistake = read("2024-01-01 00:00:00,1,2,0.5,1.5,10,,,,\n", 1, bars);

  ASSERT_FALSE(mistake) << mistake->what;
  EXPECT_TRUE(std::isnan(bars.adj_close[0]));
  EXPECT_TRUE(std::isnan(bars.turnover[0]));
}

TEST(CsvRows, LinesOfAnyRangeAreFound) {
  std::mt19937_64 random(19);
  const Instant start = year_start(2024);
  for (int i = 0; i < 300; ++i) {
    std::vector<Instant> times;
    for (std::int64_t minute = 0; times.size() < static_cast<std::size_t>(i % 40); ++minute) {
      if (random() % 3 != 0) times.push_back(start + minute * seconds{60});
    }
    BarSeries bars;
    bars.resize(times.size());
    bars.timestamp = times;
    for (double& value : bars.volume) value = static_cast<double>(random() % 1000000);
    std::string text;
    RowPrinter(bars.columns).append(bars, 0, bars.size(), text);
    for (int j = 0; j < 20; ++j) {
      const Instant from = start + seconds{static_cast<std::int64_t>(random() % 4000)};
      const Instant to = from + seconds{static_cast<std::int64_t>(random() % 4000)};
      const std::size_t first = bars.lower_bound(from);
      const std::size_t last = bars.lower_bound(to);

      const Lines lines = lines_within(text, {from, to});

      std::string expected;
      RowPrinter(bars.columns).append(bars, first, last, expected);
      ASSERT_EQ(lines.text, expected);
      ASSERT_EQ(lines.before, first);
      ASSERT_EQ(lines.count, last - first);
      ASSERT_EQ(lines.after, bars.size() - last);
    }
  }
}

TEST(CsvRows, LinesOfARangeAreLookedForInAnyTextWithoutLeavingIt) {
  std::mt19937_64 random(23);
  constexpr std::string_view kLetters = "2024-01-01 00:00\n\n\n,";
  const TimeRange range{year_start(2024), year_start(2024) + seconds{3600}};
  for (int i = 0; i < 3000; ++i) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = kLetters[random() % kLetters.size()];

    const Lines lines = lines_within(text, range);

    const auto feeds = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    ASSERT_EQ(lines.before + lines.count + lines.after, feeds) << text;
  }
}

}  // namespace
}  // namespace chandler::store
