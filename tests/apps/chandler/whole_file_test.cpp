#include "whole_file.h"

#include <gtest/gtest.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class WholeFileIn : public CommandLine {};

TEST_F(WholeFileIn, AppearsWithItsCommit) {
  {
    auto file = WholeFile::create(path("x.csv"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("a,b\n"));
    EXPECT_FALSE(std::filesystem::exists(path("x.csv")));
    ASSERT_TRUE(file->commit());
  }
  EXPECT_EQ(content_of(path("x.csv")), "a,b\n");
}

TEST_F(WholeFileIn, LeavesNothingWithoutCommit) {
  write("x.csv", "old");
  {
    auto file = WholeFile::create(path("x.csv"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("new"));
  }
  EXPECT_EQ(content_of(path("x.csv")), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{path("")}, {}), 1);
}

TEST_F(WholeFileIn, TellsWhyItCannotBe) {
  const auto absent = WholeFile::create(path("none/x.csv"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::usage);

  std::filesystem::create_directories(path("folder/inside"));
  auto folder = WholeFile::create(path("folder"));
  ASSERT_TRUE(folder);
  EXPECT_FALSE(folder->commit());
}

TEST_F(WholeFileIn, PacksMuchAndNothing) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{3'000'000}}) {
    std::string text;
    while (text.size() < size) text += std::to_string(text.size() * 2'654'435'761U) + "\n";
    auto file = WholeFile::create(path("x.gz"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(text));
    ASSERT_TRUE(file->commit());
    EXPECT_EQ(testing::run_process({"zcat", path("x.gz").string()}).out, text);
  }
}

}  // namespace
}  // namespace chandler::cli
