// What an answer means, by its status alone.
#include <algorithm>
#include <array>
#include <charconv>

#include "http/client.h"
#include "http/curl_library.h"

namespace chandler::http {
namespace {

using std::chrono::milliseconds;
using Act = Verdict::Act;

bool is_retried(int status) {
  constexpr std::array<int, 6> kRetried = {408, 425, 500, 502, 503, 504};
  return std::find(kRetried.begin(), kRetried.end(), status) != kRetried.end();
}

Verdict refused(Act act, ErrorKind kind, std::string what, std::string hint = {}) {
  Verdict verdict;
  verdict.act = act;
  verdict.error = Error{kind, std::move(what), "", std::move(hint)};
  return verdict;
}

std::string status_text(const Response& response) {
  return "answered with status " + std::to_string(response.status);
}

Verdict redirected(const Response& response) {
  const std::string_view location = response.header("location");
  std::string what = status_text(response);
  if (!location.empty())
    what += ", a redirection to " + printable(std::string(location.substr(0, location.find('?'))));
  return refused(Act::fail, ErrorKind::data, what,
                 "only redirections within one host are followed; check the provider's base_url");
}

// "17", and "1.5" as some send it.
std::optional<milliseconds> from_seconds(std::string_view text) {
  constexpr double kMost = 1e9;  // thirty years
  double count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, count, std::chars_format::fixed);
  if (failed != std::errc{} || rest != end || !(count >= 0)) return {};
  return milliseconds{static_cast<std::int64_t>(std::min(count, kMost) * 1000)};
}

}  // namespace

Verdict judge_by_status(const Response& response) {
  const int status = response.status;
  if (status >= 200 && status < 300) return {};
  if (status >= 300 && status < 400) return redirected(response);
  if (status == 429 || (status == 418 && !response.header("retry-after").empty())) {
    return refused(Act::wait, ErrorKind::rate_limited, status_text(response) + ": asked too often",
                   "try again later");
  }
  if (is_retried(status) || status >= 500) {
    return refused(is_retried(status) ? Act::retry : Act::fail, ErrorKind::unavailable,
                   status_text(response), "the source has trouble; try again later");
  }
  if (status == 401 || status == 403) {
    return refused(Act::fail, ErrorKind::auth, status_text(response) + ": not allowed",
                   "check the key and what it may be used for");
  }
  if (status == 404)
    return refused(Act::fail, ErrorKind::not_found, status_text(response) + ": not found",
                   usual_hint(ErrorKind::not_found));
  return refused(Act::fail, ErrorKind::data, status_text(response), usual_hint(ErrorKind::data));
}

std::string usual_hint(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::data:
    case ErrorKind::unavailable:
      return "try again later, or use another provider";
    case ErrorKind::rate_limited:
      return "try again later";
    case ErrorKind::not_found:
      return "check the symbol, or use another provider";
    case ErrorKind::unsupported:
      return "use another provider";
    case ErrorKind::auth:
      return "check the key and what it may be used for";
    default:
      return "";
  }
}

std::optional<milliseconds> retry_after(const Response& response, Moment now) {
  const std::string text(response.header("retry-after"));
  if (text.empty()) return {};
  if (const auto seconds = from_seconds(text)) return seconds;
  const std::time_t at = curl().getdate(text.c_str(), nullptr);
  if (at == -1) return {};
  const Moment moment{std::chrono::seconds{at}};
  return std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(moment - now));
}

}  // namespace chandler::http
