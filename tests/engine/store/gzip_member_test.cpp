#include "store/gzip_member.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "tests/support/gunzip.h"

namespace chandler::store {
namespace {

constexpr std::size_t kRoom = 64U << 20U;

Bytes payload_of(std::size_t size) {
  Bytes payload(size);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::byte>(i * 7);
  return payload;
}

Bytes member_of(std::string_view text, const Bytes& payload) {
  Bytes member = member_head(payload);
  Deflater().deflate(text, member);
  ByteWriter(member)
      .put(crc32(std::as_bytes(std::span(text))))
      .put(static_cast<std::uint32_t>(text.size()));
  return member;
}

TEST(GzipMember, Crc32IsTheOneOfGzip) {
  EXPECT_EQ(crc32({}), 0U);
  EXPECT_EQ(crc32(std::as_bytes(std::span(std::string_view("123456789")))), 0xCBF43926U);
}

TEST(GzipMember, IsReadByZlibAndByOurselves) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * i) + "\n";
  const Bytes member = member_of(text, payload_of(100));
  std::string unpacked;

  ASSERT_TRUE(Inflater().inflate(member, kRoom, unpacked));

  EXPECT_EQ(unpacked, text);
  EXPECT_EQ(test::gunzip(member), text);
}

TEST(GzipMember, HeadSaysNothingOfTimeMachineOrPath) {
  const Bytes head = member_head(payload_of(3));

  const std::vector<unsigned> fixed = {0x1f, 0x8b, 8,  4, 0,   0,   0, 0,
                                       0,    0xff, 11, 0, 'C', 'H', 7, 0};
  for (std::size_t i = 0; i < fixed.size(); ++i)
    EXPECT_EQ(std::to_integer<unsigned>(head[i]), fixed[i]) << i;
  EXPECT_EQ(head.size(), kMemberFixed + 3 + 4);
}

TEST(GzipMember, HeadGivesItsPayloadBack) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{255}, std::size_t{256}, kMaxPayload - 4}) {
    const Bytes payload = payload_of(size);
    const Bytes head = member_head(payload);
    const auto parsed = parse_member_head(head);
    ASSERT_TRUE(parsed) << size;
    EXPECT_EQ(Bytes(parsed->payload.begin(), parsed->payload.end()), payload);
    EXPECT_EQ(parsed->size, head.size());
  }
}

TEST(GzipMember, PayloadBeyondFourKibibytesIsRefused) {
  const Bytes biggest = member_head(payload_of(kMaxPayload - 4));
  EXPECT_TRUE(parse_member_head(biggest));
  EXPECT_LT(biggest.size() - 12, 4096U) << "the extra field";
  EXPECT_FALSE(parse_member_head(member_head(payload_of(kMaxPayload - 3))));
}

TEST(GzipMember, HeadWithAnyBitFlippedOrCutIsNotOurs) {
  const Bytes head = member_head(payload_of(40));
  for (std::size_t bit = 0; bit < head.size() * 8; ++bit) {
    Bytes flipped = head;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_FALSE(parse_member_head(flipped)) << bit;
  }
  for (std::size_t size = 0; size < head.size(); ++size)
    EXPECT_FALSE(parse_member_head(Bytes(head.begin(), head.begin() + static_cast<long>(size))));
}

TEST(GzipMember, ForeignGzipLooksLikeGzipButIsNotOurs) {
  const Bytes plain = {std::byte{0x1f}, std::byte{0x8b}, std::byte{8}, std::byte{0}, std::byte{0},
                       std::byte{0},    std::byte{0},    std::byte{0}, std::byte{0}, std::byte{3},
                       std::byte{3},    std::byte{0},    std::byte{0}, std::byte{0}, std::byte{0},
                       std::byte{0},    std::byte{0},    std::byte{0}, std::byte{0}, std::byte{0}};

  EXPECT_TRUE(looks_like_gzip(plain));
  EXPECT_FALSE(parse_member_head(plain));
  EXPECT_FALSE(looks_like_gzip(std::span(plain).first(2)));
  EXPECT_FALSE(looks_like_gzip({}));
}

