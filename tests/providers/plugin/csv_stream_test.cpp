#include "plugin/csv_stream.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/providers/plugin/fixture.h"

namespace chandler::plugin {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHeader = "timestamp,open,high,low,close,volume\n";
const TimeRange kDay{at("2024-01-01 00:00:00"), at("2024-01-02 00:00:00")};

ColumnSet all_columns() {
  ColumnSet all;
  for (const Column column : kAllColumns) all.add(column);
  return all;
}

// As finish() or the first feed() that fails says it.
Result<BarSeries> read(const std::string& text, std::size_t step = std::string::npos) {
  CsvStream csv(all_columns(), kDay);
  for (std::size_t i = 0; i < text.size(); i += std::min(step, text.size())) {
    CHANDLER_CHECK(csv.feed(std::string_view(text).substr(i, step)));
  }
  CHANDLER_CHECK(csv.finish());
  return csv.take();
}

TEST(CsvStream, ReadsBarsHoweverTheTextIsCut) {
  const std::string text =
      "timestamp,open,high,low,close,volume,vwap,turnover\n"
      "2024-01-01 00:00:00,1,2.5,0.5,2,100,1.75,\r\n"
      "2024-01-01 00:05:00,2,3,1e-7,2,0,,12\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::string::npos}) {
    const auto bars = read(text, step);

    ASSERT_TRUE(bars) << bars.error().line();
    ASSERT_EQ(bars->size(), 2U);
    EXPECT_EQ(bars->timestamp[1], at("2024-01-01 00:05:00"));
    EXPECT_EQ(bars->low[1], 1e-7);
    EXPECT_EQ(bars->vwap[0], 1.75);
    EXPECT_TRUE(std::isnan(bars->vwap[1]));
    EXPECT_TRUE(std::isnan(bars->turnover[0]));
    EXPECT_FALSE(bars->columns.has(Column::adj_close));
  }
}

TEST(CsvStream, TakesAHeaderAloneForNoBars) {
  const auto bars = read(kHeader);

  ASSERT_TRUE(bars);
  EXPECT_TRUE(bars->empty());
}

TEST(CsvStream, LeavesNumbersThatCannotBeReadToTheValidator) {
  for (const char* number : {"x", "nan", "inf", "1e999", "0x1p3", " 1", ""}) {
    const auto bars = read(kHeader + ("2024-01-01 00:00:00,1,1,1,1," + std::string(number)) + "\n");

    ASSERT_TRUE(bars) << number << ": " << bars.error().line();
    EXPECT_FALSE(std::isfinite(bars->volume.at(0))) << number;
  }
  // What is not known is empty; anything else is an error of the bar.
  const auto bars = read(
      "timestamp,open,high,low,close,volume,vwap\n"
      "2024-01-01 00:00:00,1,1,1,1,1,x\n");
  ASSERT_TRUE(bars);
  EXPECT_TRUE(std::isinf(bars->vwap.at(0)));
}

TEST(CsvStream, GivesEachBarOnce) {
  CsvStream csv(all_columns(), kDay);
  ASSERT_TRUE(csv.feed(std::string(kHeader) + "2024-01-01 00:00:00,1,1,1,1,1\n"));
  ASSERT_EQ(csv.take().size(), 1U);
  ASSERT_TRUE(csv.feed("2024-01-01 00:01:00,1,1,1,1,1\n"));

  EXPECT_EQ(csv.rows(), 1U);
  EXPECT_EQ(csv.take().timestamp.front(), at("2024-01-01 00:01:00"));
  // The order is kept across what was taken.
  EXPECT_FALSE(csv.feed("2024-01-01 00:01:00,1,1,1,1,1\n"));
}

struct BadText {
  const char* name;
  std::string text;
  const char* says;
};

class CsvStreamRefuses : public ::testing::TestWithParam<BadText> {};

TEST_P(CsvStreamRefuses, AndNamesTheLine) {
  const auto bars = read(GetParam().text);

  ASSERT_FALSE(bars);
  EXPECT_EQ(bars.error().kind, ErrorKind::data);
  EXPECT_THAT(bars.error().line(), HasSubstr(GetParam().says));
}

std::string after_header(const std::string& row) { return kHeader + row; }

INSTANTIATE_TEST_SUITE_P(
    Texts, CsvStreamRefuses,
    ::testing::Values(
        BadText{"Nothing", "", "printed nothing"},
        BadText{"NoHeader", "2024-01-01 00:00:00,1,1,1,1,1\n", "line 1 of its output"},
        BadText{"Html", "<html>\n", "this is not the header: \"<html>\""},
        BadText{"EmptyLine", "\n", "this is not the header"},
        BadText{"ShortHeader", "timestamp,open,high,low,close\n", "not the header"},
        BadText{"HeaderOutOfOrder", "timestamp,open,low,high,close,volume\n", "not the header"},
        BadText{"OptionalOutOfOrder", "timestamp,open,high,low,close,volume,vwap,adj_close\n",
                "not the header"},
        BadText{"UnknownColumn", "timestamp,open,high,low,close,volume,mood\n", "not the header"},
        BadText{"FewFields", after_header("2024-01-01 00:00:00,1,1,1,1\n"),
                "line 2 of its output: 5 fields where the header has 6"},
        BadText{"ManyFields", after_header("2024-01-01 00:00:00,1,1,1,1,1,1\n"), "7 fields"},
        BadText{"VeryManyFields", after_header(",,,,,,,,,,,,,,,,,,,,,,,\n"), "too many fields"},
        BadText{"BlankLine", after_header("\n"), "1 fields"},
        BadText{"BadTime", after_header("2024-01-01,1,1,1,1,1\n"), "the time cannot be read"},
        BadText{"EpochTime", after_header("1704067200,1,1,1,1,1\n"), "the time cannot be read"},
        BadText{"Early", after_header("2023-12-31 23:59:00,1,1,1,1,1\n"), "outside the range"},
        BadText{"Late", after_header("2024-01-02 00:00:00,1,1,1,1,1\n"), "outside the range"},
        BadText{"Descending",
                after_header("2024-01-01 00:01:00,1,1,1,1,1\n2024-01-01 00:00:00,1,1,1,1,1\n"),
                "line 3 of its output: the time is not after"},
        BadText{"Doubled",
                after_header("2024-01-01 00:01:00,1,1,1,1,1\n2024-01-01 00:01:00,1,1,1,1,1\n"),
                "not after"},
        BadText{"CutOff", after_header("2024-01-01 00:00:00,1,1,1,1,1"), "may be cut off"},
        BadText{"EndlessLine", std::string(5000, 'x'), "longer than 1024 bytes"},
        BadText{"Binary",
                std::string("\x7f"
                            "ELF\x01\x02\n",
                            7),
                "not the header"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(CsvStream, RefusesAColumnThatWasNotOffered) {
  CsvStream csv(ColumnSet{}, kDay);

  const auto fed = csv.feed("timestamp,open,high,low,close,volume,vwap\n");

  ASSERT_FALSE(fed);
  EXPECT_THAT(fed.error().line(), HasSubstr("add it to \"columns\""));
}

TEST(CsvStream, ShowsNothingThatIsScrubbed) {
  CsvStream csv(ColumnSet{}, kDay, [](const std::string&) { return std::string("***"); });

  const auto fed = csv.feed("a key\n");

  ASSERT_FALSE(fed);
  EXPECT_THAT(fed.error().line(), ::testing::Not(HasSubstr("a key")));
}

}  // namespace
}  // namespace chandler::plugin
