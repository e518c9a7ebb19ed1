#include "import/line_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace chandler::foreign {
namespace {

// Hands out a text in pieces of a given size; then ends or fails.
class Pieces final : public ByteSource {
 public:
  Pieces(std::string text, std::size_t piece, std::optional<Error> then = {})
      : text_(std::move(text)), piece_(piece), then_(std::move(then)) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t n = std::min({size, piece_, text_.size() - at_});
    if (n == 0 && then_) return *then_;
    std::memcpy(to, text_.data() + at_, n);
    at_ += n;
    return n;
  }

 private:
  std::string text_;
  std::size_t piece_;
  std::optional<Error> then_;
  std::size_t at_ = 0;
};

struct Read {
  std::vector<std::string> lines;
  std::optional<Error> error;
};

Read read_all(const std::string& text, std::size_t piece = 1U << 20U,
              std::optional<Error> then = {}) {
  LineStream stream(std::make_unique<Pieces>(text, piece, std::move(then)));
  Read read;
  for (;;) {
    auto line = stream.next();
    if (!line) read.error = line.error();
    if (!line || *line == nullptr) return read;
    read.lines.emplace_back(*line);
    EXPECT_EQ(stream.line(), read.lines.size());
  }
}

using Lines = std::vector<std::string>;

TEST(LineStream, CutsLinesHoweverTheBytesArrive) {
  for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
    EXPECT_EQ(read_all("\xEF\xBB\xBFone\r\ntwo\n\nfour", piece).lines,
              (Lines{"one", "two", "", "four"}))
        << piece;
    EXPECT_EQ(read_all("one\n", piece).lines, Lines{"one"}) << piece;
    EXPECT_TRUE(read_all("", piece).lines.empty());
  }
}

// More than the two blocks of 16 MiB that fast-cpp-csv-parser reads at first. The last size ends,
// without LF, where the block before had one: a reader that looks one byte too far finds it there.
TEST(LineStream, EndsWellAtTheBordersOfBlocks) {
  constexpr std::size_t kBlock = 1U << 24U;
  for (const std::size_t size : {2 * kBlock, 2 * kBlock + 1, 3 * kBlock + 63}) {
    std::string text;
    text.reserve(size);
    while (text.size() + 20000 < size) text += std::string(16383, 'x') + "\n";
    text += std::string(size - text.size(), 'z');
    LineStream stream(std::make_unique<Pieces>(text, 1U << 30U));
    std::size_t bytes = 0;
    std::string last;
    std::size_t count = 0;
    for (;;) {
      const auto line = stream.next();
      ASSERT_TRUE(line);
      if (*line == nullptr) break;
      last = *line;
      bytes += last.size() + 1;
      ++count;
    }
    EXPECT_EQ(bytes, size + 1) << size;
    EXPECT_EQ(last.find_first_not_of('z'), std::string::npos) << size;
    EXPECT_EQ(count, static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  }
}

TEST(LineStream, RefusesALineOverOneMebibyteAndNoShorterOne) {
  const std::string longest(kMaxLine, 'x');
  for (const std::size_t piece : {1U << 12U, 100'003U, 1U << 30U}) {
    EXPECT_EQ(read_all("a\n" + longest + "\nb\n", piece).lines, (Lines{"a", longest, "b"}));
    const Read read = read_all("a\n" + longest + "y\nb\n", piece);
    EXPECT_EQ(read.lines, Lines{"a"});
    ASSERT_TRUE(read.error);
    EXPECT_EQ(read.error->where, "line 2");
  }
}

TEST(LineStream, AnEndlessLineIsLeftAtOnce) {
  class Endless final : public ByteSource {
   public:
    explicit Endless(std::size_t& given) : given_(given) {}
    Result<std::size_t> read(char* to, std::size_t size) override {
      std::memset(to, '1', size);
      given_ += size;
      return size;
    }

   private:
    std::size_t& given_;
  };
  std::size_t given = 0;

  LineStream stream(std::make_unique<Endless>(given));

  EXPECT_FALSE(stream.next());
  EXPECT_LT(given, 4U << 20U);
}

TEST(LineStream, AnErrorComesAfterTheLinesBeforeIt) {
  const Error broken{ErrorKind::io, "broken", "", ""};
  for (const std::size_t piece : {1U, 1000U}) {
    const Read inside = read_all("one\ntwo\nthr", piece, broken);
    EXPECT_EQ(inside.lines, (Lines{"one", "two"}));
    ASSERT_TRUE(inside.error);
    EXPECT_EQ(inside.error->line(), "line 3: broken");

    const Read between = read_all("one\ntwo\n", piece, broken);
    EXPECT_EQ(between.lines, (Lines{"one", "two"}));
    ASSERT_TRUE(between.error);
  }
}

TEST(LineStream, ANulDoesNotCutALineInSilence) {
  EXPECT_EQ(read_all(std::string("1.5\0garbage\n", 12)).lines, Lines{"1.5\x01garbage"});
}

}  // namespace
}  // namespace chandler::foreign
