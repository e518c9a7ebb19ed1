// A provider with the C++ wrapper. The symbol it is asked for says what it does. With OWN_NETWORK
// it says that it does not go through the host.
#include "chandler/provider_plugin_cpp.h"

namespace {

namespace cp = chandler::provider_plugin;

class Bars final : public cp::Stream {
 public:
  explicit Bars(cp::Request request) : request_(std::move(request)) {}

  bool next(cp::Host& host, cp::Page& page) override {
    if (std::exchange(done_, true)) return false;
    misbehave(host);
    cp::Bar bar{request_.from, 1, 2, 0.5, 1.5, 10};
    if (request_.symbol == "HTTP") bar.close = std::stod(ask(host, {}).body);
    if (request_.symbol == "LENIENT") bar.close = ask(host, {.take_client_errors = true}).status;
    if (request_.symbol == "LEAKY")
      static_cast<void>(host.get({.url = "https://x.test/" + *host.variable("WRAPPED_KEY")}));
    bar.vwap = 1.25;
    bar.turnover = 7;  // not offered: left out
    page.add(bar);
    host.log("asked for " + request_.asset_class + " " + request_.base + " " + request_.quote +
             " " + request_.timeframe + " at " + std::to_string(host.now()));
    return true;
  }

 private:
  void misbehave(cp::Host& host) const {
    if (request_.symbol == "THROW") throw std::runtime_error("oh dear");
    if (request_.symbol == "THROWINT") throw 7;
    if (request_.symbol == "LIMITED") throw cp::Failure(CHANDLER_RATE_LIMITED, "slow down", 30);
    if (request_.symbol == "BROKEN") throw cp::Failure(CHANDLER_BAD_DATA, "no sense in it");
    if (request_.symbol == "FLAKY" && failures++ < 2)
      throw cp::Failure(CHANDLER_UNAVAILABLE, "away");
    if (request_.symbol == "CANCELLED" && host.cancelled())
      throw cp::Failure(CHANDLER_INTERRUPTED, "");
  }
  [[nodiscard]] static cp::HttpResponse ask(const cp::Host& host, cp::HttpRequest request) {
    request.url = host.variable("CHANDLER_WRAPPED_BASE_URL").value_or("https://w.test") + "/bars";
    // Forgets to say that the key is a secret.
    request.query = {{"key", host.variable("WRAPPED_KEY").value_or("")}};
    request.headers = {{"x-unset", host.variable("HOME").value_or("none")}};
    request.cost = 2;
    return host.get(request);
  }

  static inline int failures = 0;
  const cp::Request request_;
  bool done_ = false;
};

class Wrapped final : public cp::Plugin {
 public:
  explicit Wrapped(cp::Host& host) { host.log("made"); }
  static cp::Description describe() {
    return {.name = "wrapped",
            .classes = {"crypto"},
            .timeframes = {"1m", "1d"},
            .optional_columns = {"vwap"},
            .rate_limit = "100/minute",
            .key_env = {"WRAPPED_KEY"},
            .env = {"MORE"},
            .adjustment = "splits",
            .reliability = 0.75,
            .earliest = "2017-01-01",
            .depth_days = {{"1m", 3650}, {"1d", 36500}},
            .probe_symbol = "GOOD",
            .page_bars = 1000,
#ifdef OWN_NETWORK
            .own_network = true
#endif
    };
  }
  std::unique_ptr<cp::Stream> open(cp::Host& /*host*/, const cp::Request& request) override {
    if (request.symbol == "\"QUOTED\\") throw cp::Failure(CHANDLER_NOT_FOUND, "quoted");
    return std::make_unique<Bars>(request);
  }
};

}  // namespace

CHANDLER_PROVIDER_PLUGIN(Wrapped)
