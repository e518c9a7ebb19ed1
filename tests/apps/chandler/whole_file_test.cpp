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

TEST_F(WholeFileIn, IsNotToLieInTheCache) {
  write("cache/BTCUSDT/1m/2024.csv.gz", "bars");
  std::filesystem::create_directories(path("elsewhere"));
  std::filesystem::create_symlink(cache(), path("link"));
  std::filesystem::create_symlink(path("elsewhere"), cache("out"));
  std::filesystem::create_symlink(cache("BTCUSDT/1m/2024.csv.gz"), path("link.csv"));
  std::filesystem::create_symlink(path("elsewhere"), cache("BTCUSDT/1m/2023.csv.gz"));

  for (const char* const inside :
       {"cache/x.html", "cache/BTCUSDT/1m/2024.csv.gz", "link/x.html", "elsewhere/../cache/x.html",
        "link.csv", "cache/BTCUSDT/1m/2023.csv.gz", "cache"}) {
    const auto checked = check_outside(path(inside), path("cache/"));
    ASSERT_FALSE(checked) << inside;
    EXPECT_EQ(checked.error().kind, ErrorKind::usage);
  }
  for (const char* const outside : {"x.html", "cache.html", "elsewhere/x.html", "none/x.html"})
    EXPECT_TRUE(check_outside(path(outside), path("cache/"))) << outside;
  EXPECT_TRUE(check_outside("x.html", cache()));
}

TEST_F(WholeFileIn, HasAFolderToLieIn) {
  std::filesystem::create_directories(path("folder"));

  EXPECT_TRUE(check_target(path("folder/x.html"), cache()));
  for (const char* const wrong : {"none/x.html", "folder", "folder/"}) {
    const auto checked = check_target(path(wrong), cache());
    ASSERT_FALSE(checked) << wrong;
    EXPECT_EQ(checked.error().kind, ErrorKind::usage);
  }
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
