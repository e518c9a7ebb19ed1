#include "table.h"

#include <gtest/gtest.h>

namespace chandler::cli {
namespace {

TEST(Table, AlignsColumnsByCharacters) {
  Table table{{{"name"}, {"rows", Align::right}}};
  table.add({"Zürich", "7"});
  table.add({"a", "12345"});

  EXPECT_EQ(table.text(), "name     rows\nZürich      7\na       12345\n");
}

TEST(Table, PrintsNumbersAsPeopleReadThem) {
  EXPECT_EQ(human_bytes(812), "812 B");
  EXPECT_EQ(human_bytes(1'234'567), "1.2 MB");
  EXPECT_EQ(human_bytes(999'999), "1.0 MB");
  EXPECT_EQ(human_bytes(5'000'000'000'000'000'000), "5000.0 PB");
  EXPECT_EQ(human_percent(1), "100.00 %");
  EXPECT_EQ(human_percent(0.99999), "99.99 %");
  EXPECT_EQ(human_age(seconds{-5}), "0 s");
  EXPECT_EQ(human_age(seconds{119}), "119 s");
  EXPECT_EQ(human_age(seconds{3600}), "60 min");
  EXPECT_EQ(human_age(seconds{3 * 3600}), "3 h");
  EXPECT_EQ(human_age(seconds{30 * 86'400}), "30 d");
  EXPECT_EQ(human_time(from_epoch(0)), "1970-01-01 00:00");
  EXPECT_EQ(human_time(from_epoch(1)), "1970-01-01 00:00:01");
  EXPECT_EQ(plural(1, "file"), "1 file");
  EXPECT_EQ(plural(2, "file"), "2 files");
  EXPECT_EQ(plural(2, "index", "indices"), "2 indices");
}

}  // namespace
}  // namespace chandler::cli
