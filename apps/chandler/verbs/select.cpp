// chandler select SYM... -t TF [--from] [--to] [--provider P] [--refresh]
#include <nlohmann/json.hpp>

#include "selector/refresh.h"
#include "series_arguments.h"
#include "table.h"
#include "use_sources.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct SelectArguments {
  std::vector<std::string> symbols;
  std::string timeframe;
  RangeArguments range;
  std::string provider;
  bool refresh = false;
  std::vector<std::string> plugin_places{};
};

using Answer = std::shared_ptr<const Selection>;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json as_json(const Selection& s) {
  const Instrument& i = s.classified.instrument;
  Json candidates = Json::array();
  for (const Candidate& c : s.candidates) {
    candidates.push_back(Json{{"provider", c.name()}, {"usable", c.usable}, {"reason", c.reason}});
  }
  const Candidate* chosen = s.chosen();
  return Json{{"symbol", i.symbol.name()},
              {"timeframe", to_string(s.timeframe)},
              {"class", to_string(i.asset_class)},
              {"ambiguous", s.classified.ambiguous},
              {"base", text_or_null(i.base)},
              {"quote", text_or_null(i.quote)},
              {"exchange", text_or_null(i.exchange)},
              {"provider", chosen == nullptr ? Json(nullptr) : Json(chosen->name())},
              {"reason", s.reason},
              {"candidates", std::move(candidates)}};
}

std::string shown_class(const Instrument& i) {
  std::string text{to_string(i.asset_class)};
  if (!i.base.empty()) text += " " + printable(i.base + "/" + i.quote);
  return text;
}

// The symbol stands in the first of its rows only.
std::string as_table(const std::vector<Answer>& answers) {
  Table table{{{"symbol"}, {"class"}, {"provider"}, {"asked"}, {"why"}}};
  for (const Answer& answer : answers) {
    std::string symbol = printable(answer->classified.instrument.symbol.name());
    std::string asset_class = shown_class(answer->classified.instrument);
    std::size_t place = 0;
    for (const Candidate& c : answer->candidates) {
      table.add({symbol, asset_class, c.name(), c.usable ? std::to_string(++place) : "no",
                 printable(c.reason, 200)});
      symbol.clear();
      asset_class.clear();
    }
  }
  return table.text();
}

// How an ambiguous name was taken, and how to mean the other.
std::string on_ambiguity(const Classified& c) {
  const std::string symbol = printable(c.instrument.symbol.name());
  const AssetClass other = c.other.value_or(AssetClass::unknown);
  const Classification parts = classify_as(other, c.instrument.symbol.name());
  std::string meaning{to_string(other)};
  if (!parts.base.empty()) meaning += " " + printable(parts.base + "/" + parts.quote);
  return symbol + " is ambiguous: taken as " + shown_class(c.instrument) + ", by " + c.settled_by +
         "; could be " + meaning + " as well: write " + std::string{to_string(other)} + ":" +
         symbol;
}

// False when a listing could not be had.
Result<bool> refresh(const Context& context, const Sources& sources) {
  CHANDLER_TRY(Cache cache, context.open_cache());
  CHANDLER_CHECK(cache.make_root());
  const auto outcomes =
      refresh_listings(sources.registry(), ListingFiles{cache.root()}, Clock::system().now(), {});
  if (outcomes.empty()) context.out.warning("none of the providers has a listing to be fetched");
  bool good = true;
  for (const RefreshOutcome& outcome : outcomes) {
    if (outcome.failed) {
      context.out.error(outcome.failed->within("listing of " + outcome.provider));
      good = false;
    } else {
      context.out.note("listing of " + outcome.provider + ": " +
                       plural(outcome.listed, "instrument"));
    }
  }
  return good;
}

Result<std::vector<SelectionQuery>> parse(const SelectArguments& arguments) {
  CHANDLER_TRY(const Timeframe timeframe, parse_timeframe(arguments.timeframe));
  CHANDLER_TRY(const TimeRange range, parse_range(arguments.range, Clock::system().now()));
  std::vector<SelectionQuery> queries;
  for (const std::string& text : arguments.symbols) {
    CHANDLER_TRY(AskedSymbol symbol, parse_asked_symbol(text));
    queries.push_back({std::move(symbol), timeframe, range, arguments.provider});
  }
  return queries;
}

Result<ExitCode> select(const Context& context, const SelectArguments& arguments) {
  CHANDLER_TRY(const std::vector<SelectionQuery> queries, parse(arguments));
  CHANDLER_TRY(const auto sources, open_sources(context, arguments.plugin_places));
  if (!arguments.provider.empty() && sources->registry().entry(arguments.provider) == nullptr) {
    return sources->registry().unknown(arguments.provider);
  }
  bool good = true;
  if (arguments.refresh) {
    CHANDLER_TRY(good, refresh(context, *sources));
  }
  CHANDLER_TRY(const auto selector, make_selector(*sources, context));

  Output& out = context.out;
  std::vector<Answer> answers;
  for (const SelectionQuery& query : queries) {
    CHANDLER_TRY(Answer answer, selector->select(query));
    if (answer->classified.ambiguous) out.note(on_ambiguity(answer->classified));
    if (answer->chosen() == nullptr) {
      good = false;
      out.error(
          {ErrorKind::unsupported, answer->reason,
           printable(query.symbol.symbol.name()) + " " + std::string{to_string(query.timeframe)},
           ""});
    }
    answers.push_back(std::move(answer));
  }
  if (out.json()) {
    Json list = Json::array();
    for (const Answer& answer : answers) list.push_back(as_json(*answer));
    out.document(list);
  } else {
    out.data(as_table(answers));
  }
  return good ? ExitCode::done : ExitCode::some_failed;
}

}  // namespace

VerbAction declare_select(CLI::App& app) {
  auto arguments = std::make_shared<SelectArguments>();
  app.add_option("SYM", arguments->symbols, "Symbols: BTCUSDT, BTC/USDT, AAPL, ^GSPC, crypto:ABTC")
      ->required();
  app.add_option("-t,--timeframe", arguments->timeframe, "The timeframe that is wanted")
      ->type_name("TF")
      ->required();
  add_range(app, arguments->range);
  app.add_option("--provider", arguments->provider, "Ask this provider and no other")
      ->type_name("NAME");
  app.add_flag("--refresh", arguments->refresh, "Fetch the providers' listings anew before");
  add_plugin_places(app, arguments->plugin_places);
  return [arguments](Context& context) { return select(context, *arguments); };
}

}  // namespace chandler::cli
