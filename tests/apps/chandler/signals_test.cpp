#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <csignal>

#include "command_line.h"

namespace chandler::cli {
namespace {

class Signals : public CommandLine {
 protected:
  // Holds the lock of a series, so that an import of it waits until let go.
  class Holder {
   public:
    explicit Holder(const std::filesystem::path& folder) {
      std::filesystem::create_directories(folder);
      descriptor_ = ::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      EXPECT_EQ(::flock(descriptor_, LOCK_EX), 0);
    }
    ~Holder() { release(); }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    void release() {
      if (descriptor_ >= 0) ::close(descriptor_);
      descriptor_ = -1;
    }

   private:
    int descriptor_ = -1;
  };
};

TEST_F(Signals, TheCommitInHandIsFinishedAndTheRestLeft) {
  // More rows than are committed at once, so that the first file's commit happens while others
  // wait.
  write("a.csv", bars_csv("2020-01-01", 60, 400'000));
  write("b.csv", bars_csv("2021-01-01", 60, 400'000));
  write("c.csv", bars_csv("2022-01-01", 60, 400'000));
  Holder holder{cache("BTCUSDT/1m")};
  testing::Process process{
      program({"import", "a.csv", "b.csv", "c.csv", "--symbol", "BTCUSDT", "-t", "1m", "--json"}),
      defaults()};
  ASSERT_TRUE(process.await_handler(SIGINT));
  while (!std::filesystem::exists(cache("BTCUSDT/1m"))) ::sched_yield();

  ::kill(process.pid(), SIGINT);
  holder.release();
  const ProcessResult result = process.wait();

  if (result.exit_code == 130 && result.out.empty())
    GTEST_SKIP() << "the signal came before the first file";
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_NE(result.err.find("interrupted after "), std::string::npos) << result.err;
  EXPECT_EQ(Json::parse(result.out)["error"]["kind"], "interrupted");
  EXPECT_EQ(run({"verify"}).exit_code, 0);
}

TEST_F(Signals, ASecondOneEndsAtOnce) {
  write("a.csv", bars_csv("2024-01-01", 60, 100));
  const Holder holder{cache("BTCUSDT/1m")};
  testing::Process process{program({"import", "a.csv", "--symbol", "BTCUSDT", "-t", "1m"}),
                           defaults()};
  ASSERT_TRUE(process.await_handler(SIGTERM));

  for (int i = 0; i < 2; ++i) ::kill(process.pid(), i == 0 ? SIGTERM : SIGINT);

  EXPECT_EQ(process.wait().exit_code, 130);
}

}  // namespace
}  // namespace chandler::cli
