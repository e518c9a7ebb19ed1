// Text for a page: what comes from outside can only get in as text, never as markup.
//
//   Markup page;
//   page.raw("<td>").text(symbol.name()).raw("</td>");
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "chandler/time.h"

namespace chandler::html {

// As text or as the value of a quoted attribute. What XML cannot hold (control characters, broken
// UTF-8) and what turns the direction of writing round becomes U+FFFD. Cut to `limit` characters.
[[nodiscard]] std::string escaped(std::string_view text, std::size_t limit = 400);

// Grows a page. `raw` is for markup of ours, `text` for everything else.
class Markup {
 public:
  Markup& raw(std::string_view markup) {
    html_ += markup;
    return *this;
  }
  Markup& text(std::string_view words, std::size_t limit = 400) {
    html_ += escaped(words, limit);
    return *this;
  }
  [[nodiscard]] std::size_t size() const { return html_.size(); }
  [[nodiscard]] std::string take() && { return std::move(html_); }

 private:
  std::string html_;
};

[[nodiscard]] std::string counted(std::int64_t n);  // "1,234,567"
[[nodiscard]] inline std::string counted(std::uint64_t n) {
  return counted(static_cast<std::int64_t>(n));
}
// "1 gap", "2 gaps"
[[nodiscard]] std::string counted(std::uint64_t n, std::string_view one, std::string_view many);
[[nodiscard]] std::string fixed(double value, int decimals);  // "0.9987"; no exponent
[[nodiscard]] std::string compact(double value);              // "1.2M", "350", "0.0021"
[[nodiscard]] std::string byte_size(std::uint64_t bytes);     // "1.2 MB"
[[nodiscard]] std::string lasted(
    std::chrono::microseconds time);                        // "350 ms", "1.2 s", "3 min 20 s"
[[nodiscard]] std::string minute_text(Instant t);           // "2024-03-05 14:00"
[[nodiscard]] std::string date_text(Instant t);             // "2024-03-05"
[[nodiscard]] std::string_view month_name(unsigned month);  // 1: "Jan"

}  // namespace chandler::html
