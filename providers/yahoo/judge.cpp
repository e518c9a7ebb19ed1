#include "yahoo/judge.h"

#include "venue/venue.h"
#include "yahoo/parse.h"

namespace chandler::yahoo {
namespace {

using Act = http::Verdict::Act;

// It says nothing of how long; seconds do not help.
constexpr std::chrono::seconds kRest{60};

bool too_many(const http::Response& response) {
  constexpr std::size_t kShort = 200;
  return response.status == 429 || (response.body.size() < kShort &&
                                    response.body.find("Too Many Requests") != std::string::npos);
}

bool is_object(std::string_view body) {
  const std::size_t at = body.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && body[at] == '{';
}

Judgement judge_refusal(const http::Response& response, const ChartError& error) {
  const std::string what = std::to_string(response.status) + ": " +
                           (error.description.empty() ? error.code : error.description);
  if (error.code == "Not Found" || response.status == 404) {
    return {venue::failing(ErrorKind::not_found, what, "write it as on finance.yahoo.com")};
  }
  if (error.description.find("Data doesn't exist") != std::string::npos) {
    return {{}, Finding::nothing};
  }
  return {venue::failing(ErrorKind::unsupported, what,
                         "ask for a later range or a coarser timeframe, or use another provider")};
}

}  // namespace

Judgement judge(const http::Response& response, http::Moment now) {
  if (too_many(response)) {
    const auto told = http::retry_after(response, now);
    return {{.act = Act::wait,
             .error = Error{ErrorKind::rate_limited, "Too Many Requests", "", "try again later"},
             .wait = told.value_or(kRest)}};
  }
  if (response.status == 401) {
    return {venue::failing(ErrorKind::auth, "401: wants a cookie and its crumb, or others",
                           "use another provider"),
            Finding::wants_crumb};
  }
  if (response.status == 403) {
    return {venue::failing(ErrorKind::unavailable, "403: turned away", "use another provider")};
  }
  if (auto verdict = http::judge_by_status(response);
      verdict.act == Act::retry || response.status >= 500) {
    return {std::move(verdict)};
  }
  if (const auto error = parse_error(response.body)) return judge_refusal(response, *error);
  if (response.status == 404) {  // an unknown symbol is told of in JSON
    return {venue::failing(ErrorKind::data, "404: there is no such page",
                           "check providers.yahoo.base_url")};
  }
  auto verdict = http::judge_by_status(response);
  if (verdict.act == Act::accept && !is_object(response.body)) {
    verdict = venue::retrying("the answer is a web page, not a chart");
  }
  return {std::move(verdict)};
}

}  // namespace chandler::yahoo
