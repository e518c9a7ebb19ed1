#include "http/curl_transport.h"

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "http/curl_failure.h"
#include "http/incoming.h"
#include "http/lane.h"
#include "http/target.h"
#include "http/text.h"
#include "http/url.h"

namespace chandler::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kMostRedirections = 3;
constexpr long kReceiveBuffer = 128L << 10U;  // libcurl's own is 16 KiB: a page of bars is longer

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode code = curl().easy_setopt(handle, option, value);
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  // Left are options this libcurl was built without, and mistakes of ours.
  if (code != CURLE_OK) {
    throw std::logic_error("libcurl refuses option " + std::to_string(option) + ": " +
                           curl().easy_strerror(code));
  }
}

bool has_control(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20U || byte == 0x7FU) return true;
  }
  return false;
}

void append(CurlList& list, const std::string& line) {
  curl_slist* const longer = curl().slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

// A header that could smuggle another one in is an error.
Result<CurlList> header_list(const Request& request, const std::string& user_agent) {
  CurlList list;
  bool own_agent = false;
  bool own_encoding = false;
  for (const Field& field : request.headers) {
    if (field.name.empty() || field.name.find(':') != std::string::npos ||
        has_control(field.name) || has_control(field.value)) {
      return Error{ErrorKind::usage,
                   "the header \"" + printable(field.name, 40) + "\" holds a character it may not",
                   "", "check the key: it must be one line without control characters"};
    }
    const std::string name = lower_case(field.name);
    own_agent = own_agent || name == "user-agent";
    own_encoding = own_encoding || name == "accept-encoding";
    append(list, field.value.empty() ? field.name + ";" : field.name + ": " + field.value);
  }
  if (!own_agent) append(list, "User-Agent: " + user_agent);
  if (!own_encoding) append(list, "Accept-Encoding: gzip");
  return list;
}

void set_up(CURL* handle, const Target& target, const Request& request,
            const CurlOptions& options) {
  set(handle, CURLOPT_CURLU, target.url.get());
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_BUFFERSIZE, kReceiveBuffer);
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) set(handle, CURLOPT_CAINFO, options.ca_file.c_str());
  // Plain http stays on this machine, and so does what is meant for it.
  if (!target.secure || target.loopback) set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::max(milliseconds{1}, request.connect_timeout).count()));
  set(handle, CURLOPT_LOW_SPEED_LIMIT, options.slowest_bytes_per_second);
  set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.slow_for.count()));
#if LIBCURL_VERSION_NUM >= 0x075700
  // When the call ends while a name is looked up, nobody waits for the look-up.
  set(handle, CURLOPT_QUICK_EXIT, 1L);
#endif
}

struct Hop {
  Response response{};
  std::string redirection{};  // where the answer points to; may be empty
};

template <class Value>
Value asked(CURL* handle, CURLINFO what) {
  Value value{};
  static_cast<void>(curl().easy_getinfo(handle, what, &value));  // fails for unknown ones only
  return value;
}

Result<Hop> ended(CURL* handle, Incoming& incoming) {
  Hop hop;
  CHANDLER_TRY(hop.response.body, incoming.body());
  hop.response.headers = incoming.headers();
  hop.response.status = static_cast<int>(asked<long>(handle, CURLINFO_RESPONSE_CODE));
  hop.response.wire_bytes =
      static_cast<std::uint64_t>(asked<curl_off_t>(handle, CURLINFO_SIZE_DOWNLOAD_T) +
                                 asked<long>(handle, CURLINFO_HEADER_SIZE));
  hop.response.took = milliseconds{asked<curl_off_t>(handle, CURLINFO_TOTAL_TIME_T) / 1000};
  if (const char* const url = asked<const char*>(handle, CURLINFO_REDIRECT_URL); url != nullptr)
    hop.redirection = url;
  return hop;
}

// One request and its redirections.
class Exchange {
 public:
  Exchange(LanePool& pool, const CurlOptions& options, const Request& request,
           const std::stop_token& stop)
      : pool_(pool), options_(options), request_(request), stop_(stop) {}

