#include "alpaca/judge.h"

#include <algorithm>
#include <charconv>

#include "alpaca/parse.h"
#include "venue/venue.h"

namespace chandler::alpaca {
namespace {

using Act = http::Verdict::Act;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc{} || rest != end || value < 0) return {};
  return value;
}

std::optional<std::chrono::milliseconds> until_reset(const http::Response& response,
                                                     http::Moment now) {
  const auto reset = whole_number(response.header("x-ratelimit-reset"));
  if (!reset || *reset > 100'000'000'000) return http::retry_after(response, now);
  const http::Moment moment{std::chrono::seconds{*reset}};
  return std::max(std::chrono::milliseconds{0}, moment - now);
}

// "invalid symbol(s): FOO, BAR" -> FOO and BAR
std::vector<std::string> names_after(std::string_view message, std::string_view mark) {
  std::vector<std::string> names;
  const std::size_t at = message.find(mark);
  if (at == std::string_view::npos) return names;
  std::string_view rest = message.substr(at + mark.size());
  while (!rest.empty()) {
    const std::size_t from = rest.find_first_not_of(" ,:\"");
    if (from == std::string_view::npos) break;
    const std::size_t to = std::min(rest.find_first_of(" ,\"", from), rest.size());
    names.emplace_back(rest.substr(from, to - from));
    rest.remove_prefix(to);
  }
  return names;
}

Judgement judge_refusal(const http::Response& response, const std::string& message,
                        const std::string& variables) {
  const std::string what = std::to_string(response.status) + ": " + message;
  if (message.find("subscription does not permit") != std::string::npos) {
    return {venue::failing(ErrorKind::auth, what, "use CHANDLER_ALPACA_FEED=iex, or another plan"),
            Finding::recent_sip};
  }
  if (response.status == 401 || response.status == 403) {
    return {venue::failing(ErrorKind::auth, what, "check the keys in " + variables)};
  }
  for (const char* const mark : {"invalid symbol(s)", "invalid symbol"}) {
    auto names = names_after(message, mark);
    if (names.empty()) continue;
    return {
        venue::failing(ErrorKind::not_found, what, "write it as Alpaca does, for example BRK.B"),
        Finding::invalid_symbols, std::move(names)};
  }
  return {venue::failing(ErrorKind::data, what, "check symbol and range, or use another provider")};
}

}  // namespace

Judgement judge(const http::Response& response, http::Moment now,
                const std::vector<std::string>& key_variables) {
  auto verdict = http::judge_by_status(response);
  if (verdict.act == Act::accept || verdict.act == Act::retry) return {std::move(verdict)};
  if (verdict.act == Act::wait) {
    verdict.wait = until_reset(response, now);
    return {std::move(verdict)};
  }
  std::string variables;
  for (const std::string& variable : key_variables) {
    variables += (variables.empty() ? "" : " and ") + variable;
  }
  return judge_refusal(response, parse_error(response.body).value_or("refused"), variables);
}

// Their limit is the plan's, and may be another than ours: what counts is what is left of it.
std::optional<std::uint32_t> used_requests(const http::Response& response, const RateLimit& ours) {
  const auto remaining = whole_number(response.header("x-ratelimit-remaining"));
  if (!remaining || *remaining >= std::int64_t{ours.units}) return {};
  return ours.units - static_cast<std::uint32_t>(*remaining);
}

}  // namespace chandler::alpaca
