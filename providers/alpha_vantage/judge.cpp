#include "alpha_vantage/judge.h"

#include <algorithm>
#include <utility>

#include "alpha_vantage/parse.h"
#include "venue/venue.h"
#include "venue/zone.h"

namespace chandler::alpha_vantage {
namespace {

using namespace std::chrono_literals;
using Act = http::Verdict::Act;

constexpr std::chrono::milliseconds kBurst = 2s;    // about one a second
constexpr std::chrono::milliseconds kMinute = 60s;  // five a minute
constexpr std::size_t kLongestNote = 4096;          // bytes; a series is longer

http::Verdict waiting(std::string what, std::chrono::milliseconds wait) {
  return {.act = Act::wait,
          .error = Error{ErrorKind::rate_limited, std::move(what), "", "try again later"},
          .wait = wait};
}

// The day's border is taken to be midnight in New York, which is not documented.
std::chrono::milliseconds until_midnight(http::Moment now) {
  const Instant second = std::chrono::floor<seconds>(now);
  auto zone = venue::Zone::find("America/New_York");
  if (!zone) return 24h;
  const Instant wall = zone->wall(second);
  return day_start(wall) + 24h - wall;
}

// Of two limits that a text speaks of, the one it is about comes first: the short ones are told
// with the day's limit beside them.
http::Verdict judge_information(const std::string& text, http::Moment now) {
  const auto says = [&](const char* words) { return text.find(words) != std::string::npos; };
  if (says("demo")) {
    return venue::failing(ErrorKind::auth, text, "get a key of your own at alphavantage.co");
  }
  if (says("per second") || says("sparingly")) return waiting(text, kBurst);
  if (says("per minute")) return waiting(text, kMinute);
  if (says("per day")) return waiting(text, until_midnight(now));
  if (says("premium")) {
    return venue::failing(ErrorKind::unsupported, text, "use another provider, or another key");
  }
  return venue::failing(ErrorKind::data, text);
}

http::Verdict judge_note(const Note& note, http::Moment now) {
  switch (note.kind) {
    case Note::Kind::note:
    case Note::Kind::information: {
      return judge_information(note.text, now);
    }
    case Note::Kind::error:
      if (note.text.find("apikey") != std::string::npos) {
        return venue::failing(ErrorKind::auth, note.text);
      }
      return venue::failing(ErrorKind::not_found, note.text);
    case Note::Kind::nothing:
      break;
  }
  return venue::failing(ErrorKind::not_found, "the answer is empty");
}

}  // namespace

Judgement judge(const http::Response& response, http::Moment now) {
  auto verdict = http::judge_by_status(response);
  if (verdict.act != Act::accept || response.body.size() > kLongestNote) {
    return {std::move(verdict)};
  }
  const auto note = parse_note(response.body);
  if (!note) return {std::move(verdict)};
  Judgement judged{judge_note(*note, now)};
  judged.nothing = judged.verdict.error->kind == ErrorKind::not_found;
  return judged;
}

}  // namespace chandler::alpha_vantage
