#include "store/number_text.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace chandler::store {
namespace {

std::string printed(double v, int decimals = 2) {
  std::array<char, kMaxNumberText> out{};
  return {out.data(), print_number(out.data(), v, decimals)};
}

std::string shortest(double v) {
  std::array<char, 512> out{};
  const double magnitude = std::fabs(v);
  const bool plain = magnitude >= 1e-12 && magnitude <= 1e15;
  char* const end =
      plain ? std::to_chars(out.data(), out.data() + out.size(), v, std::chars_format::fixed).ptr
            : std::to_chars(out.data(), out.data() + out.size(), v).ptr;
  return {out.data(), end};
}

// The promise of the format, held against what the standard library says.
void expect_promise(double v, int decimals) {
  std::array<char, kMaxNumberText + 1> out{};
  out.back() = '#';
  const std::string text(out.data(), print_number(out.data(), v, decimals));
  ASSERT_EQ(out.back(), '#') << text << " is longer than promised";
  const double back = std::strtod(text.c_str(), nullptr);
  ASSERT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(v)) << text;
  ASSERT_EQ(text.size(), shortest(v).size()) << text << " or " << shortest(v);
  const double magnitude = std::fabs(v);
  if (magnitude >= 1e-12 && magnitude <= 1e15) {
    ASSERT_EQ(text.find_first_of("eE"), std::string::npos) << text;
  }
  double parsed = 0;
  ASSERT_EQ(parse_number(text.data(), text.data() + text.size(), parsed),
            text.data() + text.size());
  ASSERT_EQ(std::bit_cast<std::uint64_t>(parsed), std::bit_cast<std::uint64_t>(v)) << text;
  ASSERT_GE(decimals, 0);
  ASSERT_LE(decimals, 22) << "the guess must stay an index of exact powers";
}

TEST(NumberText, PrintsWhatPeopleWrite) {
  const std::pair<double, const char*> cases[] = {
      {0, "0"},
      {-0.0, "0"},
      {1, "1"},
      {-1, "-1"},
      {0.1, "0.1"},
      {42283.58, "42283.58"},
      {35.92724, "35.92724"},
      {100, "100"},
      {1e15, "1000000000000000"},
      {1e-12, "0.000000000001"},
      {-2.5e-12, "-0.0000000000025"},
      {999999999999999, "999999999999999"},
      {123456789.123456, "123456789.123456"},
      {0.1 + 0.2, "0.30000000000000004"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
  };
  for (const auto& [value, text] : cases) {
    for (int guess = 0; guess <= 12; ++guess) EXPECT_EQ(printed(value, guess), text) << guess;
  }
}

TEST(NumberText, KeepsItsPromiseAtTheBorders) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double border :
       {1e-12, 1e15, 1e14, 1e-13, 9007199254740992.0, 1e22, 1e23, 1.0, 0.1, 1e-7, 1e-8, 1e-9,
        std::numeric_limits<double>::min(), std::numeric_limits<double>::max(),
        std::numeric_limits<double>::denorm_min(), 0.5, 4503599627370496.5}) {
    double below = border;
    double above = border;
    for (int i = 0; i < 20; ++i) {
      for (const double v : {below, above, -below, -above}) {
        if (v == 0 || !std::isfinite(v)) continue;
        for (const int guess : {0, 2, 8, 12}) ASSERT_NO_FATAL_FAILURE(expect_promise(v, guess));
      }
      below = std::nextafter(below, 0);
      above = std::nextafter(above, infinity);
    }
  }
}

TEST(NumberText, KeepsItsPromiseForRandomBits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto v = std::bit_cast<double>(random());
    if (!std::isfinite(v) || v == 0) continue;
    ASSERT_NO_FATAL_FAILURE(expect_promise(v, i % 13));
  }
}

TEST(NumberText, KeepsItsPromiseForSubnormals) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const auto v = std::bit_cast<double>(random() >> 12U >> (random() % 52));
    if (v == 0) continue;
    ASSERT_NO_FATAL_FAILURE(expect_promise(v, i % 13));
  }
}

