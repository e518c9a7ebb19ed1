#include "import/fields.h"

#include <utility>

#include "import/fccp.h"
#include "store/number_text.h"

namespace chandler::foreign {
namespace {

using Trim = io::trim_chars<' ', '\t'>;

template <char delimiter>
bool split_line(char* line, char** slots, const std::vector<int>& order) {
  try {
    io::detail::parse_line<Trim, io::double_quote_escape<delimiter, '"'>>(line, slots, order);
    return true;
  } catch (const io::error::base&) {  // too few, too many, or a quote that does not end
    return false;
  }
}

template <char delimiter>
std::optional<std::vector<std::string>> split_copy(std::string line) {
  using Quote = io::double_quote_escape<delimiter, '"'>;
  std::vector<std::string> fields;
  char* rest = line.data();
  try {
    while (rest != nullptr) {
      char* begin = nullptr;
      char* end = nullptr;
      io::detail::chop_next_column<Quote>(rest, begin, end);
      Trim::trim(begin, end);
      Quote::unescape(begin, end);
      fields.emplace_back(trimmed(begin));
    }
  } catch (const io::error::base&) {
    return {};
  }
  return fields;
}

bool is_space(char c) { return c == ' ' || c == '\t'; }

}  // namespace

FieldSplitter::FieldSplitter(char delimiter, std::vector<int> order)
    : split_(delimiter == ';'    ? &split_line<';'>
             : delimiter == '\t' ? &split_line<'\t'>
                                 : &split_line<','>),
      order_(std::move(order)) {}

std::optional<std::vector<std::string>> split_all(std::string_view line, char delimiter) {
  switch (delimiter) {
    case ';':
      return split_copy<';'>(std::string(line));
    case '\t':
      return split_copy<'\t'>(std::string(line));
    default:
      return split_copy<','>(std::string(line));
  }
}

char find_delimiter(std::string_view line) {
  std::size_t tabs = 0;
  std::size_t semicolons = 0;
  std::size_t commas = 0;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    tabs += c == '\t' ? 1U : 0U;
    semicolons += c == ';' ? 1U : 0U;
    commas += c == ',' ? 1U : 0U;
  }
  if (tabs > 0 && tabs >= semicolons && tabs >= commas) return '\t';
  if (semicolons > 0 && semicolons >= commas) return ';';
  return ',';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<double> parse_number(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '$') text.remove_prefix(1);
  return store::parse_number(text);
}

}  // namespace chandler::foreign
