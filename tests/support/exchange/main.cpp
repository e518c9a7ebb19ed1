// chandler-exchange: the loopback exchange as a program of its own.
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "tests/support/exchange/control.h"
#include "tests/support/exchange/exchange.h"
#include "tests/support/exchange/venue.h"

namespace {

using namespace chandler;
using namespace chandler::testing;

constexpr std::string_view kHelp =
    R"(chandler-exchange: Binance, Yahoo, Alpha Vantage and Alpaca on this machine, with a made-up market.

usage: chandler-exchange [options]
  --port N           listen on 127.0.0.1:N (default: any free port)
  --now TIME         the exchange's clock stands still at TIME, like 2024-06-03T12:00:00
                     (default: the machine's clock); POST /_control moves it
  --control JSON     what POST /_control takes, from the start; may be repeated
  --crumb            Yahoo wants cookie and crumb
  --split DATE,N:M   Yahoo's stocks and ETFs are split on DATE, N shares for M, like 2024-06-10,4:1
  --no-extended      Alpaca and Alpha Vantage bring regular hours only
  --labels-at-end    Alpha Vantage's intraday labels as in 2020: the end of the bar
  --av-limits M,D    Alpha Vantage lets M requests a minute and D a day through (the free key: 5,25)
  --no-gzip          never compress
  --no-limits        Binance and Alpaca let any number of requests through
  --one-market       Binance tells the same of every symbol, and what it told once from memory: fast
  --help             this

Prints its URL as the first line, and ends on SIGTERM, SIGINT, or, where stdin is a pipe, when that
is closed.

Point a provider at it:
  URL=http://127.0.0.1:8040; chandler-exchange --port 8040 &
  CHANDLER_BINANCE_BASE_URL=$URL chandler fetch BTCUSDT -t 1m --from 2024-01-01 --to 2024-01-02
  APCA_API_KEY_ID=test-key APCA_API_SECRET_KEY=test-secret CHANDLER_ALPACA_BASE_URL=$URL ...
Look at what it says:
  curl "$URL/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=3"
  curl -A Mozilla "$URL/v8/finance/chart/AAPL?interval=1d&period1=1704067200&period2=1706745600"
  curl "$URL/query?function=TIME_SERIES_INTRADAY&symbol=IBM&interval=5min&month=2024-01&outputsize=full&apikey=x"
  curl -H "APCA-API-KEY-ID: test-key" -H "APCA-API-SECRET-KEY: test-secret" \
       "$URL/v2/stocks/bars?symbols=AAPL,MSFT&timeframe=1Min&start=2024-01-02&end=2024-01-03"
Make it misbehave, and see what it was asked:
  curl -d '{"fault": {"kind": "status", "status": 429, "retry_after": 2, "times": 3}}' $URL/_control
  curl $URL/_log
Faults: )";

struct Arguments {
  ExchangeOptions options;
  std::vector<std::string> orders;
  bool help = false;
};

Error bad(const std::string& what) {
  return {ErrorKind::usage, what, "chandler-exchange", "see chandler-exchange --help"};
}

Result<std::uint32_t> number(std::string_view text, std::int64_t most) {
  const auto value = whole_number(text);
  if (!value || *value < 0 || *value > most)
    return bad("\"" + printable(std::string(text)) + "\" is no number that fits here");
  return static_cast<std::uint32_t>(*value);
}

Result<ShareSplit> split_of(std::string_view text) {
  constexpr std::size_t kDate = 10;
  const std::size_t colon = text.find(':');
  const auto day = parse_exact(std::string(text.substr(0, kDate)) + " 00:00:00");
  if (!day || text.size() <= kDate || text[kDate] != ',' || colon == std::string_view::npos)
    return bad("--split is to be like 2024-06-10,4:1");
  CHANDLER_TRY(const std::uint32_t many,
               number(text.substr(kDate + 1, colon - kDate - 1), 1'000'000));
  CHANDLER_TRY(const std::uint32_t few, number(text.substr(colon + 1), 1'000'000));
  if (many == 0 || few == 0) return bad("--split is to be like 2024-06-10,4:1");
  return ShareSplit{*day, static_cast<int>(many), static_cast<int>(few)};
}

Result<void> take_value(const std::string& option, const std::string& value, Arguments& out) {
  if (option == "--port") {
    CHANDLER_TRY(const std::uint32_t port, number(value, 65535));
    out.options.port = static_cast<std::uint16_t>(port);
  } else if (option == "--now") {
    const auto now = parse_exact(value);
    if (!now) return bad("--now is to be like 2024-06-03T12:00:00");
    out.options.now = *now;
  } else if (option == "--split") {
    CHANDLER_TRY(out.options.yahoo_split, split_of(value));
  } else if (option == "--av-limits") {
    const std::size_t comma = std::min(value.find(','), value.size());
    const std::string_view text = value;
    CHANDLER_TRY(out.options.limits.alpha_vantage_per_minute,
                 number(text.substr(0, comma), 1'000'000));
    CHANDLER_TRY(out.options.limits.alpha_vantage_per_day,
                 number(text.substr(std::min(comma + 1, text.size())), 1'000'000));
  } else {
    out.orders.push_back(value);
  }
  return {};
}

Result<Arguments> parse(int argc, char** argv) {
  Arguments out;
  const std::map<std::string, bool*> switches = {{"--crumb", &out.options.yahoo_wants_crumb},
                                                 {"--labels-at-end", &out.options.labels_at_end},
                                                 {"--one-market", &out.options.one_market},
                                                 {"--help", &out.help}};
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (const auto found = switches.find(option); found != switches.end()) {
      *found->second = true;
    } else if (option == "--no-extended") {
      out.options.extended_hours = false;
    } else if (option == "--no-gzip") {
      out.options.compress = false;
    } else if (option == "--no-limits") {
      out.options.limits.binance_weight_per_minute = 0;
      out.options.limits.alpaca_per_minute = 0;
    } else if (option != "--port" && option != "--now" && option != "--control" &&
               option != "--av-limits" && option != "--split") {
      return bad("\"" + printable(option) + "\" is no option");
    } else if (++i == argc) {
      return bad(option + " wants a value");
    } else {
      CHANDLER_CHECK(take_value(option, argv[i], out));
    }
  }
  return out;
}

