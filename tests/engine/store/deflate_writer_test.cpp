#include "store/deflate_writer.h"

#include <gtest/gtest.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <utility>

namespace chandler::store {
namespace {

Bytes packed(std::string_view text) {
  std::vector<Match> matches;
  find_matches(text, matches);
  Bytes out;
  write_deflate(text, matches, out);
  return out;
}

std::string by_zlib(Bytes in, std::size_t room) {
  std::string text(room + 1, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, -15), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

std::string by_libdeflate(const Bytes& in, std::size_t room) {
  std::string text(room + 1, '\0');
  auto* const decompressor = libdeflate_alloc_decompressor();
  std::size_t used = 0;
  std::size_t size = 0;
  EXPECT_EQ(libdeflate_deflate_decompress_ex(decompressor, in.data(), in.size(), text.data(),
                                             text.size(), &used, &size),
            LIBDEFLATE_SUCCESS);
  EXPECT_EQ(used, in.size());
  libdeflate_free_decompressor(decompressor);
  text.resize(size);
  return text;
}

std::string by_isal(Bytes in, std::size_t room) {
  std::string text(room + 1, '\0');
  const auto state = std::make_unique<inflate_state>();
  isal_inflate_init(state.get());
  state->next_in = reinterpret_cast<std::uint8_t*>(in.data());
  state->avail_in = static_cast<std::uint32_t>(in.size());
  state->next_out = reinterpret_cast<std::uint8_t*>(text.data());
  state->avail_out = static_cast<std::uint32_t>(text.size());
  EXPECT_EQ(isal_inflate_stateless(state.get()), ISAL_DECOMP_OK);
  EXPECT_EQ(state->avail_in, 0U);
  text.resize(state->total_out);
  return text;
}

void expect_read_by_all(const std::string& text) {
  const Bytes bytes = packed(text);
  ASSERT_EQ(by_zlib(bytes, text.size()), text);
  ASSERT_EQ(by_libdeflate(bytes, text.size()), text);
  ASSERT_EQ(by_isal(bytes, text.size()), text);
}

TEST(DeflateWriter, IsReadByThreeInflatersWhateverTheText) {
  std::mt19937_64 random(3);
  const std::string_view letters = "0123456789,.\n-: ";
  for (int round = 0; round < 1000; ++round) {
    std::string text;
    const std::size_t size = random() % 3000;
    const std::size_t kinds = 1 + random() % letters.size();
    while (text.size() < size) {
      if (!text.empty() && random() % 8 == 0) {
        text += text.substr(random() % text.size(), random() % 300);
      } else {
        text += letters[random() % kinds];
      }
    }
    ASSERT_NO_FATAL_FAILURE(expect_read_by_all(text)) << text;
  }
}

TEST(DeflateWriter, IsReadAlsoWhereItCanSaveNothing) {
  std::mt19937_64 random(4);
  for (const std::size_t size : {0U, 1U, 2U, 3U, 100U, 70'000U}) {
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>(random());
    ASSERT_NO_FATAL_FAILURE(expect_read_by_all(text)) << size;
    EXPECT_LE(packed(text).size(), size + size / 8 + 16) << size;
  }
}

TEST(DeflateWriter, IsReadWhereOneByteIsAllThereIs) {
  for (const char c : {'0', ',', '\n', '\xff'}) {
    for (const std::size_t size : {1U, 5U, 300U, 100'000U})
      ASSERT_NO_FATAL_FAILURE(expect_read_by_all(std::string(size, c)));
  }
}

// Codes of all lengths up to the longest: letters as often as the Fibonacci numbers.
TEST(DeflateWriter, IsReadWithTheLongestCodes) {
  std::string text;
  std::size_t often = 1;
  std::size_t before = 1;
  for (char c = 'a'; c < 'a' + 22; ++c) {
    text += std::string(often, c);
    before = std::exchange(often, often + before);
  }
  std::mt19937_64 random(5);
  std::shuffle(text.begin(), text.end(), random);
  ASSERT_NO_FATAL_FAILURE(expect_read_by_all(text));
}

// Lengths and distances at the borders of their codes, made by hand.
TEST(DeflateWriter, SaysEveryLengthAndEveryKindOfDistance) {
  std::mt19937_64 random(6);
  std::string text(kFarthest, ' ');
  for (char& c : text) c = static_cast<char>('0' + random() % 10);
  std::vector<Match> matches;
  std::uint32_t literals = kFarthest;
  const auto repeat = [&](std::size_t length, std::size_t distance) {
    for (std::size_t i = 0; i < length; ++i) text += text[text.size() - distance];
    matches.push_back(
        {literals, static_cast<std::uint16_t>(length), static_cast<std::uint16_t>(distance)});
    literals = 0;
  };
  for (std::size_t length = 3; length <= 258; ++length) repeat(length, 1 + random() % kFarthest);
  for (std::size_t distance = 1; distance <= kFarthest; distance *= 2) {
    for (const std::size_t d : {distance - 1, distance, distance + 1, distance + distance / 2}) {
      if (d >= 1 && d <= kFarthest) repeat(3 + random() % 20, d);
    }
  }
  Bytes bytes;

  write_deflate(text, matches, bytes);

  EXPECT_EQ(by_zlib(bytes, text.size()), text);
  EXPECT_EQ(by_libdeflate(bytes, text.size()), text);
  EXPECT_EQ(by_isal(bytes, text.size()), text);
}

// A year of minutes must not be larger than what pandas or DuckDB write: zlib's level 9 and 6.
TEST(DeflateWriter, PacksRowsSmallerThanZlibDoes) {
  std::mt19937_64 random(7);
  std::string text;
  std::int64_t close = 4'228'358;
  for (int minute = 0; minute < 4096; ++minute) {
    const std::int64_t open = close;
    close += static_cast<std::int64_t>(random() % 4001) - 2000;
    const std::int64_t high = std::max(open, close) + static_cast<std::int64_t>(random() % 2000);
    const std::int64_t low = std::min(open, close) - static_cast<std::int64_t>(random() % 2000);
    std::array<char, 128> row{};
    std::snprintf(row.data(), row.size(), "2024-01-%02d %02d:%02d:00,%.2f,%.2f,%.2f,%.2f,%.5f\n",
                  minute / 1440 + 1, minute / 60 % 24, minute % 60, static_cast<double>(open) / 100,
                  static_cast<double>(high) / 100, static_cast<double>(low) / 100,
                  static_cast<double>(close) / 100,
                  static_cast<double>(random() % 9'000'000) / 100'000);
    text += row.data();
  }
  uLongf by_nine = compressBound(static_cast<uLong>(text.size()));
  std::string out(by_nine, '\0');
  ASSERT_EQ(
      compress2(reinterpret_cast<Bytef*>(out.data()), &by_nine,
                reinterpret_cast<const Bytef*>(text.data()), static_cast<uLong>(text.size()), 9),
      Z_OK);

  EXPECT_LT(packed(text).size(), by_nine);
}

}  // namespace
}  // namespace chandler::store
