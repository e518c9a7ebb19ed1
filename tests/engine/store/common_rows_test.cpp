// The fast reader of rows against the standard library's, value by value and bit for bit.
#include "store/common_rows.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <random>
#include <string>

#include "store/csv_rows.h"
#include "store/number_text.h"

namespace chandler::store {
namespace {

constexpr ColumnSet kSix;

ColumnSet nine() {
  return ColumnSet{}.add(Column::vwap).add(Column::trade_count).add(Column::turnover);
}

// Rows of what `value` gives, a minute apart.
template <class Value>
std::string rows_of(ColumnSet columns, std::size_t rows, const Value& value) {
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    text += format_instant(from_epoch(1'704'067'200 + static_cast<std::int64_t>(row) * 60));
    for (const Column c : kAllColumns) {
      if (columns.has(c)) text += "," + value(c);
    }
    text += "\n";
  }
  return text;
}

// The column's texts of each row, as they stand.
std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

void expect_as_the_standard_library_reads(const std::string& text, ColumnSet columns,
                                          std::size_t rows) {
  BarSeries bars;
  bars.columns = columns;
  bars.resize(rows);
  const auto mistake = parse_rows(text, columns, rows, RowTarget::into(bars, 0));
  ASSERT_FALSE(mistake) << mistake->what << " in line " << mistake->line;
  std::size_t at = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t end = text.find('\n', at);
    const auto fields = fields_of(std::string_view(text).substr(at, end - at));
    at = end + 1;
    ASSERT_EQ(format_instant(bars.timestamp[row]), fields[0]);
    std::size_t field = 1;
    for (const Column c : kAllColumns) {
      if (!columns.has(c)) continue;
      const std::string& said = fields[field++];
      double expected = kUnknown;
      if (!said.empty()) std::from_chars(said.data(), said.data() + said.size(), expected);
      ASSERT_EQ(std::bit_cast<std::uint64_t>(bars.column(c)[row]),
                std::bit_cast<std::uint64_t>(expected))
          << said << " of " << to_string(c) << " in row " << row;
    }
  }
}

std::string digits(std::mt19937_64& random, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + random() % 10);
  return text;
}

TEST(CommonRows, DecimalsOfEveryShapeAreReadAsTheStandardLibraryReadsThem) {
  std::mt19937_64 random(1);
  for (const ColumnSet columns : {kSix, nine()}) {
    for (int round = 0; round < 200; ++round) {
      const std::size_t most = 1 + static_cast<std::size_t>(round) % 20;
      const std::string text = rows_of(columns, 100, [&](Column c) -> std::string {
        if (static_cast<std::size_t>(c) >= kRequiredColumns && random() % 4 == 0) return "";
        std::string value = digits(random, 1 + random() % most);
        if (random() % 8 != 0) value.insert(random() % (value.size() + 1), ".");
        return value;
      });
      ASSERT_NO_FATAL_FAILURE(expect_as_the_standard_library_reads(text, columns, 100));
    }
  }
}

TEST(CommonRows, EveryLengthAndPlaceOfThePointIsReadAlike) {
  std::mt19937_64 random(2);
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t point = 0; point <= size; ++point) {
      const std::string text = rows_of(kSix, 40, [&](Column) {
        std::string value = digits(random, size);
        return value.insert(point, ".");
      });
      ASSERT_NO_FATAL_FAILURE(expect_as_the_standard_library_reads(text, kSix, 40));
    }
  }
}

TEST(CommonRows, TheBordersOfWhatADoubleHoldsAreReadAlike) {
  const std::string borders[] = {"999999999999999",
                                 "999999999999999.9",
                                 "9007199254740991",
                                 "9007199254740993",
                                 "0.999999999999999",
                                 ".000000000000001",
                                 "1e3",
                                 "1.5e-3",
                                 "00000000000000000001.5",
                                 "000000000000001",
                                 "-1.25",
                                 "-0",
                                 "9999999999999999",
                                 "0",
                                 "0.0",
                                 "42277.9300000069"};
  for (const std::string& border : borders) {
    const std::string text = rows_of(
        kSix, 20, [&](Column c) { return c == Column::low ? border : std::string("42283.58"); });
    ASSERT_NO_FATAL_FAILURE(expect_as_the_standard_library_reads(text, kSix, 20));
  }
}

