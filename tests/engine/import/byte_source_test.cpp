#include "import/byte_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/engine/import/files.h"

namespace chandler::foreign {
namespace {

Result<Texts> read_all(const std::filesystem::path& path, std::size_t piece = 10'000) {
  CHANDLER_TRY(const auto container, open_container(path));
  Texts texts;
  for (;;) {
    CHANDLER_TRY(auto member, container->next());
    if (!member) return texts;
    texts.emplace_back(member->name, "");
    std::string buffer(piece, '\0');
    for (;;) {
      CHANDLER_TRY(const std::size_t n, member->bytes->read(buffer.data(), buffer.size()));
      if (n == 0) break;
      texts.back().second.append(buffer, 0, n);
    }
  }
}

std::string said(const std::filesystem::path& path) {
  const auto read = read_all(path);
  return read ? "" : read.error().line();
}

std::string some_text() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919) + ",";
  return text;
}

TEST(ByteSource, ReadsPlainAndPackedAlike) {
  const TempFolder folder;
  const std::string text = some_text();
  const auto zip = folder.path() / "a.zip";
  write_zip(zip, {{"a.csv", text}});

  EXPECT_EQ(*read_all(folder.write("a.csv", text)), (Texts{{"", text}}));
  EXPECT_EQ(*read_all(folder.write("a.csv.gz", gzipped(text))), (Texts{{"", text}}));
  EXPECT_EQ(*read_all(folder.write("misnamed.csv", gzipped(text)), 17), (Texts{{"", text}}));
  EXPECT_EQ(*read_all(zip), (Texts{{"a.csv", text}}));
  EXPECT_EQ(*read_all(folder.write("short", "ab")), (Texts{{"", "ab"}}));
}

TEST(ByteSource, ReadsEveryMemberOfAGzip) {
  const TempFolder folder;
  const std::string text = some_text();
  const std::string packed = gzipped("head\n") + gzipped("") + gzipped(text) + gzipped("tail\n");

  EXPECT_EQ(*read_all(folder.write("a.gz", packed)), (Texts{{"", "head\n" + text + "tail\n"}}));
  EXPECT_EQ(*read_all(folder.write("padded.gz", packed + std::string(1000, '\0'))),
            (Texts{{"", "head\n" + text + "tail\n"}}));
}

TEST(ByteSource, EveryCutOfAGzipIsNoticed) {
  const TempFolder folder;
  const std::string packed = gzipped("one,two,three\n");
  for (std::size_t n = 2; n < packed.size(); ++n) {
    EXPECT_NE(said(folder.write("a.gz", packed.substr(0, n))).find("end in the middle"),
              std::string::npos)
        << n;
  }
}

TEST(ByteSource, NoFlippedBitOfAGzipChangesTheText) {
  const TempFolder folder;
  const std::string text = "one,two,three\n";
  const std::string packed = gzipped(text);
  for (std::size_t at = 10; at < packed.size();
       ++at) {  // the header's time and system are not covered by the checksum
    std::string flipped = packed;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    const auto read = read_all(folder.write("a.gz", flipped));
    // The last byte of deflate's data is filled up with bits that mean nothing.
    EXPECT_TRUE(!read || (*read)[0].second == text) << at;
  }
  EXPECT_NE(said(folder.write("a.gz", packed + "garbage")).find("damaged in member 2"),
            std::string::npos);
}

TEST(ByteSource, ReadsTheCsvMembersOfAZipAndNothingElse) {
  const TempFolder folder;
  const auto zip = folder.path() / "many.zip";
  write_zip(zip, {{"readme.txt", "no"},
                  {"a/XBTUSD_1.csv", "1"},
                  {"__MACOSX/a.csv", "no"},
                  {"a/._b.csv", "no"},
                  {".csv", "no"},
                  {"B.CSV", "2"}});

  EXPECT_EQ(*read_all(zip), (Texts{{"a/XBTUSD_1.csv", "1"}, {"B.CSV", "2"}}));
}

TEST(ByteSource, ADamagedZipIsRefused) {
  const TempFolder folder;
  const auto zip = folder.path() / "a.zip";
  write_zip(zip, {{"a.csv", some_text()}});
  const std::string good = slurp(zip);
  std::string flipped = good;
  flipped[200] = static_cast<char>(flipped[200] ^ 0x10);

  EXPECT_NE(
      said(folder.write("cut.zip", good.substr(0, good.size() / 2))).find("damaged or cut short"),
      std::string::npos);
  EXPECT_NE(said(folder.write("flipped.zip", flipped)).find("the zip is damaged"),
            std::string::npos);
  write_zip(zip, {{"a.txt", "x"}});
  EXPECT_NE(said(zip).find("holds no .csv"), std::string::npos);
  write_zip(zip, {{"a.csv", "x"}}, "secret");
  EXPECT_NE(said(zip).find("cannot be read"), std::string::npos);
}

TEST(ByteSource, SaysWhatAFileIsInsteadOfCsv) {
  const TempFolder folder;
  const std::tuple<const char*, std::string, const char*> cases[] = {
      {"empty.csv", "", "is empty"},
      {"a.csv.gz", "timestamp,open\n", "the name says gzip"},
      {"a.ZIP", "timestamp,open\n", "the name says zip"},
      {"a.csv", "\x28\xB5\x2F\xFDxxxx", "a zstd file"},
      {"b.csv",
       std::string("\xFD"
                   "7zXZ\0\0",
                   7),
       "a xz file"},
      {"c.csv", "PAR1xxxxxx", "a Parquet file"},
  };
  for (const auto& [name, bytes, text] : cases) {
    EXPECT_NE(said(folder.write(name, bytes)).find(text), std::string::npos)
        << name << ": " << said(folder.path() / name);
  }
}

TEST(ByteSource, SaysWhyAFileCannotBeOpened) {
  const TempFolder folder;

  EXPECT_NE(said(folder.path()).find("is a folder"), std::string::npos);
  const auto missing = open_container(folder.path() / "missing.csv");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  if (::geteuid() == 0) GTEST_SKIP() << "root may open everything";
  const auto closed = folder.write("closed.csv", "x");
  ::chmod(closed.c_str(), 0);
  EXPECT_EQ(open_container(closed).error().kind, ErrorKind::io);
}

TEST(ByteSource, ReadsAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "timestamp,open\n", 15), 15);
  ::close(ends[1]);

  EXPECT_EQ(*read_all("/dev/fd/" + std::to_string(ends[0])), (Texts{{"", "timestamp,open\n"}}));
  ::close(ends[0]);
}

TEST(ByteSource, AZipInAPipeIsRefused) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "PK\x03\x04xxxx", 8), 8);
  ::close(ends[1]);

  EXPECT_NE(said("/dev/fd/" + std::to_string(ends[0])).find("read at random"), std::string::npos);
  ::close(ends[0]);
}

TEST(ByteSource, WhatUnpacksToFarTooMuchIsRefused) {
  const TempFolder folder;
  const std::string flood(std::size_t{18} << 20U, '\n');
  const auto zip = folder.path() / "a.zip";
  write_zip(zip, {{"a.csv", flood}});

  EXPECT_NE(said(folder.write("a.gz", gzipped(flood))).find("250 times"), std::string::npos);
  EXPECT_NE(said(zip).find("250 times"), std::string::npos);
  EXPECT_TRUE(check_ratio(1U << 20U, 1));
  EXPECT_TRUE(check_ratio(1U << 30U, (1U << 30U) / 200));
  EXPECT_FALSE(check_ratio(1U << 30U, (1U << 30U) / 300));
}

}  // namespace
}  // namespace chandler::foreign
