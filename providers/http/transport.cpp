#include "http/transport.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "http/text.h"
#include "http/url.h"

namespace chandler::http {
namespace {

constexpr std::string_view kHidden = "***";
// Parts of a secret (a cookie's value, the token after "Bearer") shorter than this are left alone;
// and a text that was cut inside a secret gives away its beginning, which counts from this length.
constexpr std::size_t kTelling = 8;

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return lower_case(x) == lower_case(y);
         });
}

// Is `text` at `at` the two hexadecimal digits of `c`?
bool hex_of(std::string_view text, std::size_t at, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return at + 2 <= text.size() && lower_case(text[at]) == kHex[byte >> 4U] &&
         lower_case(text[at + 1]) == kHex[byte & 15U];
}

// The lengths of all spellings of `c` that `text` has at `at`: as it is, percent-encoded once or
// twice, of a form ('+'), of JSON (\u002f, \/) or of HTML (&amp;).
void spellings(std::string_view text, std::size_t at, char c, std::vector<std::size_t>& lengths) {
  const std::string_view rest = text.substr(at);
  lengths.clear();
  if (rest.empty()) return;
  if (rest[0] == c || (rest[0] == '+' && c == ' ')) lengths.push_back(1);
  if (rest[0] == '%' && hex_of(text, at + 1, c)) lengths.push_back(3);
  if (rest.starts_with("%25") && hex_of(text, at + 3, c)) lengths.push_back(5);
  if (rest.starts_with("\\u00") && hex_of(text, at + 4, c)) lengths.push_back(6);
  if (rest.size() > 1 && rest[0] == '\\' && rest[1] == c) lengths.push_back(2);
  constexpr std::array<std::pair<char, std::string_view>, 5> kEntities = {
      {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}};
  for (const auto& [character, entity] : kEntities) {
    if (c == character && rest.starts_with(entity)) lengths.push_back(entity.size());
  }
}

// How much of `text` at `at` gives `secret` away: all of it, or a telling beginning. 0: nothing.
std::size_t given_away(std::string_view text, std::size_t at, std::string_view secret) {
  std::vector<std::size_t> ends{at};
  std::vector<std::size_t> lengths;
  std::size_t matched = 0;
  for (const char c : secret) {
    std::vector<std::size_t> next;
    for (const std::size_t end : ends) {
      spellings(text, end, c, lengths);
      for (const std::size_t length : lengths) next.push_back(end + length);
    }
    if (next.empty()) break;
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    ends = std::move(next);
    ++matched;
  }
  if (matched == 0 || matched < std::min(secret.size(), kTelling)) return 0;
  return ends.back() - at;
}

void add_part(std::string_view part, std::vector<std::string>& secrets) {
  if (part.size() >= kTelling) secrets.emplace_back(part);
}

// The value itself, the token in "Bearer TOKEN", the values in "A=1; B=2".
void add_secrets(const Field& field, std::vector<std::string>& secrets) {
  if (!field.secret || field.value.empty()) return;
  secrets.push_back(field.value);
  std::string_view rest = field.value;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" ;,"), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (part.size() < field.value.size()) add_part(part, secrets);
    if (const std::size_t equals = part.find('='); equals != std::string_view::npos)
      add_part(part.substr(equals + 1), secrets);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

std::vector<std::string> secrets_of(const Request& request) {
  std::vector<std::string> secrets;
  for (const Field& field : request.query) add_secrets(field, secrets);
  for (const Field& field : request.headers) add_secrets(field, secrets);
  return secrets;
}

// "https://user:password@host/" -> "https://host/".
std::string without_user(std::string url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at != std::string::npos && at >= host) url.erase(host, at + 1 - host);
  return url;
}

}  // namespace

std::string Request::shown() const {
  constexpr std::size_t kLongest = 300;
  return printable(without_secrets(without_user(address(*this, Secrets::hidden)), *this), kLongest);
}

std::string_view Response::header(std::string_view name) const {
  for (const Field& field : headers) {
    if (same_name(field.name, name)) return field.value;
  }
  return {};
}

std::string without_secrets(std::string text, const Request& request) {
  const std::vector<std::string> secrets = secrets_of(request);
  if (secrets.empty()) return text;
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    for (const std::string& secret : secrets)
      length = std::max(length, given_away(text, at, secret));
    if (length == 0) {
      out += text[at++];
      continue;
    }
    out += kHidden;
    at += length;
  }
  return out;
}

}  // namespace chandler::http
