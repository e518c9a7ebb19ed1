#include "venue/json.h"

#include <utility>

#include "store/number_text.h"

namespace chandler::venue {

Result<Json> Document::parse(std::string_view text) {
  Json root;
  if (parser_.parse(text.data(), text.size(), true).get(root) != simdjson::SUCCESS) {
    return unexpected("the answer is not JSON");
  }
  return root;
}

std::optional<double> number(std::string_view text) { return store::parse_number(text); }

std::optional<double> number(const Json& value) {
  double direct = 0;
  if (value.get(direct) == simdjson::SUCCESS) return direct;
  const auto written = text(value);
  return written ? number(*written) : std::nullopt;
}

std::optional<std::int64_t> integer(const Json& value) {
  std::int64_t whole = 0;
  if (value.get(whole) == simdjson::SUCCESS) return whole;
  return {};
}

std::optional<std::string_view> text(const Json& value) {
  std::string_view view;
  if (value.get(view) == simdjson::SUCCESS) return view;
  return {};
}

std::optional<Json> member(const Json& object, std::string_view name) {
  Json found;
  if (object[name].get(found) == simdjson::SUCCESS) return found;
  return {};
}

std::optional<double> number(const Json& object, std::string_view name) {
  const auto found = member(object, name);
  return found ? number(*found) : std::nullopt;
}

std::optional<std::int64_t> integer(const Json& object, std::string_view name) {
  const auto found = member(object, name);
  return found ? integer(*found) : std::nullopt;
}

std::optional<std::string_view> text(const Json& object, std::string_view name) {
  const auto found = member(object, name);
  return found ? text(*found) : std::nullopt;
}

}  // namespace chandler::venue
