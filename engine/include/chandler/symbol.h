// Symbols and their folders.
//
// BTC/USDT, btc-usdt, BTC_USDT and BTCUSDT are one symbol, BTCUSDT: a pair is joined when exactly
// one separator among / - _ stands in it and a known quote asset after that (BRK-B and BRK.B stay
// as they are). The folder keeps A-Z 0-9 . - = ^ _ (not first: . _; not last: .) and %XX-encodes
// every other byte and the first letter of a name Windows keeps for itself (CON, PRN.A), so that a
// symbol can never name a place outside the cache. The encoding is reversible.
//
//   CHANDLER_TRY(const chandler::Symbol symbol, chandler::Symbol::parse("btc/usdt"));
//   symbol.name();    // "BTCUSDT"
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "chandler/result.h"

namespace chandler {

class Symbol {
 public:
  // 1 to 64 bytes after canonicalisation; upper-cased (ASCII only).
  static Result<Symbol> parse(std::string_view text);
  // The symbol a folder of the cache stands for; not_found when it is not the canonical encoding of
  // any.
  static Result<Symbol> from_folder(std::string_view folder);

  [[nodiscard]] const std::string& name() const { return name_; }  // "BTCUSDT", "BRK.B", "^GSPC"
  [[nodiscard]] const std::string& folder() const { return folder_; }  // "PRN" -> "%50RN"

  friend bool operator==(const Symbol& a, const Symbol& b) { return a.name_ == b.name_; }
  friend auto operator<=>(const Symbol& a, const Symbol& b) { return a.name_ <=> b.name_; }

 private:
  Symbol(std::string name, std::string folder)
      : name_(std::move(name)), folder_(std::move(folder)) {}
  std::string name_;
  std::string folder_;
};

}  // namespace chandler
