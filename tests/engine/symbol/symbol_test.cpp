#include "chandler/symbol.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace chandler {
namespace {

using namespace std::string_literals;

TEST(Symbol, JoinsPairsHoweverTheyAreSpelled) {
  const std::pair<const char*, const char*> cases[] = {
      {"BTC/USDT", "BTCUSDT"}, {"btc-usdt", "BTCUSDT"}, {"BTC_USDT", "BTCUSDT"},
      {"BTCUSDT", "BTCUSDT"},  {"BTC-USD", "BTCUSD"},   {"eur/usd", "EURUSD"},
      {"XAU-USD", "XAUUSD"},   {"eth/btc", "ETHBTC"},   {"1000SATS/USDT", "1000SATSUSDT"}};
  for (const auto& [typed, name] : cases) {
    const auto symbol = Symbol::parse(typed);
    ASSERT_TRUE(symbol) << typed;
    EXPECT_EQ(symbol->name(), name) << typed;
    EXPECT_EQ(symbol->folder(), name) << typed;
  }
}

TEST(Symbol, LeavesOtherHyphensAndMarksAlone) {
  for (const char* name :
       {"BRK-B", "BRK.B", "EURUSD=X", "^GSPC", "ES=F", "VOD.L", "7203.T", "VOLV-B.ST", "BTC-PERP",
        "BTC_USDT_PERP", "BTCUSD_PERP", "^AGA-EUR", "-USDT", "BTC-"}) {
    const auto symbol = Symbol::parse(name);
    ASSERT_TRUE(symbol) << name;
    EXPECT_EQ(symbol->name(), name);
    EXPECT_EQ(symbol->folder(), name);
  }
}

TEST(Symbol, EncodesWhatAFolderMustNotHold) {
  const std::pair<std::string, std::string> cases[] = {
      {"../../etc/passwd", "%2E.%2F..%2FETC%2FPASSWD"},
      {"/etc/passwd", "%2FETC%2FPASSWD"},
      {".", "%2E"},
      {"..", "%2E%2E"},
      {"_metadata", "%5FMETADATA"},
      {"VOD.", "VOD%2E"},
      {"A\0B"s, "A%00B"},
      {"A\nB", "A%0AB"},
      {"100%", "100%25"},
      {"A\\B", "A%5CB"},
      {"M&M.NS", "M%26M.NS"},
      {"\xE5\xB8\x81USDT", "%E5%B8%81USDT"},
      {"BTC/USDT:USDT", "BTC%2FUSDT%3AUSDT"}};
  for (const auto& [typed, folder] : cases) {
    const auto symbol = Symbol::parse(typed);
    ASSERT_TRUE(symbol) << typed;
    EXPECT_EQ(symbol->folder(), folder);
  }
}

TEST(Symbol, EncodesNamesThatWindowsKeepsForItself) {
  const std::pair<const char*, const char*> cases[] = {
      {"PRN", "%50RN"},   {"con", "%43ON"},       {"AUX.L", "%41UX.L"}, {"NUL", "%4EUL"},
      {"COM1", "%43OM1"}, {"LPT9.X", "%4CPT9.X"}, {"COM0", "COM0"},     {"CONE", "CONE"},
      {"COM", "COM"},     {"PRN-A", "PRN-A"}};
  for (const auto& [typed, folder] : cases)
    EXPECT_EQ(Symbol::parse(typed)->folder(), folder) << typed;
}

TEST(Symbol, HasOneToSixtyFourBytes) {
  const std::string longest(64, 'A');

  EXPECT_TRUE(Symbol::parse("A"));
  EXPECT_EQ(Symbol::parse(longest)->name(), longest);
  EXPECT_EQ(Symbol::parse(std::string(60, 'A') + "/USDT")->name(), std::string(60, 'A') + "USDT");
  for (const std::string& text :
       {""s, longest + "A", std::string(61, 'A') + "/USDT", std::string(100'000, '\n')}) {
    const auto symbol = Symbol::parse(text);
    ASSERT_FALSE(symbol);
    EXPECT_EQ(symbol.error().kind, ErrorKind::usage);
    EXPECT_LT(symbol.error().line().size(), 250U);
    EXPECT_EQ(symbol.error().line().find('\n'), std::string::npos);
  }
}

TEST(Symbol, RefusesFoldersThatAreNotCanonical) {
  for (const char* folder :
       {"", "btcusdt", "BTC-USDT", "PRN", "%50rn", "%2e", ".", "..", "_metadata", "VOD.", "%", "%4",
        "%GG", "%41BC", "A%", "A%2", "BTC/USDT", "%5F%"}) {
    const auto symbol = Symbol::from_folder(folder);
    ASSERT_FALSE(symbol) << folder;
    EXPECT_EQ(symbol.error().kind, ErrorKind::not_found) << folder;
  }
}

TEST(Symbol, IsOrderedByName) {
  EXPECT_LT(*Symbol::parse("AAPL"), *Symbol::parse("MSFT"));
  EXPECT_EQ(*Symbol::parse("BTC/USDT"), *Symbol::parse("btc_usdt"));
}

// Letters, separators, encodings and reserved words come often enough to meet.
std::string random_name(std::mt19937_64& random) {
  static const char* const pieces[] = {"A", "b", "USDT", "CON", "com1", ".",  "..",
                                       "/", "-", "_",    "%",   "%41",  "=X", "^"};
  std::string name;
  const std::size_t parts = 1 + random() % 6;
  for (std::size_t i = 0; i < parts; ++i) {
    if (random() % 3 == 0) {
      name += static_cast<char>(random() % 256);
    } else {
      name += pieces[random() % std::size(pieces)];
    }
  }
  return name;
}

TEST(Symbol, FoldersStayInsideTheCacheAndReadBack) {
  std::mt19937_64 random(20240310);
  std::map<std::string, std::string> name_of;
  for (int i = 0; i < 50'000; ++i) {
    const auto symbol = Symbol::parse(random_name(random));
    ASSERT_TRUE(symbol);
    const std::string& folder = symbol->folder();

    ASSERT_EQ(folder.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-=^_%"),
              std::string::npos)
        << folder;
    ASSERT_TRUE(folder.front() != '.' && folder.front() != '_' && folder.back() != '.') << folder;
    const auto back = Symbol::from_folder(folder);
    ASSERT_TRUE(back) << folder;
    ASSERT_EQ(back->name(), symbol->name());
    ASSERT_EQ(Symbol::parse(symbol->name())->name(), symbol->name());
    // No lower case in a folder: two that differ also differ where case is not told apart.
    const auto [known, fresh] = name_of.emplace(folder, symbol->name());
    ASSERT_EQ(known->second, symbol->name());
  }
  std::map<std::string, std::string> folder_of;
  for (const auto& [folder, name] : name_of)
    ASSERT_TRUE(folder_of.emplace(name, folder).second) << folder;
}

}  // namespace
}  // namespace chandler
