#include "plugin/description.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

namespace chandler::plugin {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kLongest = std::size_t{64} << 10U;
constexpr std::size_t kMostPageBars = 1'000'000;

Error refuse(const std::string& what, const std::string& hint = "") {
  return Error{ErrorKind::data, "its description " + what, "",
               hint.empty() ? "see docs/plugins.md for what `describe` prints" : hint};
}

Error wrong_type(std::string_view key, std::string_view wanted) {
  return refuse("has a \"" + std::string(key) + "\" that is not " + std::string(wanted));
}

// The next four: nothing when the key is not there.
Result<std::optional<std::string>> text_of(const object& document, std::string_view key) {
  element found;
  if (document[key].get(found) != simdjson::SUCCESS) return std::optional<std::string>{};
  std::string_view text;
  if (found.get(text) != simdjson::SUCCESS) return wrong_type(key, "a text");
  return std::optional(std::string(text));
}

Result<std::optional<double>> number_of(const object& document, std::string_view key) {
  element found;
  if (document[key].get(found) != simdjson::SUCCESS) return std::optional<double>{};
  double number = 0;
  if (found.get(number) != simdjson::SUCCESS) return wrong_type(key, "a number");
  return std::optional(number);
}

Result<std::optional<bool>> flag_of(const object& document, std::string_view key) {
  element found;
  if (document[key].get(found) != simdjson::SUCCESS) return std::optional<bool>{};
  bool flag = false;
  if (found.get(flag) != simdjson::SUCCESS) return wrong_type(key, "true or false");
  return std::optional(flag);
}

Result<std::optional<std::vector<std::string>>> list_of(const object& document,
                                                        std::string_view key) {
  element found;
  if (document[key].get(found) != simdjson::SUCCESS)
    return std::optional<std::vector<std::string>>{};
  simdjson::dom::array items;
  if (found.get(items) != simdjson::SUCCESS) return wrong_type(key, "a list of texts");
  std::vector<std::string> texts;
  for (const element item : items) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return wrong_type(key, "a list of texts");
    texts.emplace_back(text);
  }
  return std::optional(std::move(texts));
}

