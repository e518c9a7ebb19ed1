// What is not CSV of bars at all: one clear line, little memory, little time.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/engine/import/files.h"

namespace chandler::foreign {
namespace {

const std::string kHeader = "timestamp,open,high,low,close,volume\n";
const std::string kRow = "2024-01-01,1,1,1,1,1\n";

TEST(ForeignCsvBadInput, IsToldInOneLineThatNamesTheFile) {
  const std::tuple<const char*, std::string, const char*> cases[] = {
      {"empty.csv", "", "the file is empty"},
      {"empty.csv.gz", gzipped(""), "holds no lines"},
      {"blank.csv", "\n\n# nothing\n", "holds no lines"},
      {"not.csv.gz", kHeader, "the name says gzip"},
      {"json.csv", "{\"Information\": \"your key is SECRET\"}\n", "this is JSON"},
      {"list.csv", "[[1,2]]\n", "this is JSON"},
      {"page.csv", "<!doctype html>\n", "this is a web page"},
      {"utf16.csv", std::string("\xFF\xFEt\0i\0m\0e\0", 10), "UTF-16"},
      {"mac.csv", "time,open\r1,2\r", "CR alone"},
      {"quote.csv", "\"time,open\n", "a quote in the first line"},
      {"words.csv", "once upon a time\n", "known as timestamp"},
      {"few.csv", "1704067200,1,1\n", "no header"},
      {"noclose.csv", "time,open,high,low,volume\n", "known as close"},
      {"binary.csv",
       std::string("\x7F"
                   "ELF\0\0\0\1\2\3",
                   10),
       "known as timestamp"},
      {"cut.csv.gz", gzipped(kHeader + kRow).substr(0, 25), "end in the middle"},
  };
  for (const auto& [name, bytes, said] : cases) {
    const Everything read = read_text(bytes, {}, name);
    ASSERT_TRUE(read.error) << name;
    const std::string line = read.error->line();
    EXPECT_NE(line.find(said), std::string::npos) << line;
    EXPECT_NE(line.find(name), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    EXPECT_EQ(line.find("SECRET"), std::string::npos) << line;
  }
}

TEST(ForeignCsvBadInput, WrongWishesAreToldBeforeTheFileIsOpened) {
  const ForeignFormat cases[] = {{.delimiter = '|'},
                                 {.mapping = "price=1"},
                                 {.time_format = "%q"},
                                 {.timezone = "Nowhere/Land"}};
  for (const ForeignFormat& format : cases) {
    const auto file = ForeignCsv::open("/nonexistent/x.csv", format);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().kind, ErrorKind::usage);
  }
}

TEST(ForeignCsvBadInput, AnErrorInTheMiddleIsFinalAndKeepsWhatCameBefore) {
  const TempFolder folder;
  std::string text = kHeader;
  for (int i = 0; i < 50'000; ++i)
    text +=
        std::to_string(1'704'067'200 + 60 * i) + ",1,1,1,1," + std::to_string(i * 37 % 1000) + "\n";
  const std::string packed = gzipped(text);
  auto file = ForeignCsv::open(folder.write("a.csv.gz", packed.substr(0, packed.size() / 2)), {});
  ASSERT_TRUE(file);
  ForeignBatch batch;

  const auto first = file->next(batch, 1'000'000);

  ASSERT_FALSE(first);
  EXPECT_GT(batch.bars.size(), 10'000U);
  EXPECT_EQ(batch.lines.back(), batch.bars.size() + 1);
  EXPECT_NE(first.error().line().find(", line " + std::to_string(batch.bars.size() + 2)),
            std::string::npos)
      << first.error().line();
  const auto again = file->next(batch, 1);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().line(), first.error().line());
  EXPECT_TRUE(batch.bars.empty());
}

TEST(ForeignCsvBadInput, ABadMemberOfAZipIsNamed) {
  const TempFolder folder;
  const auto path = folder.path() / "a.zip";
  write_zip(path, {{"good.csv", kHeader + kRow}, {"bad.csv", "{}"}});

  const Everything read = read_everything(path);

  EXPECT_EQ(read.bars.size(), 1U);
  ASSERT_TRUE(read.error);
  EXPECT_NE(read.error->line().find("a.zip/bad.csv, line 1: this is JSON"), std::string::npos)
      << read.error->line();
}

TEST(ForeignCsvBadInput, AnEncryptedZipIsNamed) {
  const TempFolder folder;
  const auto path = folder.path() / "a.zip";
  write_zip(path, {{"a.csv", kHeader + kRow}}, "secret");

  const auto file = ForeignCsv::open(path, {});

  ASSERT_FALSE(file);
  EXPECT_NE(file.error().line().find("a.zip/a.csv"), std::string::npos) << file.error().line();
}

TEST(ForeignCsvBadInput, AFolderIsNoFile) {
  const TempFolder folder;
  EXPECT_NE(ForeignCsv::open(folder.path(), {}).error().line().find("is a folder"),
            std::string::npos);
}

TEST(ForeignCsvBadInput, ATwoGigabyteLineIsRefusedAtOnce) {
  const TempFolder folder;
  const auto path = folder.write("long.csv", kHeader + kRow);
  std::filesystem::resize_file(path, std::uintmax_t{2} << 30U);  // sparse

  const Everything read = read_everything(path);

  EXPECT_EQ(read.bars.size(), 1U);
  ASSERT_TRUE(read.error);
  EXPECT_NE(read.error->line().find("long.csv, line 3: the line is longer than 1 MiB"),
            std::string::npos)
      << read.error->line();
}

TEST(ForeignCsvBadInput, FloodsAreRefusedWithinBounds) {
  const TempFolder folder;
  const std::size_t size = std::size_t{18} << 20U;
  std::string rows = kHeader;
  while (rows.size() < size) rows += kRow;
  const std::pair<const char*, std::string> cases[] = {
      {"one_line.csv.gz", gzipped(std::string(size, '1'))},
      {"blank_lines.csv.gz", gzipped(std::string(size, '\n'))},
      {"same_row.csv.gz", gzipped(rows)},
      {"no_bars.csv", kHeader + std::string(4U << 20U, '\n')},
  };

  for (const auto& [name, bytes] : cases) {
    const Everything read = read_everything(folder.write(name, bytes));
    ASSERT_TRUE(read.error) << name;
  }
  std::string junk = kHeader;
  for (int i = 0; i < 1'100'000; ++i) junk += "x\n";
  const Everything read = read_everything(folder.write("junk.csv", junk));
  ASSERT_TRUE(read.error);
  EXPECT_NE(read.error->line().find("line 1000001: a million lines"), std::string::npos)
      << read.error->line();
}

}  // namespace
}  // namespace chandler::foreign
