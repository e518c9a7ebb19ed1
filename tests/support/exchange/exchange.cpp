#include "tests/support/exchange/exchange.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "tests/support/exchange/control.h"
#include "tests/support/exchange/venue.h"

namespace chandler::testing {
namespace {

constexpr std::array<std::pair<FaultKind, std::string_view>, 16> kNames = {{
    {FaultKind::status, "status"},
    {FaultKind::garbage, "garbage"},
    {FaultKind::html, "html"},
    {FaultKind::empty, "empty"},
    {FaultKind::huge, "huge"},
    {FaultKind::drip, "drip"},
    {FaultKind::stall, "stall"},
    {FaultKind::reset, "reset"},
    {FaultKind::truncate, "truncate"},
    {FaultKind::hang_up, "hang_up"},
    {FaultKind::never_advancing, "never_advancing"},
    {FaultKind::shuffled, "shuffled"},
    {FaultKind::doubled, "doubled"},
    {FaultKind::conflicting, "conflicting"},
    {FaultKind::no_number, "no_number"},
    {FaultKind::holes, "holes"},
}};

constexpr std::string_view kKlines = "/api/v3/klines";
constexpr const char* kOneMarket = "BTCUSDT";

// A fault that was asked for, and how far it has come.
struct ActiveFault {
  Fault fault;
  Fields first_query{};  // of never_advancing
  bool seen = false;
};

bool replaces_answer(FaultKind kind) { return kind <= FaultKind::huge; }

HttpResponse replacement(const Fault& fault, Venue venue) {
  HttpResponse answer;
  switch (fault.kind) {
    case FaultKind::status:
      answer = error_answer(venue, fault.status);
      if (fault.retry_after)
        answer.headers.emplace_back("Retry-After", std::to_string(fault.retry_after->count()));
      break;
    case FaultKind::garbage:
      answer.body = std::string("\x1f{\"chart\": [[,]]\x00\xff\xfe nonsense", 28);
      break;
    case FaultKind::html:
      answer.type = "text/html";
      answer.body = "<!DOCTYPE html><html><body><h1>Will be right back...</h1></body></html>";
      break;
    case FaultKind::huge:
      answer.body = "[" + std::string(std::max<std::size_t>(fault.bytes, 2) - 1, ' ');
      answer.headers.emplace_back("x-no-gzip", "1");
      break;
    default:
      break;
  }
  return answer;
}

Delivery delivery_of(const Fault& fault) {
  using How = Delivery::How;
  const auto how = [&] {
    switch (fault.kind) {
      case FaultKind::drip:
        return How::drip;
      case FaultKind::stall:
        return How::stall;
      case FaultKind::reset:
        return How::reset;
      case FaultKind::truncate:
        return How::truncate;
      case FaultKind::hang_up:
        return How::hang_up;
      default:
        return How::whole;
    }
  }();
  return {how, fault.bytes, fault.pause};
}

HttpResponse serve(Venue venue, const VenueCall& call) {
  switch (venue) {
    case Venue::binance:
      return serve_binance(call);
    case Venue::yahoo:
      return serve_yahoo(call);
    case Venue::alpha_vantage:
      return serve_alpha_vantage(call);
    case Venue::alpaca:
      return serve_alpaca(call);
  }
  return {};
}

// The columns a venue tells of, from those of the market.
void as_told_by(Venue venue, AssetClass asset_class, Timeframe tf, BarSeries& bars);

}  // namespace

std::string_view to_string(FaultKind kind) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const auto& n) { return n.first == kind; })
      ->second;
}

std::optional<FaultKind> parse_fault_kind(std::string_view name) {
  for (const auto& [kind, text] : kNames) {
    if (text == name) return kind;
  }
  return {};
}

struct Exchange::State {
  explicit State(ExchangeOptions o) : options(std::move(o)), now(options.now) {}

  Instant time() {
    if (options.clock) return options.clock();
    const std::lock_guard lock(mutex);
    return now.value_or(std::chrono::time_point_cast<seconds>(std::chrono::system_clock::now()));
  }

  // The fault for this request, counted; its query is changed when the fault says so.
  std::optional<Fault> fault_for(HttpRequest& request) {
    const std::lock_guard lock(mutex);
    for (ActiveFault& active : faults) {
      Fault& fault = active.fault;
      if (fault.times == 0 || !request.path.starts_with(fault.path)) continue;
      if (fault.after > 0) {
        --fault.after;
        continue;
      }
      if (fault.times > 0) --fault.times;
      if (fault.kind == FaultKind::never_advancing) {
        if (!active.seen) active.first_query = request.query;
        active.seen = true;
        request.query = active.first_query;
      }
      return fault;
    }
    return {};
  }

  HttpResponse handle(const HttpRequest& request, Exchange& exchange) {
    if (request.path.starts_with("/_")) return serve_control(request, exchange);
    const std::optional<Venue> venue = venue_of(request.path);
    HttpResponse answer = venue ? answer_of(*venue, request) : json_answer(404, "{}");
    if (!options.compress) answer.headers.emplace_back("x-no-gzip", "1");
    const std::lock_guard lock(mutex);
    requests.push_back({request.method, request.target, request.path, request.query,
                        request.headers, answer.status});
    return answer;
  }

