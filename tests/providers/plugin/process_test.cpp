#include "plugin/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/providers/plugin/fixture.h"

namespace chandler::plugin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

struct Outcome {
  std::string out;
  std::string err;
  Ending ending;
  std::optional<Error> error;
};

class ProcessTest : public ::testing::Test {
 protected:
  Outcome run(const std::string& script, const std::stop_token& stop = {}) {
    command.program = folder.script("plugin", script);
    command.folder = folder.path();
    Outcome outcome;
    auto process = Process::start(command, limits);
    if (!process) {
      outcome.error = process.error();
      return outcome;
    }
    for (;;) {
      const auto piece = (*process)->read(stop);
      if (!piece) outcome.error = piece.error();
      if (!piece || piece->empty()) break;
      outcome.out += *piece;
    }
    outcome.err = (*process)->chatter();
    outcome.ending = (*process)->ending();
    return outcome;
  }
  // Whether the process that wrote its id to the file `name` is gone. What was killed may need a
  // moment to go; nobody but us waits for it.
  [[nodiscard]] bool is_dead(const std::string& name) const {
    const std::string id = folder.read(name);
    const std::string stat = "/proc/" + id.substr(0, id.find('\n')) + "/stat";
    const auto patience = std::chrono::steady_clock::now() + 30s;
    while (std::chrono::steady_clock::now() < patience) {
      std::ifstream in(stat);
      std::string ignored;
      std::string state;
      in >> ignored >> ignored >> state;
      if (!in || state == "Z" || state == "X") return true;
      std::this_thread::yield();
    }
    return false;
  }

  TempFolder folder;
  Command command{.environment = {"PATH=/usr/bin:/bin"}};
  ProcessLimits limits;
};

TEST_F(ProcessTest, HandsOverInputAndTakesBothOutputsAndTheExitCode) {
  command.input = "a request\n";
  command.arguments = {"fetch"};

  const Outcome outcome = run("read line; echo \"$1: $line\"; echo oh >&2; exit 3");

  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.out, "fetch: a request\n");
  EXPECT_EQ(outcome.err, "oh\n");
  EXPECT_EQ(outcome.ending.code, 3);
  EXPECT_EQ(to_string(outcome.ending), "ended with exit code 3");
}

TEST_F(ProcessTest, DoesNotMindAProgramThatNeverReadsItsInput) {
  command.input = std::string(Process::kMaxInput, 'x');

  const Outcome outcome = run("exec <&-; echo done");

  EXPECT_EQ(outcome.out, "done\n");
  EXPECT_TRUE(outcome.ending.ok());
}

TEST_F(ProcessTest, RefusesAnInputThatAPipeMayNotHold) {
  command.input = std::string(Process::kMaxInput + 1, 'x');

  const Outcome outcome = run("exit 0");

  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, ErrorKind::usage);
}

TEST_F(ProcessTest, SaysWhyAProgramCannotBeStarted) {
  command.program = folder.path() / "none";
  command.folder = folder.path();

  const auto process = Process::start(command, limits);

  ASSERT_FALSE(process);
  EXPECT_THAT(process.error().line(), HasSubstr("No such file"));
}

TEST_F(ProcessTest, GivesNothingOfOurEnvironmentButWhatIsNamed) {
  ::setenv("CHANDLER_TEST_SECRET", "hush", 1);
  command.environment = {"PATH=/usr/bin:/bin", "ONLY=this"};

  const Outcome outcome = run("env");

  EXPECT_THAT(outcome.out, HasSubstr("ONLY=this\n"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("hush")));
}

TEST_F(ProcessTest, RunsInItsFolderAndInAGroupOfItsOwn) {
  const Outcome outcome = run("pwd -P; set -- $(cat /proc/$$/stat); test $5 = $$ && echo leads");

  EXPECT_EQ(outcome.out, std::filesystem::canonical(folder.path()).string() + "\nleads\n");
}

TEST_F(ProcessTest, HandsOnNoOpenFile) {
  // Without close-on-exec, as careless code opens files.
  const int careless = ::open("/dev/null", O_RDONLY);

  const Outcome outcome = run("ls /proc/self/fd | wc -l");
  ::close(careless);

  EXPECT_EQ(outcome.out, "4\n");  // the three, and the listing's own
}

TEST_F(ProcessTest, LeavesSignalsAsTheSystemHasThem) {
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);

  const Outcome outcome = run("kill -PIPE $$; echo still here");
  ::sigaction(SIGPIPE, &before, nullptr);

  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.ending.signal, SIGPIPE);
}

TEST_F(ProcessTest, TellsWhichSignalKilledIt) {
  const Outcome outcome = run("kill -SEGV $$");

  EXPECT_FALSE(outcome.ending.ok());
  EXPECT_EQ(to_string(outcome.ending), "was killed by SIGSEGV");
}

TEST_F(ProcessTest, KillsWhatHangs) {
  limits.time = 100ms;

  const Outcome outcome = run("echo $$ >id; exec sleep 1000");

  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, ErrorKind::unavailable);
  EXPECT_THAT(outcome.error->what, HasSubstr("took longer than 0.1 s and was killed"));
  EXPECT_TRUE(is_dead("id"));
}

