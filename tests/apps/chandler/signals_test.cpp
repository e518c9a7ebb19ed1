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
  // Files of the same time are committed one by one; the first commit waits for the lock.
  for (const char* name : {"a.csv", "b.csv", "c.csv"}) write(name, bars_csv("2024-01-01", 60, 100));
  Holder holder{cache("BTCUSDT/1m")};
  testing::Process process{program({"import", "a.csv", "b.csv", "c.csv", "--symbol", "BTCUSDT",
                                    "-t", "1m", "--json", "-v"}),
                           defaults()};
  ASSERT_TRUE(process.await_error("a.csv: 100 rows"));

  ::kill(process.pid(), SIGINT);
  holder.release();
  const ProcessResult result = process.wait();

  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_NE(result.err.find("interrupted after "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("the same command again does the rest"), std::string::npos)
      << result.err;
  const Json document = Json::parse(result.out);
  EXPECT_EQ(document["error"]["kind"], "interrupted");
  EXPECT_EQ(document["series"][0]["rows_written"], 100);
  EXPECT_EQ(run({"verify"}).exit_code, 0);
  EXPECT_EQ(run({"import", "a.csv", "b.csv", "c.csv", "--symbol", "BTCUSDT", "-t", "1m"}).exit_code,
            0);
}

TEST_F(Signals, ASecondOneEndsAtOnce) {
  write("a.csv", bars_csv("2024-01-01", 60, 100));
  const Holder holder{cache("BTCUSDT/1m")};
  testing::Process process{program({"import", "a.csv", "--symbol", "BTCUSDT", "-t", "1m", "-v"}),
                           defaults()};
  ASSERT_TRUE(process.await_error("a.csv: 100 rows"));

  ::kill(process.pid(), SIGTERM);
  ::kill(process.pid(), SIGINT);

  EXPECT_EQ(process.wait().exit_code, 130);
  EXPECT_FALSE(std::filesystem::exists(cache("BTCUSDT/1m/2024.csv.gz")));
}

}  // namespace
}  // namespace chandler::cli
