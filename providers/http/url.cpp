#include "http/url.h"

namespace chandler::http {
namespace {

bool stays(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~' || c == ',' || c == ':';
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (stays(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

std::string address(const Request& request, Secrets secrets) {
  std::string out = request.url.substr(0, request.url.find('#'));
  char separator = out.find('?') == std::string::npos ? '?' : '&';
  for (const Field& field : request.query) {
    out += separator;
    separator = '&';
    out += percent_encoded(field.name) + "=";
    out += secrets == Secrets::hidden && field.secret ? "***" : percent_encoded(field.value);
  }
  return out;
}

}  // namespace chandler::http
