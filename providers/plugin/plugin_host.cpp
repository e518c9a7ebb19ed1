#include "plugin/plugin_host.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <utility>

namespace chandler::plugin {
namespace {

constexpr std::size_t kMostNotes = 20;
constexpr std::size_t kMostHeaders = 256;

struct Meaning {
  std::int32_t answer;
  ErrorKind kind;
  Trouble::Act act;
};
constexpr std::array<Meaning, 7> kMeanings = {{
    {CHANDLER_NOT_FOUND, ErrorKind::not_found, Trouble::Act::fail},
    {CHANDLER_RATE_LIMITED, ErrorKind::rate_limited, Trouble::Act::wait},
    {CHANDLER_AUTH, ErrorKind::auth, Trouble::Act::fail},
    {CHANDLER_UNAVAILABLE, ErrorKind::unavailable, Trouble::Act::retry},
    {CHANDLER_BAD_REQUEST, ErrorKind::unsupported, Trouble::Act::fail},
    {CHANDLER_INTERRUPTED, ErrorKind::interrupted, Trouble::Act::fail},
    {CHANDLER_BAD_DATA, ErrorKind::data, Trouble::Act::broken},
}};

std::int32_t answer_of(ErrorKind kind) {
  for (const Meaning& meaning : kMeanings) {
    if (meaning.kind == kind) return meaning.answer;
  }
  return kind == ErrorKind::usage ? CHANDLER_BAD_REQUEST : CHANDLER_UNAVAILABLE;
}

bool says_the_request_was_wrong(int status) {
  return status >= 400 && status < 500 && status != 401 && status != 403 && status != 408 &&
         status != 418 && status != 429;
}

http::Verdict judge(const http::Response& response, bool take_client_errors) {
  if (take_client_errors && says_the_request_was_wrong(response.status)) return {};
  return http::judge_by_status(response);
}

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

}  // namespace

HostCall::HostCall(const HostServices& services, std::stop_token stop)
    : services_(services), stop_(std::move(stop)) {
  host_.struct_size = sizeof host_;
  host_.abi = CHANDLER_PLUGIN_ABI;
  host_.context = this;
  host_.log = &HostCall::log;
  host_.cancelled = &HostCall::cancelled;
  host_.variable = &HostCall::variable;
  host_.http_get = &HostCall::http_get;
  host_.now = &HostCall::now;
}

Trouble HostCall::trouble(std::int32_t answer, const chandler_error& error) const {
  if (failed_ && answer == answer_of(failed_->kind)) {
    const auto act =
        failed_->kind == ErrorKind::unavailable ? Trouble::Act::retry : Trouble::Act::fail;
    return {act, *failed_, {}};
  }
  const std::size_t length =
      ::strnlen(static_cast<const char*>(error.message), sizeof error.message);
  const std::string message = printable(
      services_.settings.without_keys({static_cast<const char*>(error.message), length}), 200);
  for (const Meaning& meaning : kMeanings) {
    if (meaning.answer != answer) continue;
    // Who says so without having been asked to stop did not tell the truth.
    if (meaning.kind == ErrorKind::interrupted && !stop_.stop_requested()) break;
    Trouble trouble{
        meaning.act,
        Error{meaning.kind, message.empty() ? "failed and did not say why" : message, "", ""},
        {}};
    if (error.retry_after_seconds > 0)
      trouble.wait = std::chrono::seconds(std::min(error.retry_after_seconds, 86'400));
    return trouble;
  }
  return {Trouble::Act::broken,
          Error{ErrorKind::data,
                "gave the answer " + std::to_string(answer) + ", which makes no sense" +
                    (message.empty() ? "" : ": " + message),
                "", "mend the plugin"},
          {}};
}

void HostCall::log(void* context, const char* message) {
  auto& call = *static_cast<HostCall*>(context);
  if (message == nullptr || call.notes_.size() >= kMostNotes) return;
  call.notes_.push_back("it said: " +
                        printable(call.services_.settings.without_keys(message), 200));
}

std::int32_t HostCall::cancelled(void* context) {
  return static_cast<HostCall*>(context)->stop_.stop_requested() ? 1 : 0;
}

const char* HostCall::variable(void* context, const char* name) {
  auto& call = *static_cast<HostCall*>(context);
  const auto value = call.services_.settings.variable(text_or_empty(name));
  if (!value) return nullptr;
  call.variable_ = *value;
  return call.variable_.c_str();
}

std::int64_t HostCall::now(void* context) {
  const auto& call = *static_cast<HostCall*>(context);
  return epoch_seconds(std::chrono::floor<seconds>(call.services_.timer.now()));
}

std::int32_t HostCall::fail(Error error, chandler_error* into) {
  const std::int32_t answer = answer_of(error.kind);
  if (into != nullptr) {
    const std::string text = error.line();
    const std::size_t length = std::min(text.size(), sizeof into->message - 1);
    std::copy_n(text.data(), length, static_cast<char*>(into->message));
    into->message[length] = '\0';
  }
  failed_ = std::move(error);
  return answer;
}

http::Request HostCall::request_of(const chandler_http_request& request) const {
  http::Request made{.url = text_or_empty(request.url)};
  const auto copy = [this](const chandler_field* fields, std::size_t count,
                           std::vector<http::Field>& into) {
    for (std::size_t i = 0; fields != nullptr && i < std::min(count, kMostHeaders); ++i) {
      http::Field field{text_or_empty(fields[i].name), text_or_empty(fields[i].value),
                        fields[i].secret != 0};
      // A key is a secret even where the plugin forgot to say so.
      field.secret = field.secret || services_.settings.without_keys(field.value) != field.value;
      into.push_back(std::move(field));
    }
  };
  copy(request.query, request.query_count, made.query);
  copy(request.headers, request.header_count, made.headers);
  return made;
}

std::int32_t HostCall::get(const chandler_http_request& request,
                           const chandler_http_response** response, chandler_error* error) {
  failed_.reset();
  const bool take_client_errors = (request.flags & CHANDLER_HTTP_TAKE_CLIENT_ERRORS) != 0;
  const http::Request made = request_of(request);
  if (services_.settings.without_keys(made.url) != made.url)
    return fail(Error{ErrorKind::usage, "the plugin puts its key into a URL", "",
                      "hand it over as a secret field"},
                error);
  auto got = services_.client.get(
      made, [&](const http::Response& answer) { return judge(answer, take_client_errors); }, stop_,
      std::max<std::uint32_t>(request.cost, 1));
  if (!got) return fail(std::move(got).error(), error);
  response_ = *std::move(got);
  headers_.clear();
  for (const http::Field& field : response_.headers)
    headers_.push_back({field.name.c_str(), field.value.c_str(), 0});
  shown_ = {.struct_size = sizeof shown_,
            .status = response_.status,
            .body = response_.body.c_str(),
            .body_size = response_.body.size(),
            .headers = headers_.data(),
            .header_count = headers_.size()};
  *response = &shown_;
  return CHANDLER_OK;
}

// Nothing may be thrown through the plugin's frames.
std::int32_t HostCall::http_get(void* context, const chandler_http_request* request,
                                const chandler_http_response** response, chandler_error* error) {
  auto& call = *static_cast<HostCall*>(context);
  if (request == nullptr || response == nullptr || request->struct_size < sizeof *request)
    return call.fail(Error{ErrorKind::usage, "the plugin's HTTP request is not filled in", "",
                           "set struct_size"},
                     error);
  try {
    return call.get(*request, response, error);
  } catch (const std::exception& caught) {
    return call.fail(Error{ErrorKind::unavailable, printable(caught.what()), "", ""}, error);
  }
}

}  // namespace chandler::plugin
