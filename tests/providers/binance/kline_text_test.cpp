// The reader of Binance's own spelling against the general parser: what the one reads, the other
// reads in the same way, to the last bit; what the one leaves alone is the other's business.
#include "binance/kline_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/providers/fixture.h"

namespace chandler::binance {
namespace {

using std::chrono::milliseconds;

const http::Moment kLate{*parse_exact("2030-01-01 00:00:00")};

void expect_same(const Klines& fast, const Klines& general, const std::string& text) {
  EXPECT_TRUE(identical(fast.bars, general.bars)) << text.substr(0, 500);
  EXPECT_EQ(fast.rows, general.rows);
  EXPECT_EQ(fast.first, general.first);
  EXPECT_EQ(fast.last, general.last);
  EXPECT_EQ(fast.forming, general.forming);
}

// True when the fast reader took it.
bool expect_agreement(const std::string& text, Timeframe timeframe, http::Moment now) {
  const auto fast = read_klines(text, timeframe, now);
  if (!fast) return false;
  const auto general = parse_klines_document(text, timeframe, now);
  EXPECT_TRUE(general) << text.substr(0, 500);
  if (general) expect_same(*fast, *general, text);
  return true;
}

class Writer {
 public:
  explicit Writer(unsigned seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  std::string digits(std::uint64_t count) {
    std::string text;
    for (std::uint64_t i = 0; i < count; ++i) text += static_cast<char>('0' + below(10));
    return text;
  }
  // As Binance writes them, and longer than any double is exact.
  std::string number() {
    std::string text = digits(1 + below(below(8) == 0 ? 20 : 6));
    if (below(8) != 0) text += "." + digits(below(6) == 0 ? below(24) : 8);
    return '"' + text + '"';
  }
  std::string row(std::int64_t open_ms, std::int64_t length_ms) {
    std::string text = "[" + std::to_string(open_ms);
    for (int i = 0; i < 5; ++i) text += "," + number();
    text += "," + std::to_string(open_ms + length_ms - 1) + "," + number() + "," +
            std::to_string(below(100'000));
    return text + "," + number() + "," + number() + ",\"0\"]";
  }
  std::string page(std::size_t rows, Instant from, seconds step) {
    std::string text = "[";
    for (std::size_t i = 0; i < rows; ++i) {
      if (i > 0) text += ',';
      text += row(milliseconds{(from + static_cast<int>(i) * step).time_since_epoch()}.count(),
                  milliseconds{step}.count());
    }
    return text + "]";
  }

 private:
  std::mt19937_64 random_;
};

TEST(KlineText, ReadsRecordedPagesAsTheGeneralParserDoes) {
  for (const auto& [name, timeframe] : std::vector<std::pair<const char*, Timeframe>>{
           {"binance/klines_BTCUSDT_1h_page1.json", Timeframe::h1},
           {"binance/klines_BTCUSDT_1h_page2.json", Timeframe::h1},
           {"binance/klines_BTCUSDT_1m_60.json", Timeframe::m1},
           {"binance/klines_BTCUSDT_5m_24.json", Timeframe::m5}}) {
    CHANDLER_NEEDS_FIXTURE(name);
    std::string text = read_fixture(name);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });

    EXPECT_TRUE(expect_agreement(text, timeframe, kLate)) << name;
  }
}

TEST(KlineText, ReadsPagesOfAnyNumbersAsTheGeneralParserDoes) {
  Writer writer(7);
  int taken = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string page =
        writer.page(1 + writer.below(40), *parse_exact("2024-02-28 23:00:00"), seconds{60});

    taken += expect_agreement(page, Timeframe::m1, kLate) ? 1 : 0;
  }
  EXPECT_EQ(taken, 300);
}

TEST(KlineText, KnowsWhichCandlesAreStillOpen) {
  Writer writer(8);
  for (const Timeframe timeframe : kAllTimeframes) {
    const Instant from = utc_floor(timeframe, *parse_exact("2024-02-27 13:07:00"));
    for (int i = -3; i < 8; ++i) {
      const seconds step = nominal_length(timeframe);
      const http::Moment now = http::Moment{from + i * step} - milliseconds{writer.below(3)};

      EXPECT_TRUE(expect_agreement(writer.page(5, from, step), timeframe, now))
          << to_string(timeframe);
    }
  }
}

TEST(KlineText, LeavesOtherSpellingsToTheGeneralParser) {
  Writer writer(9);
  const std::string row = writer.row(1704067200000, 60'000);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = row;
    text.replace(text.find(from), from.size(), to);
    return "[" + text + "]";
  };
  for (const std::string& text :
       std::vector<std::string>{"",
                                "[",
                                "]",
                                "[]",
                                "[[]]",
                                "null",
                                "[" + row,
                                "[" + row + ",]",
                                "[" + row + "]]",
                                "[" + row + "] ",
                                " [" + row + "]",
                                "[" + row + "]\n",
                                "[" + row + "" + row + "]",
                                with("1704067200000", "01704067200000"),
                                with("1704067200000", "-1704067200000"),
                                with("1704067200000", "1704067200000.0"),
                                with("1704067200000", "1704067200001"),
                                with("1704067200000", "9999999999999999999"),
                                with("1704067200000", "\"1704067200000\""),
                                with("[1704067200000,\"", "[1704067200000,\"-"),
                                with("[1704067200000,\"", "[1704067200000,\"x"),
                                with("[1704067200000,\"", "[1704067200000,\"."),
                                with("[1704067200000,\"", "[1704067200000,\"1e5"),
                                with(",\"0\"]", "]"),
                                with(",\"0\"]", ",\"0\",1]"),
                                with(",\"0\"]", ",0]"),
                                with(",\"0\"]", ",\"\\u0030\"]"),
                                with(",\"0\"]", ",\"\xff\"]"),
                                std::string("[") + '\0' + "]"}) {
    EXPECT_FALSE(read_klines(text, Timeframe::m1, kLate)) << text;
  }
}

// Bytes changed, taken out or put in at random: whatever is still taken is taken alike, and what is
// no JSON is never taken.
TEST(KlineText, AgreesOnDamagedPagesOrStaysOut) {
  Writer writer(10);
  constexpr std::string_view kBytes = "0123456789.,\"[]-+eE {}:xn\\\x80";
  for (int i = 0; i < 5000; ++i) {
    std::string page = writer.page(2, *parse_exact("2024-01-01 00:00:00"), seconds{60});
    for (std::uint64_t n = 1 + writer.below(3); n > 0; --n) {
      const std::size_t at = writer.below(page.size());
      const char byte = kBytes[writer.below(kBytes.size())];
      switch (writer.below(3)) {
        case 0:
          page[at] = byte;
          break;
        case 1:
          page.erase(at, 1 + writer.below(4));
          break;
        default:
          page.insert(at, 1, byte);
      }
      if (page.empty()) break;
    }
    expect_agreement(page, Timeframe::m1, kLate);
  }
}

}  // namespace
}  // namespace chandler::binance
