// Folder names: every byte that is not A-Z 0-9 . - = ^ _ becomes %XX (upper-case hex), and so do
//   a first . or _        hidden files, "." and "..", and the cache's own _metadata
//   a last .              Windows drops it
//   the first letter of a name that Windows keeps for itself, alone or before a dot (CON, PRN.A)
// % itself is encoded, so the encoding can be read back in one way only.
#include "chandler/symbol.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "symbol/pair.h"

namespace chandler {
namespace {

using std::string_view;

constexpr std::size_t kMaxName = 64;
constexpr string_view kHex = "0123456789ABCDEF";

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '=' ||
         c == '^' || c == '_';
}

bool is_kept_by_windows(string_view name) {
  const string_view stem = name.substr(0, name.find('.'));
  if (stem.size() == 3) return stem == "CON" || stem == "PRN" || stem == "AUX" || stem == "NUL";
  return stem.size() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) &&
         stem[3] >= '1' && stem[3] <= '9';
}

bool needs_code(string_view name, std::size_t i) {
  const char c = name[i];
  if (!is_plain(c)) return true;
  if (i == 0 && (c == '.' || c == '_' || is_kept_by_windows(name))) return true;
  return i + 1 == name.size() && c == '.';
}

std::string encode(string_view name) {
  std::string folder;
  folder.reserve(name.size());
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!needs_code(name, i)) {
      folder += name[i];
      continue;
    }
    const auto byte = static_cast<unsigned char>(name[i]);
    folder += '%';
    folder += kHex[byte >> 4U];
    folder += kHex[byte & 0xFU];
  }
  return folder;
}

std::optional<std::string> decode(string_view folder) {
  std::string name;
  for (std::size_t i = 0; i < folder.size(); ++i) {
    if (folder[i] != '%') {
      name += folder[i];
      continue;
    }
    if (i + 2 >= folder.size()) return {};
    const std::size_t high = kHex.find(folder[i + 1]);
    const std::size_t low = kHex.find(folder[i + 2]);
    if (high == string_view::npos || low == string_view::npos) return {};
    name += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return name;
}

std::string canonical(string_view text) {
  std::string name = ascii_upper(text);
  if (const auto pair = split_separated(name)) {
    std::string joined(pair->base);
    joined += pair->quote;
    return joined;
  }
  return name;
}

std::string quoted(string_view text) { return '"' + printable(std::string(text)) + '"'; }

}  // namespace

Result<Symbol> Symbol::parse(string_view text) {
  if (text.empty())
    return Error{ErrorKind::usage, "a symbol is missing", "", "write one like BTCUSDT or AAPL"};
  // A separator is the only byte that can go: nothing longer than this fits, and need not be looked
  // at.
  std::string name = text.size() <= kMaxName + 1 ? canonical(text) : std::string(text);
  if (name.size() > kMaxName) {
    return Error{ErrorKind::usage, quoted(text) + " is too long for a symbol", "",
                 "symbols have 1 to 64 bytes"};
  }
  std::string folder = encode(name);
  return Symbol(std::move(name), std::move(folder));
}

Result<Symbol> Symbol::from_folder(string_view folder) {
  if (const auto name = decode(folder)) {
    Result<Symbol> symbol = parse(*name);
    if (symbol && symbol->folder() == folder) return symbol;
  }
  return Error{ErrorKind::not_found, quoted(folder) + " is not the folder of a symbol", "", ""};
}

}  // namespace chandler