// Each byte of a row among many, put to each other value: what one reader refuses the other must
// refuse in the same line, what one takes the other must take.
TEST(CommonRows, AWrongByteAmongManyRowsIsRefusedAsInARowAlone) {
  const std::string row = "2024-01-01 00:09:00,42283.58,42298.62,42261.02,42298.61,35.92724\n";
  std::string before;
  std::string behind;
  for (int i = 0; i < 9; ++i) {
    before += row;
    before[before.size() - row.size() + 15] = static_cast<char>('0' + i);
    behind += row;
    behind[behind.size() - row.size() + 14] = '1';
    behind[behind.size() - row.size() + 15] = static_cast<char>('0' + i);
  }
  const auto read = [](const std::string& text, std::size_t rows, BarSeries& bars) {
    bars.resize(rows);
    return parse_rows(text, {}, rows, RowTarget::into(bars, 0));
  };
  for (std::size_t at = 0; at < row.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string wrong = row;
      wrong[at] = static_cast<char>(byte);
      BarSeries alone;
      BarSeries among;

      const auto refused_alone = read(wrong, 1, alone);
      const auto refused = read(before + wrong + behind, 19, among);

      if (refused_alone) {
        ASSERT_TRUE(refused) << at << " " << byte;
        // A line feed makes two lines of one: then it is the second that is wrong.
        ASSERT_EQ(refused->line, 9U + refused_alone->line) << at << " " << byte;
        if (refused_alone->line == 0 && at + 1 != row.size()) {
          ASSERT_EQ(refused->what, refused_alone->what) << at << " " << byte;
        }
      } else if (!refused) {
        ASSERT_EQ(among.timestamp[9], alone.timestamp[0]);
        for (const Column c :
             {Column::open, Column::high, Column::low, Column::close, Column::volume})
          ASSERT_EQ(std::bit_cast<std::uint64_t>(among.column(c)[9]),
                    std::bit_cast<std::uint64_t>(alone.column(c)[0]))
              << at << " " << byte;
      } else {
        ASSERT_NE(refused->what.find("does not increase"), std::string::npos) << at << " " << byte;
      }
    }
  }
}

TEST(CommonRows, RowsMayNotBeShorterOrLongerThanTheirColumns) {
  const std::string good = "2024-01-01 00:00:00,1,2,0.5,1.5,10\n";
  for (const char* bad :
       {"2024-01-01 00:00:01,1,2,0.5,1.5\n", "2024-01-01 00:00:01,1,2,0.5,1.5,10,\n",
        "2024-01-01 00:00:01,1,2,0.5,1.5,10,11\n", "2024-01-01 00:00:01\n"}) {
    std::string text = good + bad;
    for (int i = 2; i < 10; ++i) {
      text += good;
      text[text.size() - good.size() + 18] = static_cast<char>('0' + i);
    }
    BarSeries bars;
    bars.resize(10);

    const auto mistake = parse_rows(text, {}, 10, RowTarget::into(bars, 0));

    ASSERT_TRUE(mistake) << bad;
    EXPECT_EQ(mistake->line, 1U) << bad;
  }
}

// Whether the text is the printer's own is told of each value as the printer would tell.
TEST(CommonRows, TellsWhetherEveryValueStandsAsItWouldBePrinted) {
  std::mt19937_64 random(3);
  std::size_t canonical_ones = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string value = digits(random, 1 + random() % 18);
    if (random() % 3 != 0) value.insert(random() % (value.size() + 1), ".");
    if (random() % 4 == 0) value = "0.0000000" + digits(random, 1 + random() % 8);
    const std::string text = rows_of(
        kSix, 8, [&](Column c) { return c == Column::close ? value : std::string("17.5"); });
    BarSeries bars;
    bars.resize(8);
    bool canonical = false;
    ASSERT_FALSE(parse_rows(text, kSix, 8, RowTarget::into(bars, 0), &canonical));

    std::string printed;
    RowPrinter(kSix).append(bars, 0, 8, printed);

    ASSERT_EQ(canonical, printed == text) << value;
    canonical_ones += canonical ? 1 : 0;
  }
  EXPECT_GT(canonical_ones, 1000U);
}

}  // namespace
}  // namespace chandler::store
