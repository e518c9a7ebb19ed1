#include "yahoo/session.h"

#include <utility>

namespace chandler::yahoo {
namespace {

constexpr const char* kBrowser =
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

// "A3=d=AQ; path=/; secure" and others: what is before the attributes.
std::string cookies_of(const http::Response& response) {
  std::string cookies;
  for (const http::Field& header : response.headers) {
    if (header.name != "set-cookie") continue;
    cookies += (cookies.empty() ? "" : "; ") + header.value.substr(0, header.value.find(';'));
  }
  return cookies;
}

// A page of another kind, or an error, is longer or has spaces.
bool is_crumb(const std::string& text) {
  constexpr std::size_t kLongest = 64;
  return !text.empty() && text.size() <= kLongest &&
         text.find_first_of(" <{\r\n") == std::string::npos;
}

}  // namespace

Session::Session(const ProviderContext& context, const http::ClientOptions& options)
    : cookies_(context, options,
               {context.settings.base_url.empty() ? "https://fc.yahoo.com"
                                                  : context.settings.base_url}) {}

std::uint64_t Session::dress(venue::Ask& ask) const {
  ask.headers.push_back({"User-Agent", kBrowser});
  const std::lock_guard lock(mutex_);
  if (pair_ > 0) {
    ask.headers.push_back({"Cookie", cookie_, true});
    ask.query.push_back({"crumb", crumb_, true});
  }
  return pair_;
}

Result<void> Session::renew(venue::Venue& venue, std::uint64_t pair, const std::stop_token& stop) {
  const std::lock_guard one_at_a_time(renewing_);
  {
    const std::lock_guard lock(mutex_);
    if (pair_ != pair) return {};
  }
  const venue::Reader<std::string> read_cookie = [](const http::Response& response) {
    // Whatever the page is: 404 is usual.
    if (response.status >= 500 || response.status == 429) {
      return venue::refused<std::string>(http::judge_by_status(response));
    }
    return venue::accepted(cookies_of(response));
  };
  const venue::Reader<std::string> read_crumb = [](const http::Response& response) {
    auto verdict = http::judge_by_status(response);
    if (verdict.act == http::Verdict::Act::accept && !is_crumb(response.body)) {
      verdict = venue::failing(ErrorKind::unavailable, "there is no crumb", "use another provider");
    }
    if (verdict.act != http::Verdict::Act::accept) return venue::refused<std::string>(verdict);
    return venue::accepted(response.body);
  };
  CHANDLER_TRY(
      std::string cookie,
      venue.ask(cookies_, {.path = "/", .headers = {{"User-Agent", kBrowser}}}, read_cookie, stop));
  CHANDLER_TRY(std::string crumb,
               venue.ask({.path = "/v1/test/getcrumb",
                          .headers = {{"User-Agent", kBrowser}, {"Cookie", cookie, true}}},
                         read_crumb, stop));
  const std::lock_guard lock(mutex_);
  ++pair_;
  cookie_ = std::move(cookie);
  crumb_ = std::move(crumb);
  return {};
}

}  // namespace chandler::yahoo
