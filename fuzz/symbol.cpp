// Symbols as people type them and as folders spell them: none leads out of the cache.
#include "chandler/symbol.h"

#include "chandler/foreign_csv.h"
#include "fuzz/require.h"
#include "selector/asked_symbol.h"

namespace {

using namespace chandler;
using fuzz::require;

void require_sound(const Symbol& symbol) {
  const std::string& folder = symbol.folder();
  require(!symbol.name().empty() && symbol.name().size() <= 64);
  require(!folder.empty() && folder.size() <= 192);
  require(folder.front() != '.' && folder.front() != '_' && folder.back() != '.');
  for (const char c : folder) {
    require((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            std::string_view(".-=^_%").find(c) != std::string_view::npos);
  }
  const auto back = Symbol::from_folder(folder);
  require(back.ok() && *back == symbol && back->folder() == folder);
}

void check(const Result<Symbol>& symbol) {
  if (symbol) {
    require_sound(*symbol);
  } else {
    fuzz::require_shown(symbol.error().line());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const auto parsed = Symbol::parse(text);
  check(parsed);
  if (parsed) {
    const auto again = Symbol::parse(parsed->name());
    require(again.ok() && *again == *parsed);
  }

  const auto from_folder = Symbol::from_folder(text);
  check(from_folder);
  if (from_folder) require(from_folder->folder() == text);

  const auto asked = parse_asked_symbol(text);
  if (asked) {
    require_sound(asked->symbol);
  } else {
    fuzz::require_shown(asked.error().line());
  }

  const SeriesGuess guess = guess_series(std::string(text));
  if (guess.symbol) check(Symbol::parse(*guess.symbol));
  static_cast<void>(parse_timeframe(text));
  return 0;
}
