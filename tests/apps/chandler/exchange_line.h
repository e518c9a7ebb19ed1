// The program against the loopback exchange: no keys and no network but that, whatever this machine
// has.
#pragma once

#include <map>
#include <memory>

#include "command_line.h"
#include "tests/support/exchange/exchange.h"

namespace chandler::cli {

using testing::Exchange;
using testing::FaultKind;

// What must never be seen anywhere.
inline constexpr const char* kSecret = "hush-4711";

class ExchangeLine : public CommandLine {
 protected:
  [[nodiscard]] ProcessOptions alone(std::map<std::string, std::string> more = {}) const {
    ProcessOptions options;
    options.environment = std::move(more);
    for (const char* const name :
         {"ALPHA_VANTAGE_API_KEY", "APCA_API_KEY_ID", "APCA_API_SECRET_KEY", "XDG_STATE_HOME"}) {
      options.environment.try_emplace(name, "");
    }
    for (const char* const name : {"BINANCE", "YAHOO", "ALPHA_VANTAGE", "ALPACA"}) {
      options.environment.try_emplace("CHANDLER_" + std::string(name) + "_BASE_URL",
                                      exchange->url());
    }
    return options;
  }
  [[nodiscard]] static std::map<std::string, std::string> keys() {
    return {{"ALPHA_VANTAGE_API_KEY", kSecret},
            {"APCA_API_KEY_ID", "test-key"},
            {"APCA_API_SECRET_KEY", kSecret}};
  }
  ProcessResult ask(std::vector<std::string> words,
                    std::map<std::string, std::string> more = {}) const {
    return run(std::move(words), alone(std::move(more)));
  }
  Json ask_json(std::vector<std::string> words, int expected_code = 0,
                std::map<std::string, std::string> more = {}) const {
    words.emplace_back("--json");
    const ProcessResult result = ask(std::move(words), std::move(more));
    EXPECT_EQ(result.exit_code, expected_code) << result.out << result.err;
    Json document = Json::parse(result.out, nullptr, false);
    EXPECT_FALSE(document.is_discarded()) << result.out;
    return document;
  }

  std::unique_ptr<Exchange> exchange = std::move(*Exchange::start({.alpaca_secret = kSecret}));
};

}  // namespace chandler::cli
