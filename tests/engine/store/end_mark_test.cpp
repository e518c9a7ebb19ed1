#include "store/end_mark.h"

#include <gtest/gtest.h>

#include "tests/support/gunzip.h"

namespace chandler::store {
namespace {

EndMark example(std::size_t blocks = 3) {
  EndMark mark;
  mark.symbol = "BTCUSDT";
  mark.timeframe = "1m";
  mark.year = 2024;
  mark.rolled_up = true;
  mark.first = year_start(2024);
  mark.last = year_start(2025) - seconds{60};
  mark.columns.add(Column::vwap);
  for (std::size_t i = 0; i < blocks; ++i) {
    const auto n = static_cast<std::uint32_t>(i);
    mark.blocks.push_back({n, 60'000 + n, 4096, 0xDEADBEEF + n});
    mark.rows += 4096;
    mark.bytes_before += 60'000 + n;
  }
  mark.content.fill(std::byte{0xAB});
  return mark;
}

void expect_equal(const EndMark& a, const EndMark& b) {
  EXPECT_EQ(a.symbol, b.symbol);
  EXPECT_EQ(a.timeframe, b.timeframe);
  EXPECT_EQ(a.year, b.year);
  EXPECT_EQ(a.columns, b.columns);
  EXPECT_EQ(a.rolled_up, b.rolled_up);
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.bytes_before, b.bytes_before);
  EXPECT_EQ(a.first, b.first);
  EXPECT_EQ(a.last, b.last);
  EXPECT_EQ(a.content, b.content);
  EXPECT_EQ(a.blocks, b.blocks);
}

TEST(EndMark, ComesBack) {
  for (const std::size_t blocks : {1U, 2U, 129U}) {
    const EndMark mark = example(blocks);
    const auto back = parse_end_mark(encode_end_mark(mark));
    ASSERT_TRUE(back) << blocks;
    expect_equal(*back, mark);
  }
}

TEST(EndMark, IsAnEmptyPieceToEveryOtherReader) {
  EXPECT_EQ(test::gunzip(encode_end_mark(example())), "");
}

TEST(EndMark, StaysBelowFourKibibytesAtItsWorst) {
  EndMark mark = example(129);
  mark.symbol = std::string(192, 'X');  // 64 bytes, each of them encoded

  const Bytes bytes = encode_end_mark(mark);

  EXPECT_LE(bytes.size(), kMaxEndMark);
  EXPECT_LT(std::to_integer<unsigned>(bytes[10]) + std::to_integer<unsigned>(bytes[11]) * 256,
            4096U);
  ASSERT_TRUE(parse_end_mark(bytes));
}

TEST(EndMark, ItsLastBytesLeadToItsStart) {
  const Bytes mark = encode_end_mark(example());
  Bytes file(1000, std::byte{0x77});
  file.insert(file.end(), mark.begin(), mark.end());

  EXPECT_EQ(trailing_end_mark_size(file), mark.size());
  EXPECT_EQ(trailing_end_mark_size(mark), mark.size());
  EXPECT_FALSE(trailing_end_mark_size(std::span(mark).last(mark.size() - 1)));
  EXPECT_FALSE(trailing_end_mark_size({}));
  EXPECT_FALSE(trailing_end_mark_size(Bytes(100)));
}

TEST(EndMark, WithAnyBitFlippedProvesNothing) {
  const Bytes mark = encode_end_mark(example());
  for (std::size_t bit = 0; bit < mark.size() * 8; ++bit) {
    Bytes flipped = mark;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_FALSE(parse_end_mark(flipped)) << bit;
  }
}

TEST(EndMark, CutAnywhereProvesNothing) {
  const Bytes mark = encode_end_mark(example());
  for (std::size_t size = 0; size < mark.size(); ++size)
    EXPECT_FALSE(parse_end_mark(std::span(mark).first(size))) << size;
}

// Right checksums around a payload that says what no end mark of ours says.
TEST(EndMark, CraftedOnesAreRefused) {
  const Bytes good = encode_end_mark(example());
  const auto payload = parse_member_head(good)->payload;
  const auto crafted = [&](std::size_t at, unsigned value) {
    Bytes changed(payload.begin(), payload.end());
    changed[at] = static_cast<std::byte>(value);
    Bytes member = member_head(changed);
    member.insert(member.end(), good.end() - 10, good.end());
    return parse_end_mark(member).has_value();
  };
  const std::size_t after_names = 2 + 1 + 7 + 1 + 2;

  EXPECT_TRUE(crafted(0, 'E'));
  EXPECT_FALSE(crafted(0, 'B'));
  EXPECT_FALSE(crafted(1, 2)) << "a later version";
  EXPECT_FALSE(crafted(2, 200)) << "a symbol that reaches beyond the end";
  EXPECT_FALSE(crafted(after_names + 2, 0x1E)) << "a required column is missing";
  EXPECT_FALSE(crafted(after_names + 3, 0x80)) << "a column nobody knows";
  EXPECT_FALSE(crafted(after_names + 4, 2)) << "neither fetched nor rolled up";
  EXPECT_FALSE(crafted(after_names + 6, 0)) << "other blocks";
  EXPECT_FALSE(crafted(after_names + 7, 4)) << "more blocks than are there";
  EXPECT_FALSE(crafted(after_names + 7, 2)) << "fewer blocks than are there";
  EXPECT_FALSE(crafted(payload.size() - 1, 1)) << "another size";
}

}  // namespace
}  // namespace chandler::store
