#include "store/block.h"

#include <gtest/gtest.h>

#include <random>

#include "store_support.h"
#include "tests/support/gunzip.h"

namespace chandler::store {
namespace {

// Owners of `rows` rows; who(i) is the number of the provider of row i.
template <class Who>
RowOwners owners_of(std::size_t rows, std::size_t name_size, const Who& who) {
  RowOwners owners;
  for (std::size_t i = 0; i < rows; ++i) {
    std::string name(name_size, 'p');
    name.front() = static_cast<char>('a' + who(i));
    owners.push_back(name);
  }
  owners.tidy();
  return owners;
}

SealedBlock seal(const BarSeries& bars, RowOwners owners, bool with_header = true) {
  Deflater deflater;
  return seal_block(bars, 0, bars.size(), std::move(owners),
                    block_index(Timeframe::m1, bars.timestamp[0]), with_header, deflater);
}

std::size_t extra_field(const Bytes& member) {
  return std::to_integer<std::size_t>(member[10]) | std::to_integer<std::size_t>(member[11]) << 8U;
}

void expect_comes_back(const RowOwners& owners) {
  const BarSeries bars = test::minutes("2024-01-01", owners.of_row.size());
  const SealedBlock sealed = seal(bars, owners);

  const auto info = parse_block_head(sealed.member);

  ASSERT_TRUE(info);
  EXPECT_EQ(info->owners.names, owners.names);
  EXPECT_EQ(info->owners.of_row, owners.of_row);
  EXPECT_LT(extra_field(sealed.member), 4096U);
}

TEST(Block, SaysWhatItHolds) {
  const BarSeries bars = test::minutes("2024-01-03", 1000);  // all in block 0 of the year

  const SealedBlock sealed = seal(bars, owners_of(1000, 7, [](std::size_t) { return 0; }));
  const auto info = parse_block_head(sealed.member);

  ASSERT_TRUE(info);
  EXPECT_EQ(info->index, 0U);
  EXPECT_EQ(info->member_size, sealed.member.size());
  EXPECT_EQ(info->rows, 1000U);
  EXPECT_EQ(info->first, bars.timestamp.front());
  EXPECT_EQ(info->last, bars.timestamp.back());
  EXPECT_EQ(info->owners.names, std::vector<std::string>{"apppppp"});
  const auto text = test::gunzip(sealed.member);
  ASSERT_TRUE(text);
  EXPECT_EQ(sha256(std::as_bytes(std::span(*text))), info->sha256);
  EXPECT_EQ(text->substr(0, text->find('\n')), "timestamp,open,high,low,close,volume");
}

TEST(Block, HoldsTheHeaderLineOnlyWhenToldTo) {
  const BarSeries bars = test::minutes("2024-01-03", 10);

  const SealedBlock sealed = seal(bars, owners_of(10, 7, [](std::size_t) { return 0; }), false);

  EXPECT_EQ(test::gunzip(sealed.member)->substr(0, 20), "2024-01-03 00:00:00,");
}

TEST(Block, IsTheSameBytesForTheSameRows) {
  const BarSeries bars = test::minutes("2024-01-03", 500);
  const auto owners = owners_of(500, 7, [](std::size_t i) { return i % 3; });
  RowOwners other_order;
  for (std::size_t i = 500; i-- > 0;) other_order.push_back(owners.name_of(i));
  std::reverse(other_order.of_row.begin(), other_order.of_row.end());
  other_order.names.emplace_back("unused");
  other_order.tidy();

  EXPECT_EQ(seal(bars, owners).member, seal(bars, other_order).member);
}

TEST(Block, GivesOwnersBackWhateverTheirPattern) {
  std::mt19937 random(11);
  for (const std::size_t providers : {1U, 2U, 3U, 4U, 5U, 8U, 15U, 16U}) {
    for (const std::size_t rows : {1U, 2U, 3U, 7U, 8U, 9U, 1000U, 4096U}) {
      expect_comes_back(owners_of(rows, 5, [&](std::size_t i) { return i % providers; }));
      expect_comes_back(owners_of(rows, 5, [&](std::size_t i) { return i * providers / rows; }));
      expect_comes_back(owners_of(rows, 5, [&](std::size_t) { return random() % providers; }));
    }
  }
}

TEST(Block, KeepsItsHeadSmallAtItsWorst) {
  const BarSeries bars = test::minutes("2024-01-01", 4096);
  const auto worst =
      owners_of(4096, kMaxProviderName, [](std::size_t i) { return i % kMaxProviders; });
  ASSERT_EQ(worst.names.size(), kMaxProviders);

  const SealedBlock sealed = seal(bars, worst);

  EXPECT_LT(extra_field(sealed.member), 4096U);
  ASSERT_TRUE(parse_block_head(sealed.member));
  EXPECT_EQ(test::gunzip(sealed.member)->size() > 4096, true);
}

TEST(Block, TakesTheShorterOfItsTwoEncodingsAndRunsWhenTheyAreEqual) {
  // 40 rows of two providers: 5 bytes as bits, 2 + 3 a run as runs.
  const BarSeries bars = test::minutes("2024-01-01", 40);
  const auto kind_of = [&](const RowOwners& owners) {
    const SealedBlock sealed = seal(bars, owners);
    const auto head = parse_member_head(sealed.member);
    std::size_t at = 2 + 4 * 3 + 8 * 2 + 32 + 1;
    for (const std::string& name : owners.names) at += 1 + name.size();
    return std::to_integer<unsigned>(head->payload[at]);
  };

  EXPECT_EQ(kind_of(owners_of(40, 5, [](std::size_t) { return 0; })), 0U);
  EXPECT_EQ(kind_of(owners_of(40, 5, [](std::size_t i) { return i / 20; })), 1U);  // 8 against 5
  EXPECT_EQ(kind_of(owners_of(40, 5, [](std::size_t i) { return i / 14; })), 2U);  // 11 against 10
  EXPECT_EQ(kind_of(owners_of(40, 5, [](std::size_t i) { return i / 8; })), 0U);   // 17 against 20
  EXPECT_EQ(kind_of(owners_of(40, 5, [](std::size_t i) { return i / 7; })), 0U);   // 20 against 20
}

TEST(Block, HeadWithAnyBitFlippedIsRefused) {
  const BarSeries bars = test::minutes("2024-01-01", 20);
  const SealedBlock sealed = seal(bars, owners_of(20, 5, [](std::size_t i) { return i % 2; }));
  const std::size_t head = parse_member_head(sealed.member)->size;
  for (std::size_t bit = 0; bit < head * 8; ++bit) {
    Bytes flipped = sealed.member;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_FALSE(parse_block_head(flipped)) << bit;
  }
}

// A head whose checksum is right but which says what no block of ours says.
class CraftedHead : public ::testing::Test {
 protected:
  struct Fields {
    std::uint8_t what = 'B';
    std::uint8_t version = 1;
    std::uint32_t size = 1000;
    std::uint32_t rows = 4;
    Bytes owners = {std::byte{1}, std::byte{1}, std::byte{'a'}, std::byte{0}, std::byte{1},
                    std::byte{0}, std::byte{0}, std::byte{4},   std::byte{0}};
  };
  static bool accepted(const Fields& f) {
    Bytes payload;
    ByteWriter(payload).put(f.what).put(f.version).put(std::uint32_t{0}).put(f.size).put(f.rows);
    ByteWriter(payload)
        .put(std::int64_t{0})
        .put(std::int64_t{0})
        .put_bytes(Digest{})
        .put_bytes(f.owners);
    return parse_block_head(member_head(payload)).has_value();
  }
  static Bytes bytes(std::initializer_list<int> values) {
    Bytes out;
    for (const int v : values) out.push_back(static_cast<std::byte>(v));
    return out;
  }
};

TEST_F(CraftedHead, IsAcceptedWhenItIsRight) { EXPECT_TRUE(accepted({})); }

TEST_F(CraftedHead, OfAnotherKindOrVersionIsNoBlock) {
  EXPECT_FALSE(accepted({.what = 'E'}));
  EXPECT_FALSE(accepted({.version = 2}));
}

TEST_F(CraftedHead, HasAtLeastOneRowAndAtMostThoseOfABlock) {
  EXPECT_FALSE(accepted({.rows = 0}));
  EXPECT_FALSE(accepted({.rows = 4097, .owners = bytes({1, 1, 'a', 0, 1, 0, 0, 1, 16})}));
  EXPECT_TRUE(accepted({.rows = 4096, .owners = bytes({1, 1, 'a', 0, 1, 0, 0, 0, 16})}));
}

TEST_F(CraftedHead, IsNotLongerThanItsMember) { EXPECT_FALSE(accepted({.size = 80})); }

TEST_F(CraftedHead, NamesAnOwnerForEveryRowAndNoOther) {
  EXPECT_FALSE(accepted({.owners = {}}));
  EXPECT_FALSE(accepted({.owners = bytes({0, 0, 1, 0, 0, 4, 0})})) << "no provider";
  EXPECT_FALSE(accepted({.owners = bytes({1, 1, 'a', 0, 1, 0, 1, 4, 0})})) << "provider 1 of 1";
  EXPECT_FALSE(accepted({.owners = bytes({1, 1, 'a', 0, 1, 0, 0, 3, 0})})) << "too few rows";
  EXPECT_FALSE(accepted({.owners = bytes({1, 1, 'a', 0, 1, 0, 0, 5, 0})})) << "too many rows";
  EXPECT_FALSE(accepted({.owners = bytes({1, 1, 'a', 0, 2, 0, 0, 4, 0})})) << "a run is missing";
  EXPECT_FALSE(accepted({.owners = bytes({1, 1, 'a', 0, 1, 0, 0, 4, 0, 0})})) << "a byte too many";
  EXPECT_FALSE(accepted({.owners = bytes({1, 1, 'a', 3, 0, 0})})) << "three bits a row";
  EXPECT_FALSE(accepted({.owners = bytes({1, 1, 'a', 1, 15})})) << "bits of provider 1 of 1";
  EXPECT_TRUE(accepted({.owners = bytes({1, 1, 'a', 1, 0})}));
  EXPECT_FALSE(accepted({.owners = bytes({1, 1, 'a', 1})})) << "the table is missing";
  Bytes seventeen = bytes({17});
  for (int i = 0; i < 17; ++i)
    ByteWriter(seventeen).put_text(std::string(1, static_cast<char>('a' + i)));
  ByteWriter(seventeen).put_bytes(bytes({0, 1, 0, 0, 4, 0}));
  EXPECT_FALSE(accepted({.owners = seventeen}));
}

TEST(BlockRange, PartsTheYearWithoutHolesAndKnowsWhereEachSlotLies) {
  for (const Timeframe tf : kAllTimeframes) {
    for (const int year : {2023, 2024}) {
      Instant at = year_start(year);
      for (std::uint32_t k = 0; at < year_start(year + 1); ++k) {
        const TimeRange range = block_range(tf, year, k);
        ASSERT_EQ(range.from, at) << to_string(tf) << " " << k;
        ASSERT_GT(range.to, range.from);
        EXPECT_EQ(block_index(tf, range.from), k);
        EXPECT_EQ(block_index(tf, range.to - seconds{1}), k);
        at = range.to;
      }
      EXPECT_EQ(at, year_start(year + 1));
    }
  }
}

TEST(BlockRange, AYearOfMinutesIs129Blocks) {
  EXPECT_EQ(block_index(Timeframe::m1, year_start(2025) - seconds{60}), 128U);
  EXPECT_EQ(block_index(Timeframe::h1, year_start(2025) - seconds{60}), 2U);
  EXPECT_EQ(block_index(Timeframe::d1, year_start(2025) - seconds{60}), 0U);
}

TEST(RowOwners, TidySortsNamesAndDropsUnusedOnes) {
  RowOwners owners;
  for (const char* name : {"yahoo", "binance", "yahoo", "alpaca"}) owners.push_back(name);
  owners.names.emplace_back("nobody");

  owners.tidy();

  EXPECT_EQ(owners.names, (std::vector<std::string>{"alpaca", "binance", "yahoo"}));
  EXPECT_EQ(owners.of_row, (std::vector<std::uint8_t>{2, 1, 2, 0}));
}

}  // namespace
}  // namespace chandler::store
