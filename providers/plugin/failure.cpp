#include "plugin/failure.h"

#include <simdjson.h>

#include <array>
#include <cmath>
#include <string>

namespace chandler::plugin {
namespace {

using simdjson::dom::object;

constexpr double kLongestWait = 86'400;

struct Kind {
  std::string_view name;
  ErrorKind kind;
  Trouble::Act act;
};
constexpr std::array<Kind, 5> kKinds = {{
    {"not_found", ErrorKind::not_found, Trouble::Act::fail},
    {"rate_limited", ErrorKind::rate_limited, Trouble::Act::wait},
    {"auth", ErrorKind::auth, Trouble::Act::fail},
    {"unavailable", ErrorKind::unavailable, Trouble::Act::retry},
    {"bad_request", ErrorKind::unsupported, Trouble::Act::fail},
}};

Trouble broken(ErrorKind kind, const std::string& what, const std::string& hint = "") {
  return {Trouble::Act::broken, Error{kind, what, "", hint}, {}};
}

std::string last_words(std::string_view line) {
  if (line.empty()) return "";
  return "; its last words: \"" + printable(std::string(line), 160) + "\"";
}

std::string_view text_of(const object& report, std::string_view key) {
  std::string_view text;
  return report[key].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

}  // namespace

std::string_view last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  const std::size_t begin = text.find_last_of('\n');
  return begin == std::string_view::npos ? text : text.substr(begin + 1);
}

Trouble failure_of(const Ending& ending, std::string_view chatter) {
  const std::string_view line = last_line(chatter);
  if (ending.signal != 0)
    return broken(ErrorKind::unavailable, to_string(ending) + last_words(line), "mend the plugin");

  simdjson::dom::parser parser;
  object report;
  if (parser.parse(std::string(line)).get(report) != simdjson::SUCCESS)
    return broken(ErrorKind::data, to_string(ending) + " and did not say why" + last_words(line),
                  "its last line on stderr must be {\"kind\": ..., \"message\": ...}");
  const std::string_view name = text_of(report, "kind");
  for (const Kind& kind : kKinds) {
    if (kind.name != name) continue;
    const std::string_view message = text_of(report, "message");
    Trouble trouble{
        kind.act,
        Error{kind.kind,
              message.empty() ? std::string(kind.name) : printable(std::string(message), 200), "",
              ""},
        {}};
    double seconds = 0;
    if (report["retry_after_seconds"].get(seconds) == simdjson::SUCCESS && seconds >= 0 &&
        seconds <= kLongestWait)
      trouble.wait = std::chrono::milliseconds(std::llround(seconds * 1000));
    return trouble;
  }
  return broken(ErrorKind::data,
                "failed with the kind \"" + printable(std::string(name), 40) +
                    "\", which the protocol does not know" + last_words(line),
                "kinds are not_found, rate_limited, auth, unavailable and bad_request");
}

}  // namespace chandler::plugin
