#include "tests/support/exchange/control.h"

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/exchange/venue.h"

namespace chandler::testing {
namespace {

using nlohmann::json;

Error wrong(const std::string& key, const std::string& expected) {
  return {ErrorKind::usage, "\"" + printable(key) + "\" is to be " + expected, "/_control", ""};
}

Result<Instant> instant_of(const std::string& key, const json& value) {
  const auto instant =
      value.is_string() ? parse_exact(value.get<std::string>()) : std::optional<Instant>();
  if (!instant) return wrong(key, "like \"2024-06-03T12:00:00\"");
  return *instant;
}

Result<Fault> fault_of(const json& document) {
  if (!document.is_object()) return wrong("fault", "an object");
  Fault fault;
  for (const auto& [key, value] : document.items()) {
    if (key == "kind") {
      const auto kind = value.is_string() ? parse_fault_kind(value.get<std::string>())
                                          : std::optional<FaultKind>();
      if (!kind) return wrong(key, "the name of a fault");
      fault.kind = *kind;
    } else if (key == "path") {
      if (!value.is_string()) return wrong(key, "the beginning of a path");
      fault.path = value.get<std::string>();
    } else if (key == "from" || key == "to") {
      CHANDLER_TRY(const Instant instant, instant_of(key, value));
      (key == "from" ? fault.range.from : fault.range.to) = instant;
    } else if (!value.is_number_integer()) {
      return wrong(key, "a whole number");
    } else if (key == "times") {
      fault.times = value.get<int>();
    } else if (key == "after") {
      fault.after = value.get<int>();
    } else if (key == "status") {
      fault.status = value.get<int>();
    } else if (key == "retry_after") {
      fault.retry_after = seconds{value.get<int>()};
    } else if (key == "bytes") {
      fault.bytes = value.get<std::size_t>();
    } else if (key == "pause_ms") {
      fault.pause = std::chrono::milliseconds{value.get<int>()};
    } else {
      return wrong(key,
                   "left out: faults have kind path times after status retry_after bytes "
                   "pause_ms from to");
    }
  }
  return fault;
}

}  // namespace

Result<void> control(std::string_view document, Exchange& exchange) {
  const json orders = json::parse(document, nullptr, /*allow_exceptions=*/false);
  if (!orders.is_object()) return wrong("the body", "a JSON object");
  for (const auto& [key, value] : orders.items()) {
    if (key == "now") {
      CHANDLER_TRY(const Instant now, instant_of(key, value));
      exchange.set_now(now);
    } else if (key == "fault") {
      CHANDLER_TRY(Fault fault, fault_of(value));
      exchange.misbehave(std::move(fault));
    } else if (key == "behave") {
      exchange.behave();
    } else if (key == "clear_log") {
      exchange.clear_log();
    } else {
      return wrong(key, "left out: there are now fault behave clear_log");
    }
  }
  return {};
}

HttpResponse serve_control(const HttpRequest& request, Exchange& exchange) {
  if (request.path == "/_log") {
    json out = json::array();
    for (const LoggedRequest& logged : exchange.log(request.parameter("path"))) {
      out.push_back({{"method", logged.method},
                     {"target", logged.target},
                     {"path", logged.path},
                     {"status", logged.status}});
    }
    return json_answer(200, out.dump());
  }
  if (request.path != "/_control") return json_answer(404, "{}");
  if (request.method == "POST") {
    if (const auto done = control(request.body, exchange); !done)
      return json_answer(400, json{{"error", done.error().line()}}.dump());
  }
  return json_answer(
      200, json{{"now", format_iso(exchange.now())}, {"requests", exchange.log().size()}}.dump());
}

}  // namespace chandler::testing