  Result<Response> run() {
    CHANDLER_TRY(headers_, header_list(request_, options_.user_agent));
    CHANDLER_TRY(Target target, Target::of(address(request_, Secrets::sent)));
    Response total;
    for (int followed = 0; followed <= kMostRedirections; ++followed) {
      CHANDLER_TRY(Hop hop, once(target));
      hop.response.wire_bytes += std::exchange(total.wire_bytes, 0);
      hop.response.took += total.took;
      total = std::move(hop.response);
      if (hop.redirection.empty()) return total;
      auto next = Target::of(hop.redirection);
      if (!next || next->origin != target.origin) return total;
      target = *std::move(next);
    }
    return Error{
        ErrorKind::data,
        target.host + " redirects more than " + std::to_string(kMostRedirections) + " times", "",
        ""};
  }

  // Some of the request has left this machine.
  [[nodiscard]] bool sent() const { return sent_; }
  [[nodiscard]] bool unknown_host() const { return unknown_host_; }

 private:
  Result<Hop> once(const Target& target) {
    Lane lane = pool_.take(target.origin);
    CURL* const handle = lane.easy.get();
    std::array<char, CURL_ERROR_SIZE> text{};
    Incoming incoming(request_.max_body);
    set_up(handle, target, request_, options_);
    set(handle, CURLOPT_HTTPHEADER, headers_.get());
    set(handle, CURLOPT_ERRORBUFFER, text.data());
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - steady_clock::now());
    set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(milliseconds{1}, left).count()));
    if (incoming.attach(handle) != CURLE_OK) throw std::bad_alloc();

    const std::optional<CURLcode> code = perform(lane, stop_);
    sent_ = sent_ || !code || !never_connected(handle, *code);
    unknown_host_ = code == CURLE_COULDNT_RESOLVE_HOST;
    Result<Hop> hop = [&]() -> Result<Hop> {
      if (!code) return Error{ErrorKind::interrupted, "interrupted", "", ""};
      if (incoming.error()) return *incoming.error();
      const CURLcode end =
          *code == CURLE_OK && !incoming.headers_ended() ? CURLE_PARTIAL_FILE : *code;
      if (end != CURLE_OK)
        return curl_failure(handle, end, text.data(), target.host, request_, options_);
      return ended(handle, incoming);
    }();
    curl().easy_reset(handle);  // it points to what ends with this call
    // After a failure libcurl may still hold what belonged to it, and then refuses options.
    if (code == CURLE_OK) pool_.give_back(std::move(lane));
    return hop;
  }

  LanePool& pool_;
  const CurlOptions& options_;
  const Request& request_;
  const std::stop_token& stop_;
  const steady_clock::time_point deadline_ = steady_clock::now() + request_.total_timeout;
  CurlList headers_;
  bool sent_ = false;
  bool unknown_host_ = false;
};

CurlOptions with_defaults(CurlOptions options) {
  if (options.user_agent.empty()) options.user_agent = "chandler/" CHANDLER_VERSION;
  return options;
}

}  // namespace

CurlTransport::CurlTransport(CurlOptions options)
    : options_(with_defaults(std::move(options))),
      pool_(std::make_unique<LanePool>(options_.idle_connections)) {}

CurlTransport::~CurlTransport() = default;

Result<Response> CurlTransport::get(const Request& request, const std::stop_token& stop) {
  return exchange(request, stop).response;
}

Exchanged CurlTransport::exchange(const Request& request, const std::stop_token& stop) {
  if (const auto loaded = load_late<CurlLibrary>(); !loaded) return {loaded.error(), false};
  Exchange exchange(*pool_, options_, request, stop);
  Exchanged done{exchange.run()};
  done.sent = exchange.sent();
  done.unknown_host = exchange.unknown_host();
  if (done.response) return done;
  Error error = std::move(done.response).error();
  error.what = without_secrets(std::move(error.what), request);
  done.response = std::move(error);
  return done;
}

}  // namespace chandler::http
