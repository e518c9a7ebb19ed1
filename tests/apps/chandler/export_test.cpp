#include <gtest/gtest.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class Export : public CommandLine {
 protected:
  [[nodiscard]] std::size_t files_in(const std::string& folder) const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator{path(folder)}, {}));
  }
};

TEST_F(Export, WritesTheSeriesToAFile) {
  const std::string csv = fill("BTCUSDT", "1m", "2024-01-01", 10'000);
  const Json document = run_json({"export", "BTCUSDT", "1m", "--format", "csv", "--out", "x.csv"});

  EXPECT_EQ(document["files"], Json{"x.csv"});
  EXPECT_EQ(document["rows"], 10'000);
  EXPECT_EQ(content_of(path("x.csv")), csv);
  EXPECT_EQ(run({"export", "BTCUSDT", "1m", "-o", "x.csv"}).exit_code, 0);  // replaces it
}

TEST_F(Export, CompressesWhenTheNameSaysSo) {
  const std::string csv = fill("BTCUSDT", "1m", "2024-01-01", 10'000);
  ASSERT_EQ(run({"export", "BTCUSDT", "1m", "--out", "x.csv.gz"}).exit_code, 0);

  EXPECT_EQ(testing::run_process({"zcat", path("x.csv.gz").string()}).out, csv);
}

TEST_F(Export, NamesTheFileInAFolder) {
  fill("CON", "1h", "2024-01-01", 3);
  EXPECT_EQ(run_json({"export", "CON", "1h", "--out", "new/folder/"})["files"],
            Json{"new/folder/%43ON-1h.csv"});
  EXPECT_EQ(run_json({"export", "CON", "1h", "--out", "new/folder"})["files"],
            Json{"new/folder/%43ON-1h.csv"});
  EXPECT_EQ(files_in("new/folder"), 1U);
}

TEST_F(Export, TakesTheRange) {
  fill("BTCUSDT", "1h", "2024-01-01", 48);
  EXPECT_EQ(run_json({"export", "BTCUSDT", "1h", "--out", "x.csv", "--from", "2024-01-02"})["rows"],
            24);
}

TEST_F(Export, FailsWithoutLeavingAnything) {
  fill("BTCUSDT", "1h", "2024-01-01", 3);
  std::filesystem::create_directory(path("out"));

  EXPECT_EQ(run({"export", "ETHUSDT", "1h", "--out", "out/x.csv"}).exit_code, 1);
  EXPECT_EQ(run({"export", "BTCUSDT", "1h", "--out", "none/x.csv"}).exit_code, 2);
  EXPECT_EQ(run({"export", "BTCUSDT", "1h", "--out", "cache/BTCUSDT/1h/2024.csv.gz"}).exit_code, 2);
  EXPECT_EQ(run({"export", "BTCUSDT", "1h", "--out", "cache"}).exit_code, 2);
  EXPECT_EQ(files_in("out"), 0U);
}

}  // namespace
}  // namespace chandler::cli
