#include "plugin/plugin_provider.h"

#include <algorithm>
#include <utility>

#include "chandler/calendar.h"

namespace chandler::plugin {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// A source that goes on without ever giving a bar is stuck.
constexpr int kMostEmptyPieces = 1000;

// Settings go before what the plugin says of itself.
Description settled(Description description, const ProviderContext& context) {
  Capabilities& can = description.capabilities;
  const PluginSettings settings(description, context);
  if (context.settings.rate_limit) can.rate_limits = {*context.settings.rate_limit};
  can.reliability = context.settings.reliability.value_or(can.reliability);
  can.has_key = settings.has_key();
  can.key_variables = settings.key_variables();
  return description;
}

CallOptions call_options(const Description& description, const ProviderContext& context) {
  const PluginSettings settings(description, context);
  return {.name = http::limits_name(description.capabilities.name, settings.account()),
          .limits = settled(description, context).capabilities.rate_limits,
          .retry = context.retry,
          .breaker = context.breaker,
          .retries = context.retries};
}

}  // namespace

Instant closed_until(const Instrument& instrument, Timeframe timeframe, Instant now) {
  const Calendar calendar = Calendar::of(instrument.symbol, instrument.asset_class);
  if (calendar.kind() != CalendarKind::us_equities || timeframe > Timeframe::d1)
    return utc_floor(timeframe, now);
  const Instant label = calendar.bucket(timeframe, Timeframe::m1, utc_floor(Timeframe::m1, now));
  if (timeframe < Timeframe::d1) return label;
  // After the close the day's bar is over, though the day is not.
  return calendar.bar_end(timeframe, label) > now ? label : label + 24h;
}

// The pages of one request: a run for each part of the range that the plugin takes at once, and a
// new one from where the last good page ended when a run breaks off.
class PluginProvider::Stream final : public PageStream {
 public:
  Stream(PluginProvider& provider, FetchRequest request)
      : provider_(provider),
        instrument_(std::move(request.instruments.front())),
        timeframe_(request.timeframe),
        at_(request.range.from) {
    const Instant now = provider.now();
    const Instant closed = closed_until(instrument_, timeframe_, now);
    end_ = std::min(request.range.to, closed);
    // A plugin that gives the bar that is still forming, too, is not told off for it.
    asked_end_ = std::min(request.range.to, std::max(closed, now + 1s));
  }

  Result<std::optional<BarPage>> next(const std::stop_token& stop) override {
    while (!over_ && at_ < end_) {
      auto piece = next_piece(stop);
      if (!piece) {
        over_ = true;
        run_.reset();
        return provider_.named(piece.error());
      }
      if (auto page = page_of(*std::move(piece))) return page;
      if (++empty_ > kMostEmptyPieces) {
        over_ = true;
        return provider_.named(Error{ErrorKind::data, "it sends pages without end and without bars",
                                     "", "mend the plugin"});
      }
    }
    return std::optional<BarPage>{};
  }

 private:
  // Of the run under way, else of a new one.
  Result<Piece> next_piece(const std::stop_token& stop) {
    std::optional<Piece> failed;
    if (run_ != nullptr) {
      Piece piece = run_->next(stop);
      if (!piece.trouble) {
        provider_.calls_.received(piece.bytes);
        return piece;
      }
      // Told to the calls as if it were the first try of the new run.
      failed = std::move(piece);
      run_.reset();
    }
    return provider_.ask(
        [&](const std::stop_token& token) {
          if (failed) {
            Piece first = std::move(*failed);
            failed.reset();
            return first;
          }
          auto run = provider_.source_->start({instrument_, timeframe_, part()});
          Piece piece = run->next(token);
          if (!piece.trouble) run_ = std::move(run);
          return piece;
        },
        stop);
  }

  // What the next run is to bring.
  [[nodiscard]] TimeRange part() {
    part_end_ = asked_end_;
    if (provider_.description_.page_bars) {
      const auto bars = static_cast<std::int64_t>(*provider_.description_.page_bars);
      part_end_ = std::min(asked_end_, at_ + nominal_length(timeframe_) * bars);
    }
    return {at_, part_end_};
  }

  // Nothing when the piece settles nothing.
  std::optional<BarPage> page_of(Piece piece) {
    const Instant settled = piece.last           ? part_end_
                            : piece.bars.empty() ? at_
                                                 : piece.bars.timestamp.back() + 1s;
    if (piece.last) run_.reset();
    if (settled <= at_) return std::nullopt;
    BarPage page;
    page.settles = {at_, std::min(settled, end_)};
    page.source = provider_.description_.capabilities.name;
    page.notes = std::move(piece.notes);
    const std::size_t closed = piece.bars.lower_bound(end_);
    page.bars = closed == piece.bars.size() ? std::move(piece.bars) : piece.bars.slice(0, closed);
    at_ = settled;
    empty_ = 0;
    return page;
  }

