#include "store/json_text.h"

namespace chandler::store {
namespace {
constexpr int kMaxDepth = 64;
}

Result<Json> parse_json(const std::string& text, const std::string& where) {
  bool too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
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

std::string print_json(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chandler::store
