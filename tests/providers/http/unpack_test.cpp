// A packed body is unpacked in one go or piece by piece; which of the two must not show.
#include "http/unpack.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace chandler::http {
namespace {

constexpr std::size_t kMost = std::size_t{8} << 20U;

std::string packed_by_zlib(const std::string& text, int flags = 0) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  gz_header header{};
  header.hcrc = flags;
  if (flags != 0) ::deflateSetHeader(&stream, &header);
  std::string out(::deflateBound(&stream, text.size()) + 64, '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

// The body, or what is wrong with it.
std::string read(const std::string& packed, std::size_t piece, std::size_t most = kMost) {
  BodyReader reader(most);
  reader.set_encoding("gzip");
  for (std::size_t at = 0; at < packed.size(); at += piece) {
    if (const auto added = reader.add(std::string_view(packed).substr(at, piece)); !added)
      return "error: " + added.error().what;
  }
  auto body = reader.finish();
  return body ? *body : "error: " + body.error().what;
}

std::string noise(std::size_t size) {
  std::mt19937 random(5);
  std::string text;
  while (text.size() < size) text += static_cast<char>(random());
  return text;
}

TEST(BodyReader, UnpacksLongAndShortBodiesHoweverTheyAreCut) {
  // The last one is longer packed than what is kept to be unpacked in one go.
  for (const std::string& text : {std::string(), std::string("[]"), std::string(300'000, 'a'),
                                  noise(70'000), noise(std::size_t{3} << 20U)}) {
    const std::string packed = packed_by_zlib(text);
    for (const std::size_t piece : {std::size_t{1000}, std::size_t{16384}, packed.size()})
      EXPECT_TRUE(read(packed, piece) == text) << text.size() << " by " << piece;
  }
}

TEST(BodyReader, TakesSeveralMembersAndHeadersWithAChecksum) {
  const std::string two = packed_by_zlib("one ") + packed_by_zlib("two");
  const std::string checked = packed_by_zlib("checked", 1);

  EXPECT_EQ(read(two, two.size()), "one two");
  EXPECT_EQ(read(checked, checked.size()), "checked");
  std::string wrong = checked;
  wrong[10] = static_cast<char>(wrong[10] ^ 1);  // of the header's own checksum
  EXPECT_EQ(read(wrong, wrong.size()), "error: the answer's gzip cannot be unpacked");
}

TEST(BodyReader, SaysWhatIsWrongWithABodyThatIsNotWhole) {
  const std::string packed = packed_by_zlib(std::string(5000, 'a') + noise(5000));
  for (std::size_t size = 1; size < packed.size(); size += 7)
    EXPECT_EQ(read(packed.substr(0, size), size), "error: the answer's gzip ends early") << size;
  for (std::size_t at = 10; at < packed.size(); at += 13) {
    std::string flipped = packed;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    EXPECT_TRUE(read(flipped, flipped.size()).starts_with("error: the answer's gzip")) << at;
  }
}

TEST(BodyReader, NeverHoldsMoreThanTheCap) {
  const std::string zeros = packed_by_zlib(std::string(std::size_t{20} << 20U, '\0'));
  std::string lying = zeros;  // of the size it has unpacked
  lying[lying.size() - 1] = lying[lying.size() - 2] = lying[lying.size() - 3] = 0;

  for (const std::string& bomb : {zeros, lying, zeros + zeros})
    EXPECT_EQ(read(bomb, 16384), "error: the answer is larger than 8388608 bytes");
  const std::string just = packed_by_zlib(std::string(100, 'x'));
  EXPECT_EQ(read(just, 50, 100).size(), 100U);
  EXPECT_EQ(read(just, 50, 99), "error: the answer is larger than 99 bytes");
}

}  // namespace
}  // namespace chandler::http