  PluginProvider& provider_;
  const Instrument instrument_;
  const Timeframe timeframe_;
  Instant at_;         // what lies before is settled
  Instant end_;        // the first bar that is not wanted, or not over
  Instant asked_end_;  // as the plugin is told
  Instant part_end_{};
  std::unique_ptr<Run> run_;
  int empty_ = 0;
  bool over_ = false;
};

PluginProvider::PluginProvider(const Description& description, std::unique_ptr<Source> source,
                               const ProviderContext& context)
    : description_(settled(description, context)),
      timer_(context.timer),
      source_(std::move(source)),
      calls_(context.limits, context.timer, call_options(description, context)) {}

Instant PluginProvider::now() const { return std::chrono::floor<seconds>(timer_.now()); }

Error PluginProvider::named(const Error& error) const {
  return error.within(description_.capabilities.name);
}

Result<void> PluginProvider::fits(const FetchRequest& request) const {
  const Capabilities& can = description_.capabilities;
  if (request.instruments.size() != 1)
    return Error{ErrorKind::usage, "takes one symbol at a time", "", ""};
  if (!can.offers(request.timeframe))
    return Error{ErrorKind::unsupported,
                 "does not offer " + std::string(to_string(request.timeframe)), "",
                 "see `chandler providers list` for what it does"};
  if (request.range.from == Instant::min() || request.range.to == Instant::max())
    return Error{ErrorKind::usage, "a range must have two ends", "", ""};
  if (!can.has_key) {
    std::string names;
    for (const std::string& name : can.key_variables)
      names += (names.empty() ? "" : " and ") + name;
    return Error{ErrorKind::auth, "needs a key", "", "set " + names + " in the environment"};
  }
  return {};
}

Result<std::string> PluginProvider::spelling(const Instrument& instrument) const {
  return instrument.symbol.name();
}

Result<std::unique_ptr<PageStream>> PluginProvider::fetch(FetchRequest request) {
  if (const auto fit = fits(request); !fit) return named(fit.error());
  return std::unique_ptr<PageStream>(std::make_unique<Stream>(*this, std::move(request)));
}

Result<std::vector<Listed>> PluginProvider::listing(const std::stop_token& /*stop*/) {
  return named(Error{ErrorKind::unsupported, "plugins have no listing", "", ""});
}

Result<Piece> PluginProvider::ask(const Calls::Attempt& attempt, const std::stop_token& stop) {
  if (source_->own_network()) return calls_.make(attempt, stop);
  Piece piece = attempt(stop);
  if (piece.trouble) return piece.trouble->error;
  return piece;
}

// What `providers test` says of a plugin that works.
Result<std::string> PluginProvider::try_out(const std::stop_token& stop) {
  CHANDLER_CHECK(source_->greet(stop));
  if (!description_.probe_symbol)
    return std::string("is alive; its description names no \"probe_symbol\" to ask for");
  const Capabilities& can = description_.capabilities;
  const Timeframe timeframe = can.timeframes.back();
  FetchRequest request{
      .instruments = {{.symbol = *description_.probe_symbol, .asset_class = can.classes.front()}},
      .timeframe = timeframe,
      .range = {now() - nominal_length(timeframe) * 10, now()}};
  CHANDLER_CHECK(fits(request));
  const std::string what =
      request.instruments.front().symbol.name() + " " + std::string(to_string(timeframe));
  Stream pages(*this, std::move(request));
  std::size_t bars = 0;
  for (;;) {
    CHANDLER_TRY(const std::optional<BarPage> page, pages.next(stop));
    if (!page) break;
    bars += page->bars.size();
  }
  return "gave " + std::to_string(bars) + (bars == 1 ? " bar of " : " bars of ") + what;
}

Result<Health> PluginProvider::probe(const std::stop_token& stop) {
  const http::Moment before = timer_.now();
  const Result<std::string> said = try_out(stop);
  if (!said && said.error().kind == ErrorKind::interrupted) return said.error();
  Health health;
  health.ok = said.ok();
  health.latency = std::max(milliseconds{0}, timer_.now() - before);
  health.detail =
      said ? *said + " in " + std::to_string(health.latency.count()) + " ms" : said.error().line();
  return health;
}

CallCounts PluginProvider::calls() const {
  return source_->own_network() ? calls_.counts() : source_->calls();
}

BreakerState PluginProvider::breaker() const {
  return source_->own_network() ? calls_.breaker() : source_->breaker();
}

}  // namespace chandler::plugin
