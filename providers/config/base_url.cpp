#include "config/base_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace chandler {
namespace {

using std::string_view;

constexpr string_view kPlain = "http://";
constexpr string_view kSecure = "https://";

bool begins_with(string_view text, string_view scheme) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return text.size() >= scheme.size() && std::equal(scheme.begin(), scheme.end(), text.begin(),
                                                    [&](char b, char a) { return same(a, b); });
}

// "host:port/path" -> "host"; "[::1]:80" -> "[::1]".
string_view host_of(string_view rest) {
  const string_view authority = rest.substr(0, rest.find('/'));
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

// The whole of 127.0.0.0/8 and ::1. Names are not looked up: what they mean may change.
bool is_loopback(string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  std::array<unsigned char, 4> address{};
  return ::inet_pton(AF_INET, std::string(host).c_str(), address.data()) == 1 && address[0] == 127;
}

bool is_blank_or_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20U || byte == 0x7FU;
}

Error refused(std::string what, std::string hint = {}) {
  return Error{ErrorKind::usage, std::move(what), "", std::move(hint)};
}

}  // namespace

Result<std::string> parse_base_url(string_view text) {
  if (text.find('@') != string_view::npos) {
    return refused("a base URL holds no user and no password",
                   "keys come from the environment: see `chandler providers`");
  }
  if (text.find_first_of("?#\\") != string_view::npos ||
      std::any_of(text.begin(), text.end(), is_blank_or_control)) {
    return refused("a base URL has neither blanks nor a query", "write it like https://host/path");
  }
  const bool plain = begins_with(text, kPlain);
  if (!plain && !begins_with(text, kSecure)) {
    return refused('"' + printable(std::string(text), 80) + "\" is not an http or https URL",
                   "write it like https://host/path");
  }
  const string_view host = host_of(text.substr(plain ? kPlain.size() : kSecure.size()));
  if (host.empty()) {
    return refused('"' + printable(std::string(text), 80) + "\" names no host",
                   "write it like https://host/path");
  }
  if (plain && !is_loopback(host)) {
    return refused('"' + printable(std::string(text), 80) + "\" is plain http to another machine",
                   "use https; plain http is for localhost only");
  }
  while (text.ends_with('/')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace chandler
