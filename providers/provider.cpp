#include "chandler/provider.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "provider_context.h"

namespace chandler {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::pair<std::string_view, seconds>, 4> kWindows = {
    {{"second", 1s}, {"minute", 60s}, {"hour", 3600s}, {"day", 86400s}}};

}  // namespace

bool is_provider_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  const bool begins = !name.empty() && name.front() != '.' && name.front() != '-';
  return begins && name.size() <= 32 && std::all_of(name.begin(), name.end(), fits);
}

Result<RateLimit> parse_rate_limit(std::string_view text) {
  RateLimit limit;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, limit.units);
  if (failed == std::errc{} && limit.units > 0 && rest != end && *rest == '/') {
    const std::string_view unit(rest + 1, static_cast<std::size_t>(end - rest - 1));
    for (const auto& [name, window] : kWindows) {
      if (unit == name) return RateLimit{limit.units, window};
    }
  }
  return Error{ErrorKind::usage, "\"" + printable(std::string(text), 40) + "\" is not a rate limit",
               "", "write it like \"1200/minute\" (second, minute, hour or day)"};
}

std::string to_string(const RateLimit& limit) {
  for (const auto& [name, window] : kWindows) {
    if (limit.window == window) return std::to_string(limit.units) + "/" + std::string(name);
  }
  return std::to_string(limit.units) + "/" + std::to_string(limit.window.count()) + "s";
}

std::string_view to_string(Adjustment adjustment) {
  switch (adjustment) {
    case Adjustment::raw:
      return "raw";
    case Adjustment::splits:
      return "splits";
    case Adjustment::splits_and_dividends:
      return "splits_and_dividends";
  }
  return "raw";
}

std::string_view to_string(BreakerState state) {
  switch (state) {
    case BreakerState::closed:
      return "closed";
    case BreakerState::open:
      return "open";
    case BreakerState::half_open:
      return "half_open";
  }
  return "closed";
}

bool Capabilities::covers(AssetClass asset_class) const {
  return std::find(classes.begin(), classes.end(), asset_class) != classes.end();
}

bool Capabilities::offers(Timeframe timeframe) const {
  return std::find(timeframes.begin(), timeframes.end(), timeframe) != timeframes.end();
}

bool Capabilities::may_ask(AssetClass asset_class) const {
  return has_key || std::find(keyless_classes.begin(), keyless_classes.end(), asset_class) !=
                        keyless_classes.end();
}

Instant Capabilities::reaches_back_to(Timeframe timeframe, Instant now) const {
  Instant first = earliest.value_or(Instant::min());
  for (const Depth& depth : depths) {
    if (depth.timeframe == timeframe) first = std::max(first, now - depth.back);
  }
  return first;
}

std::optional<std::string> ProviderContext::key(std::string_view variable) const {
  const Environment& place = keys ? keys : environment;
  return place ? place(variable) : std::nullopt;
}

std::optional<std::string> environment_variable(std::string_view name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets any
  const char* value = std::getenv(std::string{name}.c_str());
  if (value == nullptr) return {};
  return value;
}

}  // namespace chandler
