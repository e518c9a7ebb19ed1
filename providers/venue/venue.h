// What the built-in network providers have in common: a request is looked at before anything is
// asked, keys come from the environment and are never shown, answers are read and judged in one
// go, and a source's own clock is believed over ours when it is behind.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "http/client.h"
#include "provider_context.h"
#include "venue/hosts.h"

namespace chandler::venue {

// What was made of an answer: a value, or what the client is to do instead.
template <class T>
struct Reading {
  std::optional<T> value{};
  http::Verdict verdict{};
};
template <class T>
[[nodiscard]] Reading<T> accepted(T value) {
  return {std::move(value), {}};
}
template <class T>
[[nodiscard]] Reading<T> refused(http::Verdict verdict) {
  return {std::nullopt, std::move(verdict)};
}
// A parser's result. Text that is not what was asked for may have been cut or mangled on the way:
// it is asked for again, here and elsewhere. Other errors are final.
template <class T>
[[nodiscard]] Reading<T> reading(Result<T> parsed) {
  if (parsed) return accepted<T>(*std::move(parsed));
  Error error = std::move(parsed).error();
  const bool mangled = error.kind == ErrorKind::data;
  if (mangled) error.kind = ErrorKind::unavailable;
  return refused<T>({.act = mangled ? http::Verdict::Act::retry : http::Verdict::Act::fail,
                     .error = std::move(error)});
}
template <class T>
using Reader = std::function<Reading<T>(const http::Response&)>;

// A verdict of this kind. `what` is the source's own words, whole: Venue::ask takes keys out of
// them and then cuts them. Without a hint it gets the usual one of its kind.
[[nodiscard]] http::Verdict failing(ErrorKind kind, std::string what, std::string hint = "");
[[nodiscard]] http::Verdict retrying(std::string what);

// The Date header.
[[nodiscard]] std::optional<http::Moment> date_of(const http::Response& response);

class Venue : public Provider {
 public:
  [[nodiscard]] const Capabilities& capabilities() const final { return capabilities_; }
  [[nodiscard]] Result<std::unique_ptr<PageStream>> fetch(FetchRequest request) final;
  [[nodiscard]] CallCounts calls() const override { return hosts_.calls(); }
  [[nodiscard]] BreakerState breaker() const override { return hosts_.breaker(); }

  // Safe from several threads; for this provider's streams, which it must outlive.

  [[nodiscard]] http::Moment now() const { return timer_.now(); }
  // The smaller of our clock and the answer's Date: what is over by it is over for both.
  [[nodiscard]] http::Moment now(const http::Response& response) const;
  // `text` without the values of this provider's keys.
  [[nodiscard]] std::string scrubbed(std::string text) const;
  // Reads the answer while it is judged: what cannot be read can still be asked for again.
  template <class T>
  [[nodiscard]] Result<T> ask(const Ask& what, const Reader<T>& read, const std::stop_token& stop) {
    return ask<T>(hosts_, what, read, stop);
  }
  template <class T>
  [[nodiscard]] Result<T> ask(Hosts& hosts, const Ask& what, const Reader<T>& read,
                              const std::stop_token& stop) {
    std::optional<T> value;
    const http::Judge judge = [&](const http::Response& response) {
      Reading<T> reading = read(response);
      value = std::move(reading.value);
      if (!reading.verdict.used) reading.verdict.used = used(response);
      if (reading.verdict.error) clean(*reading.verdict.error);
      return std::move(reading.verdict);
    };
    auto response = hosts.get(what, judge, stop);
    if (!response) return without_keys(std::move(response).error());
    return *std::move(value);
  }

 protected:
  // `bases`: the source's own hosts, for where the settings name none. The capabilities' limits,
  // reliability and key variables are the defaults that the settings replace; see key_variables().
  Venue(const ProviderContext& context, Capabilities capabilities, std::vector<std::string> bases);

  // The request fits the capabilities, its range is not empty, there are keys where they are
  // needed; `names` are the spellings.
  [[nodiscard]] virtual Result<std::unique_ptr<PageStream>> open(
      FetchRequest request, std::vector<std::string> names) = 0;
  // Units the source says are used up in the first limit's window.
  [[nodiscard]] virtual std::optional<std::uint32_t> used(const http::Response& response) const;

  // One request, not repeated; health as `read` says, which gives the source's clock if it tells.
  using ClockReader = Reader<std::optional<http::Moment>>;
  [[nodiscard]] Result<Health> probe_with(const Ask& ask, const ClockReader& read,
                                          const std::stop_token& stop);

  // In the order of capabilities().key_variables; empty ones are not set.
  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }
  [[nodiscard]] Error missing_keys() const;
  [[nodiscard]] const http::ClientOptions& client_options() const { return options_; }
  // The bases, or the one of the settings.
  [[nodiscard]] static std::vector<std::string> bases_or_moved(const ProviderContext& context,
                                                               std::vector<std::string> bases);

 private:
  [[nodiscard]] Result<void> fits(const FetchRequest& request) const;
  void clean(Error& error) const;  // of a judge
  [[nodiscard]] Error without_keys(Error error) const;

  http::Timer& timer_;
  std::vector<std::string> keys_;
  Capabilities capabilities_;
  http::ClientOptions options_;
  Hosts hosts_;
};

}  // namespace chandler::venue