// Until a signal comes, or whoever holds the other end of the pipe on stdin leaves.
void wait_for_the_end(int signals) {
  struct stat input {};
  const bool pipe =
      ::fstat(STDIN_FILENO, &input) == 0 && (S_ISFIFO(input.st_mode) || S_ISSOCK(input.st_mode));
  std::array<pollfd, 2> watched{pollfd{signals, POLLIN, 0},
                                pollfd{pipe ? STDIN_FILENO : -1, POLLIN, 0}};
  for (;;) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) return;
    std::array<char, 256> ignored{};
    if (watched[1].revents != 0 && ::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0)
      return;
  }
}

int run(int argc, char** argv) {
  auto arguments = parse(argc, argv);
  if (!arguments) {
    fmt::print(stderr, "{}\n", arguments.error().line());
    return 2;
  }
  if (arguments->help) {
    fmt::print("{}", kHelp);
    for (int kind = 0; kind <= static_cast<int>(FaultKind::holes); ++kind)
      fmt::print("{} ", to_string(static_cast<FaultKind>(kind)));
    fmt::print("\n");
    return 0;
  }
  sigset_t ending;
  ::sigemptyset(&ending);
  ::sigaddset(&ending, SIGTERM);
  ::sigaddset(&ending, SIGINT);
  ::sigprocmask(SIG_BLOCK, &ending, nullptr);  // before there are threads
  const int signals = ::signalfd(-1, &ending, SFD_CLOEXEC);

  auto exchange = Exchange::start(std::move(arguments->options));
  if (!exchange) {
    fmt::print(stderr, "{}\n", exchange.error().line());
    return 1;
  }
  for (const std::string& order : arguments->orders) {
    if (const auto done = control(order, **exchange); !done) {
      fmt::print(stderr, "{}\n", done.error().line());
      return 2;
    }
  }
  fmt::print("{}\n", (*exchange)->url());
  std::fflush(stdout);
  wait_for_the_end(signals);
  ::close(signals);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return run(argc, argv); }
