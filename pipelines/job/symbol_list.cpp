#include "job/symbol_list.h"

#include <algorithm>

#include "job/job.h"

namespace chandler {
namespace {

using std::string_view;

constexpr string_view kByteOrderMark = "\xEF\xBB\xBF";

// What stands before `end`, which is passed over as well.
string_view take_until(string_view& text, char end) {
  const std::size_t at = text.find(end);
  const string_view taken = text.substr(0, at);
  text.remove_prefix(at == string_view::npos ? text.size() : at + 1);
  return taken;
}

string_view trimmed(string_view text) {
  constexpr string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool divides(char c) { return static_cast<unsigned char>(c) <= 0x20U || c == ',' || c == '\x7F'; }

Error at_line(const std::string& file, std::size_t line, std::string what, std::string hint) {
  return Error{ErrorKind::usage, std::move(what), file + ":" + std::to_string(line),
               std::move(hint)};
}

}  // namespace

Result<AskedSymbol> parse_written_symbol(string_view text) {
  if (std::any_of(text.begin(), text.end(), divides)) {
    return Error{ErrorKind::usage, '"' + printable(std::string(text), 80) + "\" is not one symbol",
                 "", "write each by itself, without blanks"};
  }
  return parse_asked_symbol(text);
}

Result<std::vector<ListedSymbol>> parse_symbol_list(string_view text, const std::string& file) {
  std::vector<ListedSymbol> listed;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (std::size_t line = 1; !text.empty(); ++line) {
    string_view whole = take_until(text, '\n');
    string_view rest = take_until(whole, '#');
    while (!rest.empty()) {
      const string_view word = trimmed(take_until(rest, ','));
      if (word.empty()) continue;
      if (word.starts_with('@')) {
        return at_line(file, line, "a file of symbols names no further files",
                       "name \"" + printable(std::string(word), 80) + "\" in the job");
      }
      if (listed.size() == kMaxSeries) {
        return at_line(file, line, "more than " + std::to_string(kMaxSeries) + " symbols", "");
      }
      auto symbol = parse_written_symbol(word);
      if (!symbol) return at_line(file, line, symbol.error().what, symbol.error().hint);
      listed.push_back({std::move(*symbol), line});
    }
  }
  return listed;
}

}  // namespace chandler