bool is_variable(std::string_view text) {
  return !text.empty() && text.size() <= 128 && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

Result<void> check_protocol(const object& document) {
  CHANDLER_TRY(const auto protocol, number_of(document, "protocol"));
  if (!protocol) return refuse("has no \"protocol\"");
  if (*protocol != kProtocol) {
    const bool newer = *protocol > kProtocol;
    return refuse("speaks another protocol than " + std::to_string(kProtocol),
                  newer ? "a newer Chandler may know it; or get the plugin's version for this one"
                        : "write \"protocol\": 1");
  }
  return {};
}

Result<std::string> name_of(const object& document) {
  CHANDLER_TRY(auto name, text_of(document, "name"));
  if (!name) return refuse("has no \"name\"");
  if (!is_provider_name(*name))
    return refuse("has the name \"" + printable(*name, 40) + "\"",
                  "a name is 1 to 32 of a-z 0-9 _ - . and not first: - .");
  return *std::move(name);
}

// A list that must be there, each item read by `parse`.
template <class T, class Parse>
Result<std::vector<T>> parsed_list(const object& document, std::string_view key, Parse parse) {
  CHANDLER_TRY(const auto texts, list_of(document, key));
  if (!texts || texts->empty()) return refuse("names no \"" + std::string(key) + "\"");
  std::vector<T> all;
  for (const std::string& text : *texts) {
    const Result<T> one = parse(text);
    if (!one)
      return refuse("has a \"" + std::string(key) + "\" that is wrong: " + one.error().what,
                    one.error().hint);
    if (std::find(all.begin(), all.end(), *one) == all.end()) all.push_back(*one);
  }
  return all;
}

Result<ColumnSet> columns_of(const object& document) {
  CHANDLER_TRY(const auto names, list_of(document, "columns"));
  ColumnSet columns;
  for (const std::string& name : names.value_or(std::vector<std::string>{})) {
    const auto column = parse_column(name);
    if (column) columns.add(*column);
    if (!column && name != "timestamp")
      return refuse("names the column \"" + printable(name, 40) + "\", which there is not",
                    "optional columns are adj_close, vwap, trade_count, turnover");
  }
  return columns;
}

Result<std::vector<RateLimit>> limits_of(const object& document) {
  CHANDLER_TRY(const auto text, text_of(document, "rate_limit"));
  std::vector<RateLimit> limits;
  if (text) {
    const auto limit = parse_rate_limit(*text);
    if (!limit)
      return refuse("has a wrong \"rate_limit\": " + limit.error().what, limit.error().hint);
    limits.push_back(*limit);
  }
  return limits;
}

Result<std::vector<std::string>> variables_of(const object& document, std::string_view key) {
  CHANDLER_TRY(auto names, list_of(document, key));
  if (!names) return std::vector<std::string>{};
  for (const std::string& name : *names) {
    if (!is_variable(name))
      return refuse(
          "names the variable \"" + printable(name, 40) + "\" in \"" + std::string(key) + "\"",
          "name environment variables like MINE_API_KEY; never put a key here");
  }
  return *std::move(names);
}

Result<std::vector<std::string>> key_variables_of(const object& document, const std::string& name) {
  CHANDLER_TRY(const auto needs_key, flag_of(document, "needs_key"));
  CHANDLER_TRY(auto keys, variables_of(document, "key_env"));
  if (!needs_key.value_or(!keys.empty())) return std::vector<std::string>{};
  if (!keys.empty()) return keys;
  std::string variable;
  for (const char c : name)
    variable +=
        c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : (c == '-' || c == '.' ? '_' : c);
  if (variable[0] >= '0' && variable[0] <= '9') variable.insert(0, "_");
  return std::vector<std::string>{variable + "_API_KEY"};
}

Result<Adjustment> adjustment_of(const object& document) {
  CHANDLER_TRY(const auto text, text_of(document, "adjustment"));
  if (!text) return Adjustment::raw;
  for (const Adjustment one :
       {Adjustment::raw, Adjustment::splits, Adjustment::splits_and_dividends}) {
    if (*text == to_string(one)) return one;
  }
  return refuse("has the \"adjustment\" \"" + printable(*text, 40) + "\"",
                "it is raw, splits or splits_and_dividends");
}

Result<std::vector<Capabilities::Depth>> depths_of(const object& document) {
  element found;
  if (document["depth_days"].get(found) != simdjson::SUCCESS)
    return std::vector<Capabilities::Depth>{};
  object days;
  if (found.get(days) != simdjson::SUCCESS)
    return wrong_type("depth_days", "an object like {\"1m\": 30}");
  std::vector<Capabilities::Depth> depths;
  for (const auto [key, value] : days) {
    const auto timeframe = parse_timeframe(key);
    double count = 0;
    if (!timeframe || value.get(count) != simdjson::SUCCESS || !(count > 0 && count < 100'000))
      return wrong_type("depth_days", "an object like {\"1m\": 30}");
    depths.push_back({*timeframe, seconds{static_cast<std::int64_t>(count * 86'400)}});
  }
  return depths;
}

Result<void> read_extras(const object& document, Description& into) {
  Capabilities& can = into.capabilities;
  CHANDLER_TRY(into.variables, variables_of(document, "env"));
  CHANDLER_TRY(can.adjustment, adjustment_of(document));
  CHANDLER_TRY(const auto page_bars, number_of(document, "page_bars"));
  if (page_bars) {
    if (!(*page_bars >= 1 && *page_bars <= kMostPageBars))
      return wrong_type("page_bars", "a number from 1 to " + std::to_string(kMostPageBars));
    into.page_bars = static_cast<std::size_t>(*page_bars);
  }
  CHANDLER_TRY(const auto reliability, number_of(document, "reliability"));
  if (reliability && !(*reliability >= 0 && *reliability <= 1))
    return wrong_type("reliability", "a number from 0 to 1");
  can.reliability = reliability.value_or(can.reliability);
  CHANDLER_TRY(const auto earliest, text_of(document, "earliest"));
  if (earliest) {
    can.earliest = parse_exact(earliest->size() == 10 ? *earliest + " 00:00:00" : *earliest);
    if (!can.earliest) return wrong_type("earliest", "a date like 2017-08-17");
  }
  CHANDLER_TRY(can.depths, depths_of(document));
  CHANDLER_TRY(const auto probe, text_of(document, "probe_symbol"));
  if (probe) {
    const auto symbol = Symbol::parse(*probe);
    if (!symbol) return wrong_type("probe_symbol", "a symbol");
    into.probe_symbol = *symbol;
  }
  CHANDLER_TRY(const auto network, text_of(document, "network"));
  if (network && *network != "host" && *network != "own")
    return wrong_type("network", "\"host\" or \"own\"");
  into.host_network = network.value_or("host") == "host";
  return {};
}

}  // namespace

Result<Description> parse_description(std::string_view text) {
  if (text.size() > kLongest) return refuse("is over 64 KiB");
  simdjson::dom::parser parser;
  element root;
  if (const auto failed = parser.parse(std::string(text)).get(root))
    return refuse(std::string("is not one JSON document: ") + simdjson::error_message(failed));
  object document;
  if (root.get(document) != simdjson::SUCCESS) return refuse("is not a JSON object");

  Description description;
  Capabilities& can = description.capabilities;
  CHANDLER_CHECK(check_protocol(document));
  CHANDLER_TRY(can.name, name_of(document));
  CHANDLER_TRY(can.classes, parsed_list<AssetClass>(document, "classes", parse_asset_class));
  CHANDLER_TRY(can.timeframes, parsed_list<Timeframe>(document, "timeframes", parse_timeframe));
  CHANDLER_TRY(can.columns, columns_of(document));
  CHANDLER_TRY(can.rate_limits, limits_of(document));
  CHANDLER_TRY(can.key_variables, key_variables_of(document, can.name));
  CHANDLER_CHECK(read_extras(document, description));
  can.page_bars = description.page_bars.value_or(10'000);
  return description;
}

}  // namespace chandler::plugin
