// The limits among real processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>

#include "grants.h"
#include "hand_timer.h"
#include "http/limits.h"
#include "temporary_folder.h"
#include "tests/support/faulty_file_system.h"

namespace chandler::http {
namespace {

using namespace std::chrono_literals;
using chandler::test::Effect;
using chandler::test::FaultyFileSystem;
using std::chrono::milliseconds;
using test::Grant;
using test::HandTimer;
using test::most_in_any_window;
using test::TemporaryFolder;

// Processes that start together and tell their grants through one pipe (a write of few bytes stays
// whole).
class Processes {
 public:
  using Work = std::function<void(const std::function<void(Grant)>& tell)>;

  Processes(int count, const Work& work) {
    if (::pipe(go_.data()) != 0 || ::pipe(told_.data()) != 0) std::abort();
    for (int i = 0; i < count; ++i) {
      const pid_t child = ::fork();
      if (child == 0) run(work);
      children_.push_back(child);
    }
    ::close(go_[0]);
    ::close(told_[1]);
  }

  // All that was told, after all have ended.
  std::vector<Grant> grants() {
    ::close(go_[1]);  // go
    std::vector<Grant> grants;
    Grant grant;
    while (::read(told_[0], &grant, sizeof grant) == static_cast<ssize_t>(sizeof grant))
      grants.push_back(grant);
    ::close(told_[0]);
    for (const pid_t child : children_) {
      int status = 0;
      ::waitpid(child, &status, 0);
      statuses_.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    return grants;
  }
  [[nodiscard]] const std::vector<int>& statuses() const { return statuses_; }

 private:
  [[noreturn]] void run(const Work& work) {
    ::close(go_[1]);
    ::close(told_[0]);
    char nothing = 0;
    static_cast<void>(!::read(go_[0], &nothing, 1));  // until the parent closes it
    work([this](Grant grant) {
      if (::write(told_[1], &grant, sizeof grant) != static_cast<ssize_t>(sizeof grant)) ::_exit(2);
    });
    ::_exit(0);
  }

  std::array<int, 2> go_{};
  std::array<int, 2> told_{};
  std::vector<pid_t> children_;
  std::vector<int> statuses_;
};

Grant grant_of(const SharedLimits::Answer& answer, std::uint32_t units) {
  return {answer.at.time_since_epoch().count(), units};
}

TEST(SharedLimitsProcesses, FourKeepTheLimitTogetherByTheRealClock) {
  constexpr int kProcesses = 4;
  constexpr int kGrants = 25;  // of each
  const TemporaryFolder folder;
  const std::vector<RateLimit> rates = {{40, 1s}};
  Processes processes(kProcesses, [&](const auto& tell) {
    SharedLimits limits(folder.in("limits"));
    for (int granted = 0; granted < kGrants;) {
      const auto answer = limits.reserve("p", rates, 1, [] { return Timer::system().now(); });
      if (!answer || !limits.note().empty()) ::_exit(3);
      if (!answer->granted) {
        static_cast<void>(Timer::system().wait_until(answer->at, {}));
        continue;
      }
      tell(grant_of(*answer, 1));
      ++granted;
    }
  });

  const std::vector<Grant> grants = processes.grants();

  EXPECT_THAT(processes.statuses(), testing::Each(0));
  EXPECT_EQ(grants.size(), static_cast<std::size_t>(kProcesses * kGrants));
  EXPECT_LE(most_in_any_window(grants, 1s), 40U);
}

// The same with a clock that all processes share and push on, so that hundreds of windows go by.
TEST(SharedLimitsProcesses, FourKeepTheLimitOverHundredsOfWindows) {
  constexpr int kAsks = 1500;  // of each
  const TemporaryFolder folder;
  const std::vector<RateLimit> rates = {{300, 2s}, {11, 1s}};
  void* const memory = ::mmap(nullptr, sizeof(std::atomic<std::int64_t>), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  auto* const clock =
      new (memory) std::atomic<std::int64_t>(HandTimer::kStart.time_since_epoch().count());
  Processes processes(4, [&](const auto& tell) {
    SharedLimits limits(folder.in("limits"));
    for (int i = 0; i < kAsks; ++i) {
      const std::uint32_t cost = 1 + static_cast<std::uint32_t>(i % 3);
      const auto answer = limits.reserve(
          "p", rates, cost, [&] { return Moment{milliseconds{clock->fetch_add(i % 61)}}; });
      if (!answer || !limits.note().empty()) ::_exit(3);
      if (answer->granted) tell(grant_of(*answer, cost));
    }
  });

  const std::vector<Grant> grants = processes.grants();
  ::munmap(memory, sizeof(std::atomic<std::int64_t>));

  EXPECT_THAT(processes.statuses(), testing::Each(0));
  EXPECT_EQ(most_in_any_window(grants, 1s), 11U);
  EXPECT_LE(most_in_any_window(grants, 2s), 300U);
  EXPECT_GT(grants.back().at - grants.front().at, 100'000);
}

TEST(SharedLimitsProcesses, OneThatIsKilledAnywhereTakesNoGrantWithIt) {
  bool survived = false;
  for (std::size_t ordinal = 0; !survived; ++ordinal) {
    ASSERT_LT(ordinal, 200U);
    const TemporaryFolder folder;
    const std::vector<RateLimit> rates = {{4, 60s}};
    Processes processes(1, [&](const auto& tell) {
      FaultyFileSystem files;
      files.inject({.ordinal = ordinal, .effect = Effect::die_inside});
      SharedLimits limits(folder.in("limits"), files);
      for (int i = 0; i < 3; ++i) {
        const auto answer = limits.reserve("p", rates, 1, [] { return HandTimer::kStart; });
        if (answer && answer->granted) tell(grant_of(*answer, 1));
      }
    });
    std::vector<Grant> grants = processes.grants();
    survived = processes.statuses().front() == 0;

    SharedLimits rest(folder.in("limits"));
    for (int i = 0; i < 5; ++i) {
      const auto answer = rest.reserve("p", rates, 1, [] { return HandTimer::kStart + 1s; });
      ASSERT_TRUE(answer);
      if (answer->granted) grants.push_back(grant_of(*answer, 1));
    }

    EXPECT_LE(grants.size(), 4U) << "killed before call " << ordinal;
    EXPECT_GE(grants.size(), 3U) << "killed before call " << ordinal;
    EXPECT_EQ(rest.note(), "");
  }
}

}  // namespace
}  // namespace chandler::http
