#include "venue/venue.h"

#include <algorithm>
#include <string_view>

#include "http/curl_library.h"
#include "store/sha256.h"

namespace chandler::venue {
namespace {

// Of a source's own words that are shown.
constexpr std::size_t kLongestText = 250;

// A stream for which nothing has to be asked.
class NoPages final : public PageStream {
 public:
  [[nodiscard]] Result<std::optional<BarPage>> next(const std::stop_token& /*stop*/) override {
    return std::optional<BarPage>{};
  }
};

// `api_key_env` of the settings: the variables' names, separated by commas. Fewer than needed leave
// the rest as they are.
std::vector<std::string> named_variables(std::vector<std::string> defaults,
                                         std::string_view replaced) {
  for (std::string& variable : defaults) {
    const std::size_t comma = replaced.find(',');
    const std::string_view name = replaced.substr(0, comma);
    if (!name.empty()) variable = std::string(name);
    replaced = comma == std::string_view::npos ? "" : replaced.substr(comma + 1);
  }
  return defaults;
}

std::vector<std::string> keys_of(const ProviderContext& context, const Capabilities& defaults) {
  std::vector<std::string> keys;
  for (const std::string& variable :
       named_variables(defaults.key_variables, context.settings.api_key_env)) {
    keys.push_back(context.key(variable).value_or(""));
  }
  return keys;
}

bool all_set(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (key.empty()) return false;
  }
  return true;
}

Capabilities with_settings(Capabilities capabilities, const ProviderSettings& settings,
                           const std::vector<std::string>& keys) {
  capabilities.key_variables = named_variables(capabilities.key_variables, settings.api_key_env);
  capabilities.has_key = all_set(keys);
  // Whoever names a limit has a plan with other limits: it replaces all of the defaults.
  if (settings.rate_limit) capabilities.rate_limits = {*settings.rate_limit};
  if (settings.reliability) capabilities.reliability = *settings.reliability;
  return capabilities;
}

// Tells one key from another in a file of the user's; nothing can be had back from it.
std::string account_of(const std::vector<std::string>& keys) {
  std::string joined;
  for (const std::string& key : keys) joined += key + '\n';
  if (keys.empty() || !all_set(keys)) return "";
  return store::short_digest(joined);
}

http::ClientOptions options_of(const ProviderContext& context, const Capabilities& capabilities,
                               const std::vector<std::string>& keys) {
  return {.provider = capabilities.name,
          .limits = capabilities.rate_limits,
          .retry = context.retry,
          .breaker = context.breaker,
          .account = account_of(keys),
          .retries = context.retries};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " and ") + name;
  return text;
}

}  // namespace

http::Verdict failing(ErrorKind kind, std::string what, std::string hint) {
  if (hint.empty()) hint = http::usual_hint(kind);
  return {.act = http::Verdict::Act::fail,
          .error = Error{kind, std::move(what), "", std::move(hint)}};
}

http::Verdict retrying(std::string what) {
  return {.act = http::Verdict::Act::retry,
          .error = Error{ErrorKind::unavailable, std::move(what), "",
                         http::usual_hint(ErrorKind::unavailable)}};
}

std::optional<http::Moment> date_of(const http::Response& response) {
  const std::string text(response.header("date"));
  const time_t parsed = text.empty() ? -1 : http::curl().getdate(text.c_str(), nullptr);
  if (parsed < 0) return {};
  return http::Moment{std::chrono::seconds{parsed}};
}

Venue::Venue(const ProviderContext& context, Capabilities capabilities,
             std::vector<std::string> bases)
    : timer_(context.timer),
      keys_(keys_of(context, capabilities)),
      capabilities_(with_settings(std::move(capabilities), context.settings, keys_)),
      options_(options_of(context, capabilities_, keys_)),
      hosts_(context, options_, bases_or_moved(context, std::move(bases))) {}

std::vector<std::string> Venue::bases_or_moved(const ProviderContext& context,
                                               std::vector<std::string> bases) {
  if (context.settings.base_url.empty()) return bases;
  return {context.settings.base_url};
}