TEST(GzipMember, InflaterRefusesAnyFlippedBitOfTheBody) {
  const std::string text = "timestamp,open\n2024-01-01 00:00:00,1\n2024-01-01 00:01:00,2\n";
  const Bytes member = member_of(text, payload_of(8));
  const std::size_t body = kMemberFixed + 8 + 4;
  Inflater inflater;
  std::string unpacked;
  for (std::size_t bit = body * 8; bit < member.size() * 8; ++bit) {
    Bytes flipped = member;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_FALSE(inflater.inflate(flipped, kRoom, unpacked) && unpacked != text) << bit;
  }
}

TEST(GzipMember, InflaterTakesExactlyOneMember) {
  const Bytes member = member_of("one line\n", payload_of(8));
  Bytes two = member;
  two.insert(two.end(), member.begin(), member.end());
  Bytes tail = member;
  tail.push_back(std::byte{0});
  Inflater inflater;
  std::string text;

  EXPECT_FALSE(inflater.inflate(two, kRoom, text));
  EXPECT_FALSE(inflater.inflate(tail, kRoom, text));
  for (std::size_t size = 0; size < member.size(); ++size)
    EXPECT_FALSE(inflater.inflate(Bytes(member.begin(), member.begin() + static_cast<long>(size)),
                                  kRoom, text));
  EXPECT_TRUE(inflater.inflate(member, kRoom, text));
  EXPECT_EQ(text, "one line\n");
}

TEST(GzipMember, InflaterUnpacksNothingThatIsLongerThanItMayBe) {
  const std::string text(100'000, '1');
  const Bytes member = member_of(text, payload_of(8));
  std::string unpacked;

  EXPECT_FALSE(Inflater().inflate(member, text.size() - 1, unpacked));
  EXPECT_EQ(unpacked, "");
  EXPECT_TRUE(Inflater().inflate(member, text.size(), unpacked));
}

TEST(GzipMember, InflaterTakesNoMemoryForALengthThatCannotBe) {
  for (const std::uint32_t claimed : {0xFFFFFFFFU, 65U << 20U, 60U << 20U}) {
    Bytes member = member_of("one line\n", payload_of(8));
    member.resize(member.size() - 4);
    ByteWriter(member).put(claimed);
    std::string text;
    EXPECT_FALSE(Inflater().inflate(member, kRoom, text));
    EXPECT_LT(text.capacity(), 1U << 20U) << claimed;
  }
}

TEST(ByteReader, PastTheEndGivesZerosAndSaysSo) {
  const Bytes data = {std::byte{1}, std::byte{2}, std::byte{3}};
  ByteReader r(data);

  EXPECT_EQ(r.get<std::uint16_t>(), 0x0201U);
  EXPECT_FALSE(r.at_end());
  EXPECT_EQ(r.get<std::uint32_t>(), 0U);
  EXPECT_FALSE(r.ok());
  EXPECT_EQ(r.get<std::uint8_t>(), 0U);
  EXPECT_EQ(r.get_text(), "");
  EXPECT_EQ(r.get_digest(), Digest{});
  EXPECT_FALSE(r.at_end());
}

TEST(ByteReader, ReadsWhatTheWriterWrote) {
  Bytes data;
  ByteWriter(data).put(std::int64_t{-1704067200}).put_text("binance").put(std::uint8_t{200});
  ByteReader r(data);

  EXPECT_EQ(r.get<std::int64_t>(), -1704067200);
  EXPECT_EQ(r.get_text(), "binance");
  EXPECT_EQ(r.get<std::uint8_t>(), 200U);
  EXPECT_TRUE(r.at_end());
}

}  // namespace
}  // namespace chandler::store
