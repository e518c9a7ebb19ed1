#include "store/json_text.h"

namespace chandler::store {
namespace {
constexpr int kMaxDepth = 64;
}

Result<Json> parse_json(const std::string& text, const std::string& where) {
  bool too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t event, Json&) {
    // `depth` counts what is around the value: an object or array stands one deeper itself.
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    too_deep = too_deep || depth + (opens ? 1 : 0) > kMaxDepth;
    return !too_deep;
  };
  try {
    Json document = Json::parse(text, watch);
    if (too_deep) return Error{ErrorKind::data, "is nested deeper than 64 levels", where, ""};
    return document;
  } catch (const Json::exception& e) {
    std::string what = e.what();
    if (const auto colon = what.find("] "); colon != std::string::npos) what.erase(0, colon + 2);
    return Error{ErrorKind::data, "is not JSON: " + printable(what), where, ""};
  }
}

namespace {

void overlay_object(Json& was, Json& now, const OverlayRules& rules, bool is_entry);

// The entry of the old list that is the same thing; nullptr when it is new.
Json* find_entry(Json& was, std::size_t place, const Json& entry, std::string_view key) {
  if (key.empty()) return place < was.size() ? &was[place] : nullptr;
  const auto known_by = entry.find(key);
  for (Json& old : was) {
    if (!old.is_object() || known_by == entry.end()) continue;
    if (const auto found = old.find(key); found != old.end() && *found == *known_by) return &old;
  }
  return nullptr;
}

void overlay_value(Json& was, Json& now, std::string_view key, const OverlayRules& rules) {
  if (was.is_object() && now.is_object()) return overlay_object(was, now, rules, false);
  if (!was.is_array() || !now.is_array()) return;
  for (const ListKey& list : rules.lists) {
    if (list.list != key) continue;
    for (std::size_t i = 0; i < now.size(); ++i) {
      Json* const old = find_entry(was, i, now[i], list.entry);
      if (old != nullptr && old->is_object()) overlay_object(*old, now[i], rules, true);
    }
  }
}

// Leaves in `now` the old object with the new values set.
void overlay_object(Json& was, Json& now, const OverlayRules& rules, bool is_entry) {
  if (is_entry) {
    for (const std::string_view key : rules.optional) {
      if (!now.contains(key)) was.erase(std::string(key));
    }
  }
  for (auto& [key, value] : now.items()) {
    if (const auto old = was.find(key); old != was.end()) overlay_value(*old, value, key, rules);
    was[key] = std::move(value);
  }
  now = std::move(was);
}

}  // namespace

void overlay(Json& into, std::string_view key, Json value, const OverlayRules& rules) {
  Json& slot = into[std::string(key)];
  overlay_value(slot, value, key, rules);
  slot = std::move(value);
}

std::string print_json(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chandler::store
