#include <gtest/gtest.h>

#include "command_line.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

class Help : public CommandLine {};

TEST_F(Help, ListsEveryVerbAndWhatIsPlanned) {
  const ProcessResult result = run({"--help"});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  for (const Verb& verb : all_verbs())
    EXPECT_NE(result.out.find(verb.summary), std::string::npos) << verb.name;
  const std::size_t planned = result.out.find("Planned");
  for (const PlannedVerb& verb : planned_verbs()) {
    EXPECT_NE(result.out.find(verb.summary, planned), std::string::npos) << verb.name;
  }
  EXPECT_NE(result.out.find("130"), std::string::npos);
}

TEST_F(Help, OfEveryVerbHasItsOptionsAndExamples) {
  for (const Verb& verb : all_verbs()) {
    const ProcessResult result = run({verb.name, "--help"});
    EXPECT_EQ(result.exit_code, 0) << verb.name;
    EXPECT_NE(result.out.find("Usage: chandler " + std::string{verb.name}), std::string::npos)
        << result.out;
    EXPECT_NE(result.out.find("Examples:\n  chandler " + std::string{verb.name}), std::string::npos)
        << result.out;
    for (const char* option :
         {"--cache DIR", "--config FILE", "--json", "-v, --verbose", "-q, --quiet", "-h, --help"}) {
      EXPECT_NE(result.out.find(option), std::string::npos) << verb.name << option;
    }
    EXPECT_EQ(run({verb.name, "-h"}).out, result.out);
  }
}

TEST_F(Help, StaysWithinAHundredColumns) {
  for (const Verb& verb : all_verbs()) {
    std::istringstream lines{run({verb.name, "--help"}).out};
    for (std::string line; std::getline(lines, line);) {
      const bool example = line.starts_with("  chandler ");
      EXPECT_TRUE(example || line.size() <= 101) << verb.name << ": " << line;
    }
  }
}

TEST_F(Help, WinsOverEverythingElseThatIsWrong) {
  write("chandler.json", "not json");
  EXPECT_EQ(run({"read", "--help"}).exit_code, 0);
  EXPECT_EQ(run({"completion", "bash"}).exit_code, 0);
  EXPECT_EQ(run({"man"}).exit_code, 0);
}

TEST_F(Help, IsADocumentUnderJson) {
  EXPECT_NE(run_json({"read", "--help"})["help"].get<std::string>().find("Usage"),
            std::string::npos);
  EXPECT_EQ(run_json({"--version"})["ok"], true);
}

TEST_F(Help, TellsTheVersion) {
  const ProcessResult result = run({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(result.out.starts_with("chandler ")) << result.out;
}

}  // namespace
}  // namespace chandler::cli
