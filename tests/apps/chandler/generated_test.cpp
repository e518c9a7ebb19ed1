// The manual page and the completions, as the shells and man see them.
#include <gtest/gtest.h>

#include "command_line.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

class Generated : public CommandLine {
 protected:
  static bool there(const char* program) {
    return testing::run_process({"sh", "-c", std::string{"command -v "} + program}).exit_code == 0;
  }
};

TEST_F(Generated, FilesAreWhatTheProgramPrints) {
  const std::filesystem::path folder = CHANDLER_GENERATED;
  EXPECT_EQ(content_of(folder / "chandler.1"), run({"man"}).out);
  EXPECT_EQ(content_of(folder / "chandler.bash"), run({"completion", "bash"}).out);
  EXPECT_EQ(content_of(folder / "_chandler"), run({"completion", "zsh"}).out);
  EXPECT_EQ(content_of(folder / "chandler.fish"), run({"completion", "fish"}).out);
}

TEST_F(Generated, ShellsAcceptTheirScripts) {
  struct Case {
    const char* shell;
    const char* file;
  };
  for (const auto& [shell, file] :
       {Case{"bash", "chandler.bash"}, Case{"zsh", "_chandler"}, Case{"fish", "chandler.fish"}}) {
    if (!there(shell)) continue;
    const std::string script = (std::filesystem::path{CHANDLER_GENERATED} / file).string();
    const ProcessResult result = testing::run_process({shell, "-n", script});
    EXPECT_EQ(result.exit_code, 0) << shell << ": " << result.err;
    EXPECT_EQ(result.err, "") << shell;
  }
}

TEST_F(Generated, BashCompletesVerbsOptionsAndValues) {
  const auto complete = [&](const std::string& words) {
    const std::string script =
        "source \"$0\"; COMP_WORDS=(" + words +
        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _chandler; echo \"${COMPREPLY[*]}\"";
    return testing::run_process({"bash", "-c", script, CHANDLER_GENERATED "/chandler.bash"}).out;
  };

  EXPECT_EQ(complete("chandler re"), "read resample\n");
  EXPECT_EQ(complete("chandler loc"), "\n");
  EXPECT_EQ(complete("chandler read BTCUSDT 1m --fo"), "--format\n");
  EXPECT_EQ(complete("chandler read BTCUSDT 1m --format a"), "arrow\n");
  EXPECT_EQ(complete("chandler read BTCUSDT 1"), "1m 15m 1h 12h 1d 1w 1M\n");
  EXPECT_EQ(complete("chandler completion z"), "zsh\n");
  EXPECT_EQ(complete("chandler verify --l"), "\n");
}

TEST_F(Generated, FishCompletesVerbsAndOptions) {
  if (!there("fish")) GTEST_SKIP() << "no fish here";
  const auto complete = [&](const std::string& line) {
    return testing::run_process(
               {"fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]",
                CHANDLER_GENERATED "/chandler.fish", line},
               defaults())
        .out;
  };

  EXPECT_NE(complete("chandler res").find("resample"), std::string::npos);
  EXPECT_NE(complete("chandler read BTCUSDT 1m --fo").find("--format"), std::string::npos);
  EXPECT_NE(complete("chandler read BTCUSDT 1m --format a").find("arrow"), std::string::npos);
}

TEST_F(Generated, ManFindsNothingWrongWithThePage) {
  if (!there("man")) GTEST_SKIP() << "no man here";
  const ProcessResult result = testing::run_process(
      {"man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", CHANDLER_GENERATED "/chandler.1"},
      {.environment = {{"LC_ALL", "C.UTF-8"}, {"MANWIDTH", "100"}}});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out.find(".PP"), std::string::npos) << "a request that became text";
  EXPECT_NE(result.out.find("Downloads"), std::string::npos);
  for (const Verb& verb : all_verbs())
    EXPECT_NE(result.out.find(verb.name), std::string::npos) << verb.name;
}

}  // namespace
}  // namespace chandler::cli