  HttpResponse answer_of(Venue venue, const HttpRequest& asked) {
    HttpRequest request = asked;
    const std::optional<Fault> fault = fault_for(request);
    if (fault && replaces_answer(fault->kind)) return replacement(*fault, venue);
    const bool remembers =
        options.one_market && !fault && venue == Venue::binance && request.path == kKlines;
    if (remembers) return remembered(request);
    HttpResponse answer =
        serve(venue, {request, options, time(), fault ? &*fault : nullptr, windows});
    if (fault) answer.delivery = delivery_of(*fault);
    return answer;
  }

  HttpResponse remembered(HttpRequest& request) {
    const bool gzip =
        options.compress && request.header("accept-encoding").find("gzip") != std::string::npos;
    std::string key = gzip ? "gzip" : "plain";
    for (auto& [name, value] : request.query) {
      if (name == "symbol") value = kOneMarket;
      key += '&' + name + '=' + value;
    }
    {
      const std::lock_guard lock(mutex);
      if (const auto found = memory.find(key); found != memory.end()) return found->second;
    }
    HttpResponse answer = serve(Venue::binance, {request, options, time(), nullptr, windows});
    if (gzip) answer.body = gzipped(answer.body);
    answer.packed = gzip;
    const std::lock_guard lock(mutex);
    return memory.emplace(std::move(key), std::move(answer)).first->second;
  }

  const ExchangeOptions options;
  Windows windows;
  mutable std::mutex mutex;  // of what follows
  std::optional<Instant> now;
  std::vector<ActiveFault> faults;
  std::vector<LoggedRequest> requests;
  std::unordered_map<std::string, HttpResponse> memory;  // of one_market
  std::unique_ptr<HttpServer> server;
};

Exchange::Exchange(std::unique_ptr<State> state) : state_(std::move(state)) {}
// The server's threads use the state: they end first.
Exchange::~Exchange() { state_->server.reset(); }

Result<std::unique_ptr<Exchange>> Exchange::start(ExchangeOptions options) {
  const std::uint16_t port = options.port;
  std::unique_ptr<Exchange> exchange(new Exchange(std::make_unique<State>(std::move(options))));
  CHANDLER_TRY(exchange->state_->server,
               HttpServer::start(port, [raw = exchange.get()](const HttpRequest& request) {
                 return raw->state_->handle(request, *raw);
               }));
  return exchange;
}

std::string Exchange::url() const { return "http://127.0.0.1:" + std::to_string(port()); }
std::uint16_t Exchange::port() const { return state_->server->port(); }
std::uint64_t Exchange::connections() const { return state_->server->connections(); }

Instant Exchange::now() const { return state_->time(); }
void Exchange::set_now(Instant now) {
  const std::lock_guard lock(state_->mutex);
  state_->now = now;
}

void Exchange::misbehave(Fault fault) {
  const std::lock_guard lock(state_->mutex);
  state_->faults.push_back({std::move(fault)});
}
void Exchange::behave() {
  const std::lock_guard lock(state_->mutex);
  state_->faults.clear();
}

std::vector<LoggedRequest> Exchange::log(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  std::vector<LoggedRequest> out;
  for (const LoggedRequest& request : state_->requests) {
    if (request.path.starts_with(path)) out.push_back(request);
  }
  return out;
}
void Exchange::clear_log() {
  const std::lock_guard lock(state_->mutex);
  state_->requests.clear();
}

BarSeries Exchange::truth(Venue venue, std::string_view symbol, Timeframe tf,
                          TimeRange range) const {
  const auto instrument = resolve(venue, symbol);
  if (!instrument) return {};
  const sandbox::Market market = market_of(*instrument);
  const Instant now = this->now();
  BarSeries bars = market.bars(tf, range.intersect({Instant::min(), now}));
  while (!bars.empty() && market.calendar().bar_end(tf, bars.timestamp.back()) > now)
    bars = bars.slice(0, bars.size() - 1);
  as_told_by(venue, instrument->asset_class, tf, bars);
  return bars;
}

namespace {

void as_told_by(Venue venue, AssetClass asset_class, Timeframe tf, BarSeries& bars) {
  BarSeries out;
  out.timestamp = std::move(bars.timestamp);
  for (const Column c : {Column::open, Column::high, Column::low, Column::close, Column::volume})
    out.column(c) = std::move(bars.column(c));
  const auto keep = [&](Column c) {
    out.columns.add(c);
    out.column(c) = std::move(bars.column(c));
  };
  switch (venue) {
    case Venue::binance:
      keep(Column::trade_count);
      keep(Column::turnover);
      out.columns.add(Column::vwap);
      out.vwap.resize(out.size());
      for (std::size_t i = 0; i < out.size(); ++i) out.vwap[i] = out.turnover[i] / out.volume[i];
      break;
    case Venue::yahoo:
      if (asset_class == AssetClass::index || asset_class == AssetClass::forex)
        std::fill(out.volume.begin(), out.volume.end(), 0.0);
      if (!is_intraday(tf)) {
        out.columns.add(Column::adj_close);
        out.adj_close = yahoo_adjusted(asset_class, out);
      }
      break;
    case Venue::alpha_vantage:
      break;
    case Venue::alpaca:
      keep(Column::trade_count);
      if (asset_class == AssetClass::crypto) {
        out.columns.add(Column::vwap);
        out.vwap.resize(out.size());
        for (std::size_t i = 0; i < out.size(); ++i) out.vwap[i] = bars.turnover[i] / out.volume[i];
      } else {
        keep(Column::vwap);
      }
      break;
  }
  bars = std::move(out);
}

}  // namespace
}  // namespace chandler::testing
