#include "store/number_text.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <array>
#include <bit>
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
constexpr std::array<std::uint64_t, 9> kWholePowers = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
constexpr std::uint64_t kExactMantissa = 1ULL << 53U;
constexpr double kFifteenDigits = 1e15;
constexpr int kMaxGuess = 12;

// Eight digits as bytes 0 to 9, the first one lowest. Precondition: below 10^8.
std::uint64_t eight_digits(std::uint64_t v) {
  v = v / 10000 | v % 10000 << 32U;
  const std::uint64_t hundreds = (v * 10486 >> 20U) & 0x0000007F0000007F;
  v = hundreds | (v - 100 * hundreds) << 16U;
  const std::uint64_t tens = (v * 103 >> 10U) & 0x000F000F000F000F;
  return tens | (v - 10 * tens) << 8U;
}

void store_digits(char* out, std::uint64_t digits) {
  digits |= 0x3030303030303030;
  if constexpr (std::endian::native == std::endian::big) digits = __builtin_bswap64(digits);
  std::memcpy(out, &digits, sizeof digits);
}

// Digits 0 before the first other one, and behind the last, of sixteen.
int zeros_before(std::uint64_t high, std::uint64_t low) {
  return high != 0 ? std::countr_zero(high) / 8 : 8 + (low != 0 ? std::countr_zero(low) / 8 : 8);
}
int zeros_behind(std::uint64_t high, std::uint64_t low) {
  return low != 0 ? std::countl_zero(low) / 8 : 8 + (high != 0 ? std::countl_zero(high) / 8 : 8);
}

// scaled / 10^decimals, without zeros at the end of the fraction. Precondition: below 10^15.
char* print_scaled(char* out, std::uint64_t scaled, int decimals) {
  constexpr std::size_t kDigits = 16;
  const std::uint64_t high = eight_digits(scaled / 100'000'000);
  const std::uint64_t low = eight_digits(scaled % 100'000'000);
  std::array<char, 2 * kDigits> digits;
  store_digits(digits.data(), high);
  store_digits(digits.data() + 8, low);
  const auto point = kDigits - static_cast<std::size_t>(decimals);
  const auto fraction =
      static_cast<std::size_t>(decimals - std::min(decimals, zeros_behind(high, low)));
  const auto first = std::min(static_cast<std::size_t>(zeros_before(high, low)), point - 1);
  // Sixteen bytes at once, whatever their number: there is room for them.
  std::memcpy(out, digits.data() + first, kDigits);
  out += point - first;
  if (fraction == 0) return out;
  *out++ = '.';
  std::memcpy(out, digits.data() + point, kDigits);
  return out + fraction;
}

// The nearest integer, to even from the middle. Precondition: 0 <= v < 2^52.
double nearest(double v) {
  constexpr double kNoFraction = 4503599627370496.0;
  return v + kNoFraction - kNoFraction;
}

// The same for what has up to eight digits before the point and behind it, as nearly all have.
char* print_short(char* out, std::uint64_t whole, std::uint64_t scaled, std::size_t decimals) {
  const std::uint64_t digits = eight_digits(whole);
  const unsigned zeros = whole == 0 ? 7 : static_cast<unsigned>(std::countr_zero(digits)) / 8;
  store_digits(out, digits >> 8 * zeros);
  out += 8 - zeros;
  const std::uint64_t fraction = scaled - whole * kWholePowers[decimals];
  if (fraction == 0) return out;
  *out++ = '.';
  const std::uint64_t behind = eight_digits(fraction * kWholePowers[8 - decimals]);
  store_digits(out, behind);
  return out + 8 - std::countl_zero(behind) / 8;
}

char* try_scaled(char* out, double v, double magnitude, int decimals) {
  const double power = kPowers[static_cast<std::size_t>(decimals)];
  const double product = magnitude * power;
  if (!(product < kFifteenDigits - 1)) return nullptr;
  const double scaled = nearest(product);
  if (scaled / power != magnitude) return nullptr;
  if (v < 0) *out++ = '-';
  // No other decimal of so few digits reads as a whole number, so the whole part of the double is
  // that of the decimal.
  if (magnitude < 1e8 && decimals <= 8) {
    return print_short(out, static_cast<std::uint64_t>(magnitude),
                       static_cast<std::uint64_t>(scaled), static_cast<std::size_t>(decimals));
  }
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
    if (found <= kMaxGuess) decimals = found;
    return end;
  }
  return std::to_chars(out, out + kMaxNumberText, v).ptr;
}

bool is_printed(double v, std::string_view text) {
  std::array<char, kMaxNumberText> printed{};
  int decimals = decimals_of(text.data(), text.data() + text.size());
  if (decimals > kMaxGuess) decimals = kMaxGuess;
  const char* const end = print_number(printed.data(), v, decimals);
  return text == std::string_view(printed.data(), static_cast<std::size_t>(end - printed.data()));
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