Result<std::unique_ptr<PageStream>> Venue::fetch(FetchRequest request) {
  CHANDLER_CHECK(fits(request));
  std::vector<std::string> names;
  for (const Instrument& instrument : request.instruments) {
    CHANDLER_TRY(std::string name, spelling(instrument));
    names.push_back(std::move(name));
  }
  const auto& all = request.instruments;
  const bool may_ask = std::all_of(all.begin(), all.end(), [this](const Instrument& instrument) {
    return capabilities_.may_ask(instrument.asset_class);
  });
  if (!may_ask) return missing_keys();
  if (request.range.empty()) return std::unique_ptr<PageStream>(std::make_unique<NoPages>());
  return open(std::move(request), std::move(names));
}

Result<void> Venue::fits(const FetchRequest& request) const {
  const auto refuse = [&](ErrorKind kind, const std::string& what, std::string hint) {
    return Error{kind, capabilities_.name + what, "", std::move(hint)};
  };
  if (request.instruments.empty())
    return refuse(ErrorKind::usage, " was asked for no symbol", "name one");
  if (request.instruments.size() > capabilities_.batch) {
    return refuse(ErrorKind::usage,
                  " takes " + std::to_string(capabilities_.batch) + " symbols a request at most",
                  "ask in several requests");
  }
  if (!capabilities_.offers(request.timeframe)) {
    return refuse(ErrorKind::unsupported,
                  " has no " + std::string(to_string(request.timeframe)) + " bars",
                  "use another provider, or roll it up from a finer timeframe");
  }
  // Times become milliseconds on the way: years that people ask for, and no more.
  if (request.range.from < from_epoch(-100'000'000'000) ||
      request.range.to > from_epoch(100'000'000'000)) {
    return refuse(ErrorKind::usage, " needs a range with two ends", "say from when to when");
  }
  return {};
}

http::Moment Venue::now(const http::Response& response) const {
  const auto theirs = date_of(response);
  return theirs ? std::min(*theirs, timer_.now()) : timer_.now();
}

std::string Venue::scrubbed(std::string text) const {
  for (const std::string& key : keys_) {
    if (key.empty()) continue;
    for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 3)) {
      text.replace(at, key.size(), "***");
    }
  }
  return text;
}

// Cut only when the keys are out: what is left of one that is cut would not be known again.
void Venue::clean(Error& error) const {
  error.what = printable(scrubbed(std::move(error.what)), kLongestText);
  error.hint = scrubbed(std::move(error.hint));
}

Error Venue::without_keys(Error error) const {
  error.what = scrubbed(std::move(error.what));
  error.where = scrubbed(std::move(error.where));
  error.hint = scrubbed(std::move(error.hint));
  return error;
}

std::optional<std::uint32_t> Venue::used(const http::Response& /*response*/) const { return {}; }

Error Venue::missing_keys() const {
  const std::string names = joined(capabilities_.key_variables);
  return Error{ErrorKind::auth, capabilities_.name + " needs a key", "",
               "set the environment variable" +
                   std::string(capabilities_.key_variables.size() > 1 ? "s " : " ") + names};
}

Result<Health> Venue::probe_with(const Ask& ask_for, const ClockReader& read,
                                 const std::stop_token& stop) {
  Health health;
  const ClockReader once = [&](const http::Response& response) {
    auto reading = read(response);
    if (reading.verdict.act != http::Verdict::Act::accept) {
      reading.verdict.act = http::Verdict::Act::fail;
    }
    health.latency = response.took;
    if (reading.value && *reading.value) {
      health.clock_ahead = **reading.value - (timer_.now() - response.took / 2);
    }
    return reading;
  };
  const auto answer = ask<std::optional<http::Moment>>(ask_for, once, stop);
  if (!answer && answer.error().kind == ErrorKind::interrupted) return answer.error();
  health.ok = answer.ok();
  health.detail = answer ? "answered in " + std::to_string(health.latency.count()) + " ms"
                         : answer.error().line();
  return health;
}

}  // namespace chandler::venue
