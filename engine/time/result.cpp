#include "chandler/result.h"

namespace chandler {

std::string printable(const std::string& text, std::size_t limit) {
  std::string out;
  out.reserve(text.size());
  std::size_t shown = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool continuation = (byte & 0xC0U) == 0x80U;
    if (!continuation && ++shown > limit) return out + "...";
    const bool control = byte < 0x20U || byte == 0x7FU;
    out += control ? '?' : c;
  }
  return out;
}

std::string Error::line() const {
  std::string text;
  if (!where.empty()) text = where + ": ";
  text += what;
  if (!hint.empty()) text += "; " + hint;
  return printable(text, 2000);
}

Error Error::within(const std::string& place, const char* separator) const {
  Error e = *this;
  e.where = where.empty() ? place : place + separator + where;
  return e;
}

}  // namespace chandler