TEST(NumberText, KeepsItsPromiseForDecimals) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 150'000; ++i) {
    const auto digits = 1 + random() % 17;
    std::string text;
    for (std::size_t d = 0; d < digits; ++d) text += static_cast<char>('0' + random() % 10);
    text.insert(random() % (text.size() + 1), ".");
    const double v = std::strtod(text.c_str(), nullptr);
    if (v == 0) continue;
    ASSERT_NO_FATAL_FAILURE(expect_promise(i % 2 == 0 ? v : -v, i % 13));
  }
}

TEST(NumberText, ColumnsOfOneKindPrintTheSameWhateverCameBefore) {
  std::mt19937_64 random(4);
  int decimals = 2;
  for (int i = 0; i < 20'000; ++i) {
    const double v = static_cast<double>(random() % 100'000'000) /
                     std::pow(10.0, static_cast<int>(random() % 14));
    std::array<char, kMaxNumberText> out{};
    const std::string carried(out.data(), print_number(out.data(), v, decimals));
    ASSERT_EQ(carried, printed(v, 0));
  }
}

TEST(NumberText, ReadsWhatTheStandardLibraryReads) {
  std::mt19937_64 random(5);
  const auto digits = [&](std::size_t most) {
    std::string text;
    for (std::size_t n = random() % (most + 1); n > 0; --n)
      text += static_cast<char>('0' + random() % 10);
    return text;
  };
  for (int i = 0; i < 200'000; ++i) {
    std::string text = random() % 4 == 0 ? "-" : "";
    text += digits(random() % 8 == 0 ? 30 : 10);
    if (random() % 4 != 0) text += "." + digits(random() % 8 == 0 ? 30 : 10);
    if (random() % 8 == 0) text += random() % 2 == 0 ? "e" : "E";
    if (text.ends_with('e') && random() % 4 != 0) {
      text += random() % 2 == 0 ? "-" : "";
      text += std::to_string(random() % 300);
    }
    if (random() % 3 == 0) text += ",17";
    const char* const end = text.data() + text.size();
    double expected = 0;
    const auto truth = std::from_chars(text.data(), end, expected);

    double value = 0;
    const char* const stopped = parse_number(text.data(), end, value);

    if (truth.ec != std::errc()) {
      if (truth.ec != std::errc::invalid_argument) continue;
      ASSERT_EQ(stopped, nullptr) << text;
      continue;
    }
    ASSERT_EQ(stopped, truth.ptr) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(value), std::bit_cast<std::uint64_t>(expected)) << text;
  }
}

TEST(NumberText, IsExactWhereTheMantissaIsLong) {
  for (const char* text :
       {"9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993.0",
        "18446744073709551615", "18446744073709551616", "0.9007199254740993",
        "1.0000000000000002220446049250313", "0000000000000000000000001.5",
        "0.0000000000000000000000000001", "99999999999999999999999999.99999999999"}) {
    EXPECT_EQ(parse_number(text), std::strtod(text, nullptr)) << text;
  }
}

TEST(NumberText, RefusesWhatIsNoNumber) {
  for (const char* text :
       {"",    "-",   ".",    "-.",       "+1",    " 1",     "1 ",    "nan",
        "NaN", "inf", "-inf", "infinity", "0x10",  "1,5",    "1.2.3", "--1",
        "e5",  ".e5", "1e",   "1e+",      "1e999", "-1e999", "1_000", "\xd9\xa1"}) {
    EXPECT_FALSE(parse_number(std::string_view(text))) << text;
  }
}

TEST(NumberText, StopsBeforeTheFirstByteThatIsNotItsOwn) {
  const std::string text = "12.5,13";
  double value = 0;

  const char* const stopped = parse_number(text.data(), text.data() + text.size(), value);

  EXPECT_EQ(value, 12.5);
  EXPECT_EQ(stopped, text.data() + 4);
}

TEST(NumberText, NeverReadsPastTheEndItWasGiven) {
  const std::string text = "12345";
  double value = 0;

  EXPECT_EQ(parse_number(text.data(), text.data() + 2, value), text.data() + 2);

  EXPECT_EQ(value, 12);
}

}  // namespace
}  // namespace chandler::store