TEST_F(ProcessTest, KillsWhatClosesItsOutputAndHangs) {
  limits.time = 100ms;

  const Outcome outcome = run("exec >&- 2>&-; sleep 1000");

  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->what, HasSubstr("took longer"));
}

TEST_F(ProcessTest, KillsTheWholeGroup) {
  limits.time = 200ms;

  const Outcome outcome = run("sh -c 'echo $$ >id; exec sleep 1000' & sleep 1000");

  ASSERT_TRUE(outcome.error);
  EXPECT_TRUE(is_dead("id"));
}

TEST_F(ProcessTest, DoesNotWaitForAGrandchildThatHoldsThePipe) {
  const Outcome outcome =
      run("sh -c 'echo $$ >id; exec sleep 1000' & "
          "while ! test -s id; do :; done; echo enough");

  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.out, "enough\n");
  EXPECT_TRUE(outcome.ending.ok());
  EXPECT_TRUE(is_dead("id"));
}

TEST_F(ProcessTest, DoesNotWaitForAGrandchildThatLeftTheGroup) {
  const Outcome outcome = run("setsid sleep 2 & echo enough");

  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.out, "enough\n");
}

TEST_F(ProcessTest, StopsAFloodOfOutput) {
  limits.output = 100'000;

  const Outcome outcome = run("exec yes");

  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->what, HasSubstr("printed more than 97 KiB"));
  EXPECT_LE(outcome.out.size(), limits.output);
}

TEST_F(ProcessTest, StopsAFloodOfErrors) {
  limits.chatter = 300'000;

  const Outcome outcome = run("exec yes >&2");

  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->what, HasSubstr("on stderr"));
  EXPECT_LE(outcome.err.size(), 2 * Process::kErrorTail + 16384);
}

TEST_F(ProcessTest, KeepsTheEndOfALongStderr) {
  const Outcome outcome = run("yes | head -c 300000 >&2; echo last words >&2");

  EXPECT_EQ(outcome.err.size(), Process::kErrorTail);
  EXPECT_THAT(outcome.err, ::testing::EndsWith("last words\n"));
}

TEST_F(ProcessTest, LimitsMemory) {
  limits.memory = std::uint64_t{200} << 20U;

  const Outcome outcome = run("exec python3 -c 'b = bytearray(1 << 30); print(len(b))'");

  EXPECT_EQ(outcome.out, "");
  EXPECT_FALSE(outcome.ending.ok());
  EXPECT_THAT(outcome.err, HasSubstr("MemoryError"));
}

TEST_F(ProcessTest, LimitsProcessorTime) {
  limits.cpu = 1s;

  const Outcome outcome = run("while :; do :; done");

  EXPECT_EQ(outcome.ending.signal, SIGXCPU);
  EXPECT_THAT(to_string(outcome.ending), HasSubstr("more processor time"));
}

TEST_F(ProcessTest, LimitsFilesAndLeavesNoCore) {
  limits.files = 32;

  const Outcome outcome = run("ulimit -n; ulimit -c");

  EXPECT_EQ(outcome.out, "32\n0\n");
}

TEST_F(ProcessTest, IsInterruptedBeforeItBegins) {
  std::stop_source stop;
  stop.request_stop();

  const Outcome outcome = run("sleep 1000", stop.get_token());

  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, ErrorKind::interrupted);
}

TEST_F(ProcessTest, IsInterruptedWhileItWaits) {
  std::stop_source stop;
  command.program = folder.script("plugin", "echo ready; echo $$ >id; exec sleep 1000");
  command.folder = folder.path();
  const auto process = Process::start(command, limits);
  ASSERT_TRUE(process);
  ASSERT_EQ(*(*process)->read(stop.get_token()), "ready\n");

  std::jthread other([&] { stop.request_stop(); });
  const auto piece = (*process)->read(stop.get_token());

  ASSERT_FALSE(piece);
  EXPECT_EQ(piece.error().kind, ErrorKind::interrupted);
}

TEST_F(ProcessTest, DiesWithItsOwner) {
  command.program = folder.script("plugin", "echo $$ >id; echo ready; exec sleep 1000");
  command.folder = folder.path();
  {
    const auto process = Process::start(command, limits);
    ASSERT_TRUE(process);
    ASSERT_EQ(*(*process)->read({}), "ready\n");
  }

  EXPECT_TRUE(is_dead("id"));
}

TEST_F(ProcessTest, StartsWhereTheStandardDescriptorsAreClosed) {
  const auto child = [this] {
    ::close(0);
    ::close(1);
    ::close(2);
    command.input = "in\n";
    const Outcome outcome = run("read line; echo $line; echo err >&2");
    return outcome.out == "in\n" && outcome.err == "err\n" ? 0 : 1;
  };

  EXPECT_EXIT(std::_Exit(child()), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace chandler::plugin
