#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/providers/exchange/http_client.h"
#include "tests/support/process.h"

namespace chandler::testing {
namespace {

const std::string kProgram = CHANDLER_EXCHANGE_PROGRAM;

TEST(ExchangeProgram, SaysItsAddressAndEndsWithItsInput) {
  const ProcessResult result =
      run_process({"/bin/sh", "-c", "true | \"$0\" --now 2024-06-03T12:00:00", kProgram});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out.rfind("http://127.0.0.1:", 0), 0U) << result.out;
}

TEST(ExchangeProgram, ServesUntilItIsTerminated) {
  std::string folder = std::filesystem::temp_directory_path() / "exchange-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string fifo = folder + "/out";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  // Opened for both, so that nobody waits for the other to open it.
  std::fstream out(fifo, std::ios::in | std::ios::out);
  Process process({kProgram, "--now", "2024-06-03T12:00:00", "--crumb", "--no-extended",
                   "--no-gzip", "--labels-at-end", "--av-limits", "5,25", "--control",
                   R"({"fault": {"kind": "status", "status": 418, "times": 1}})"},
                  {.output_to = fifo});
  std::string url;
  std::getline(out, url);

  EXPECT_EQ(http_get(url + "/api/v3/ping").status, 418);
  EXPECT_EQ(http_get(url + "/api/v3/time").json()["serverTime"], 1717416000000);
  ::kill(process.pid(), SIGTERM);

  EXPECT_EQ(process.wait().exit_code, 0);
  std::filesystem::remove_all(folder);
}

TEST(ExchangeProgram, HelpNamesEveryOptionAndFault) {
  const ProcessResult result = run_process({kProgram, "--help"});

  EXPECT_EQ(result.exit_code, 0);
  for (const char* const word : {"--port", "--now", "--control", "/_log", "never_advancing",
                                 "holes", "CHANDLER_BINANCE_BASE_URL"})
    EXPECT_NE(result.out.find(word), std::string::npos) << word;
}

TEST(ExchangeProgram, WrongUseIsOneLine) {
  const std::vector<std::vector<std::string>> cases = {
      {"--prot", "1"}, {"--port"},           {"--port", "70000"}, {"--port", "x"},
      {"--now", "x"},  {"--av-limits", "5"}, {"--control", "{"}};
  for (const std::vector<std::string>& arguments : cases) {
    std::vector<std::string> command = {kProgram};
    command.insert(command.end(), arguments.begin(), arguments.end());

    const ProcessResult result = run_process(command, {.input = ""});

    EXPECT_EQ(result.exit_code, 2) << arguments[0];
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  }
}

}  // namespace
}  // namespace chandler::testing
