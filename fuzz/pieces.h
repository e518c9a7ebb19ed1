// Cuts an input into small decisions and a rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/require.h"

namespace chandler::fuzz {

// Past the end it gives zeros.
class Pieces {
 public:
  Pieces(const unsigned char* data, std::size_t size) : rest_(text_of(data, size)) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::size_t number(std::size_t below) {
    const std::size_t high = byte();
    const std::size_t middle = byte();
    return (high << 16U | middle << 8U | byte()) % below;
  }
  // Up to a line feed, which goes away.
  std::string_view line() {
    const std::size_t end = rest_.find('\n');
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return text;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace chandler::fuzz
