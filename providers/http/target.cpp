#include "http/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>
#include <new>
#include <utility>

#include "http/text.h"

namespace chandler::http {
namespace {

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl().url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl().free(text);
  return copy;
}

// libcurl has already turned 127.1 and 0x7f000001 into 127.0.0.1, lower-cased nothing, and looks
// nobody up for "localhost".
bool is_loopback(const std::string& host) {
  constexpr std::uint32_t kNet = 127;
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24U == kNet;
  if (host.starts_with('[') && host.ends_with(']')) {
    in6_addr six{};
    return ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &six) == 1 &&
           std::memcmp(&six, &in6addr_loopback, sizeof six) == 0;
  }
  return host == "localhost";
}

Error refused(std::string what, std::string hint) {
  return {ErrorKind::usage, std::move(what), "", std::move(hint)};
}

}  // namespace

Result<Target> Target::of(const std::string& address) {
  CHANDLER_TRY(const CurlLibrary* library, load_late<CurlLibrary>());
  Target target;
  target.url.reset(library->url());
  if (!target.url) throw std::bad_alloc();
  CURLU* const url = target.url.get();
  const CURLUcode code =
      library->url_set(url, CURLUPART_URL, address.c_str(), CURLU_NON_SUPPORT_SCHEME);
  const std::string scheme = part(url, CURLUPART_SCHEME);
  target.host = lower_case(part(url, CURLUPART_HOST));
  if (code != CURLUE_OK || target.host.empty()) {
    return refused("this is not an address requests can be sent to",
                   "write it like https://host/path; check the provider's base_url");
  }
  if (scheme != "http" && scheme != "https") {
    return refused(printable(target.host) + " cannot be asked over " + printable(scheme, 20),
                   "use https");
  }
  if (!part(url, CURLUPART_USER).empty() || !part(url, CURLUPART_PASSWORD).empty()) {
    return refused("the address of " + printable(target.host) + " holds a user or a password",
                   "leave them out of the base_url");
  }
  target.secure = scheme == "https";
  target.loopback = is_loopback(target.host);
  target.origin =
      scheme + "://" + target.host + ":" + part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!target.secure && !target.loopback) {
    return refused("plain http to another machine (" + printable(target.host) + ") is not allowed",
                   "use https; http is for this machine only (127.0.0.1, [::1], localhost)");
  }
  return target;
}

}  // namespace chandler::http
