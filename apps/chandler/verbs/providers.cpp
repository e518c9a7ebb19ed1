// chandler providers [list|test] [NAME...]
#include <nlohmann/json.hpp>
#include <optional>

#include "table.h"
#include "use_sources.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct ProvidersArguments {
  std::string action = "list";
  std::vector<std::string> names;
  std::vector<std::string> plugin_places{};
};

struct Row {
  const Registry::Entry* entry = nullptr;
  std::optional<Health> health{};  // when it was tested
};

template <class Items, class Name>
std::vector<std::string> names_of(const Items& items, Name name) {
  std::vector<std::string> names;
  names.reserve(items.size());
  for (const auto& item : items) names.emplace_back(name(item));
  return names;
}
std::vector<std::string> classes_of(const Capabilities& able) {
  return names_of(able.classes, [](AssetClass c) { return to_string(c); });
}
std::vector<std::string> timeframes_of(const Capabilities& able) {
  return names_of(able.timeframes, [](Timeframe t) { return to_string(t); });
}
std::vector<std::string> limits_of(const Capabilities& able) {
  return names_of(able.rate_limits, [](const RateLimit& l) { return to_string(l); });
}
std::vector<std::string> columns_of(const Capabilities& able) {
  std::vector<std::string> names;
  for (const Column column : kAllColumns) {
    if (able.columns.has(column)) names.emplace_back(to_string(column));
  }
  return names;
}

Json as_json(const Health& health) {
  Json clock = nullptr;
  if (health.clock_ahead) clock = health.clock_ahead->count();
  return Json{{"ok", health.ok},
              {"latency_ms", health.latency.count()},
              {"detail", health.detail},
              {"clock_ahead_ms", std::move(clock)}};
}

Json as_json(const Row& row) {
  const Capabilities& able = row.entry->provider->capabilities();
  Json json{{"name", able.name},
            {"enabled", row.entry->enabled},
            {"classes", classes_of(able)},
            {"timeframes", timeframes_of(able)},
            {"needs_key", !able.key_variables.empty()},
            {"has_key", able.has_key},
            {"key_variables", able.key_variables},
            {"columns", columns_of(able)},
            {"adjustment", to_string(able.adjustment)},
            {"rate_limits", limits_of(able)},
            {"reliability", able.reliability},
            {"breaker", to_string(row.entry->provider->breaker())}};
  if (row.health) json["health"] = as_json(*row.health);
  return json;
}

std::string shown_key(const Capabilities& able) {
  if (able.key_variables.empty()) return "not needed";
  return able.has_key ? "there" : "set " + joined(able.key_variables, " and ");
}

std::string shown_timeframes(const Capabilities& able) {
  return able.timeframes.size() == kAllTimeframes.size() ? "all" : joined(timeframes_of(able), " ");
}

std::string list_table(const std::vector<Row>& rows) {
  Table table{{{"name"},
               {"classes"},
               {"timeframes"},
               {"key"},
               {"adjustment"},
               {"limits"},
               {"reliability", Align::right},
               {"state"}}};
  for (const Row& row : rows) {
    const Capabilities& able = row.entry->provider->capabilities();
    const BreakerState breaker = row.entry->provider->breaker();
    std::string state = row.entry->enabled ? "on" : "off";
    if (breaker != BreakerState::closed) state = "breaker " + std::string{to_string(breaker)};
    std::string reliability = Json(able.reliability).dump();
    table.add({able.name, joined(classes_of(able), " "), shown_timeframes(able), shown_key(able),
               std::string{to_string(able.adjustment)}, joined(limits_of(able)),
               std::move(reliability), std::move(state)});
  }
  return table.text();
}

std::string test_table(const std::vector<Row>& rows) {
  Table table{{{"name"}, {"answers"}, {"took", Align::right}, {"says"}, {"its clock"}}};
  for (const Row& row : rows) {
    const Health& health = row.health.value();
    std::string clock = "-";
    if (health.clock_ahead) clock = std::to_string(health.clock_ahead->count()) + " ms ahead";
    table.add({row.entry->name(), health.ok ? "yes" : "no",
               std::to_string(health.latency.count()) + " ms", printable(health.detail, 200),
               std::move(clock)});
  }
  return table.text();
}

Result<std::vector<Row>> chosen(const Registry& registry, const std::vector<std::string>& names) {
  std::vector<Row> rows;
  for (const std::string& name : names) {
    const Registry::Entry* entry = registry.entry(name);
    if (entry == nullptr) return registry.unknown(name);
    rows.push_back({entry});
  }
  if (!names.empty()) return rows;
  for (const Registry::Entry& entry : registry.entries()) rows.push_back({&entry});
  return rows;
}

// Precondition: it is switched on.
Result<Health> test(const Registry::Entry& entry) {
  const Capabilities& able = entry.provider->capabilities();
  if (!able.has_key) return Health{.ok = false, .detail = "no key (" + shown_key(able) + ")"};
  return entry.provider->probe({});
}

Result<void> check(const Registry& registry, const ProvidersArguments& arguments) {
  const std::string& action = arguments.action;
  if (action != "list" && action != "test") {
    const bool is_name = registry.entry(action) != nullptr;
    return Error{ErrorKind::usage, "\"" + printable(action) + "\" is neither list nor test",
                 "providers",
                 is_name ? "did you mean `chandler providers test " + action + "`?"
                         : "see `chandler providers --help`"};
  }
  if (action == "test" && arguments.names.empty()) {
    return Error{ErrorKind::usage, "say which providers to test", "providers",
                 "`chandler providers` lists them"};
  }
  return {};
}

Result<ExitCode> providers(const Context& context, const ProvidersArguments& arguments) {
  CHANDLER_TRY(const auto sources, open_sources(context, arguments.plugin_places));
  const Registry& registry = sources->registry();
  CHANDLER_CHECK(check(registry, arguments));
  CHANDLER_TRY(std::vector<Row> rows, chosen(registry, arguments.names));
  const bool testing = arguments.action == "test";
  // Before the first request is made: none of the names may be one that is switched off.
  for (const Row& row : rows) {
    if (testing) CHANDLER_CHECK(registry.find(row.entry->name()));
  }
  bool good = true;
  for (Row& row : rows) {
    if (!testing) continue;
    CHANDLER_TRY(row.health, test(*row.entry));
    good = good && row.health->ok;
  }

  Output& out = context.out;
  if (out.json()) {
    Json list = Json::array();
    for (const Row& row : rows) list.push_back(as_json(row));
    out.document(list);
  } else {
    out.data(testing ? test_table(rows) : list_table(rows));
  }
  return good ? ExitCode::done : ExitCode::some_failed;
}

}  // namespace

VerbAction declare_providers(CLI::App& app) {
  auto arguments = std::make_shared<ProvidersArguments>();
  app.add_option("ACTION", arguments->action, "list (default) or test")->type_name("list|test");
  app.add_option("NAME", arguments->names, "Providers; list shows all of them by default");
  add_plugin_places(app, arguments->plugin_places);
  return [arguments](Context& context) { return providers(context, *arguments); };
}

}  // namespace chandler::cli
