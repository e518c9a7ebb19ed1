#include "store/number_text.h"

#include <fast_float/fast_float.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <system_error>

namespace chandler::store {
namespace {

constexpr std::array<double, 23> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t kExactMantissa = 1ULL << 53U;
constexpr double kFifteenDigits = 1e15;

char* print_scaled(char* out, std::uint64_t scaled, int decimals) {
  while (decimals > 0 && scaled % 10 == 0) {
    scaled /= 10;
    --decimals;
  }
  std::array<char, 24> digits{};
  char* const end = digits.data() + digits.size();
  char* p = end;
  int printed = 0;
  while (scaled != 0 || printed <= decimals) {
    if (printed == decimals && decimals != 0) *--p = '.';
    *--p = static_cast<char>('0' + scaled % 10);
    scaled /= 10;
    ++printed;
  }
  const auto size = static_cast<std::size_t>(end - p);
  std::memcpy(out, p, size);
  return out + size;
}

char* try_scaled(char* out, double v, double magnitude, int decimals) {
  const double power = kPowers[static_cast<std::size_t>(decimals)];
  const double scaled = std::nearbyint(magnitude * power);
  if (!(scaled < kFifteenDigits) || scaled / power != magnitude) return nullptr;
  if (v < 0) *out++ = '-';
  return print_scaled(out, static_cast<std::uint64_t>(scaled), decimals);
}

int decimals_of(const char* begin, const char* end) {
  const auto* dot =
      static_cast<const char*>(std::memchr(begin, '.', static_cast<std::size_t>(end - begin)));
  return dot == nullptr ? 0 : static_cast<int>(end - dot) - 1;
}

}  // namespace

char* print_number(char* out, double v, int& decimals) {
  const double magnitude = std::fabs(v);
  if (magnitude == 0) {
    *out = '0';
    return out + 1;
  }
  if (magnitude < kFifteenDigits) {
    if (char* end = try_scaled(out, v, magnitude, decimals)) return end;
    if (decimals < 8) {
      if (char* end = try_scaled(out, v, magnitude, 8)) {
        decimals = decimals_of(out, end);
        return end;
      }
    }
  }
  if (magnitude >= 1e-12 && magnitude <= 1e15) {
    char* end = std::to_chars(out, out + kMaxNumberText, v, std::chars_format::fixed).ptr;
    const int found = decimals_of(out, end);
    if (found <= 12) decimals = found;
    return end;
  }
  return std::to_chars(out, out + kMaxNumberText, v).ptr;
}

const char* parse_number(const char* p, const char* end, double& value) {
  const char* const begin = p;
  const bool negative = p != end && *p == '-';
  if (negative) ++p;
  const char* const digits = p;
  std::uint64_t mantissa = 0;
  while (p != end && static_cast<unsigned>(*p - '0') < 10)
    mantissa = mantissa * 10 + static_cast<unsigned>(*p++ - '0');
  const std::ptrdiff_t whole = p - digits;
  std::ptrdiff_t fraction = 0;
  if (p != end && *p == '.') {
    const char* const first = ++p;
    while (p != end && static_cast<unsigned>(*p - '0') < 10) {
      mantissa = mantissa * 10 + static_cast<unsigned>(*p++ - '0');
    }
    fraction = p - first;
  }
  if (whole + fraction == 0) return nullptr;
  const bool exponent = p != end && (*p == 'e' || *p == 'E');
  // 19 digits cannot overflow the mantissa.
  if (!exponent && whole + fraction <= 19 && mantissa <= kExactMantissa && fraction <= 22) {
    const double magnitude =
        static_cast<double>(mantissa) / kPowers[static_cast<std::size_t>(fraction)];
    value = negative ? -magnitude : magnitude;
    return p;
  }
  const auto r = fast_float::from_chars(begin, end, value);
  return r.ec == std::errc() && std::isfinite(value) ? r.ptr : nullptr;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  if (parse_number(text.data(), end, value) != end || text.empty()) return {};
  return value;
}

}  // namespace chandler::store
