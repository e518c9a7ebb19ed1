#include "chandler/result.h"

#include <algorithm>
#include <string_view>

#include "time/utf8.h"

namespace chandler {

std::string printable(const std::string& text, std::size_t limit) {
  std::string out;
  out.reserve(text.size());
  std::string_view rest = text;
  for (std::size_t shown = 0; !rest.empty(); ++shown) {
    if (shown == limit) return out + "...";
    const CodePoint point = first_code_point(rest);
    const std::size_t bytes = std::max<std::size_t>(1, point.bytes);
    if (point.bytes == 0 || is_control(point.value)) {
      out += '?';
    } else {
      out += rest.substr(0, bytes);
    }
    rest.remove_prefix(bytes);
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
