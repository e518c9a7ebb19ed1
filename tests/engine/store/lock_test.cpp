#include "store/lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "parts_support.h"
#include "tests/support/child.h"

namespace chandler::store {
namespace {

using test::Call;
using test::Child;
using test::FaultyFileSystem;
using test::kSeries;
using test::SeriesFolder;

// A clock on which waiting takes no time; tells the test when it is asked to wait.
class ImpatientClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return *parse_exact("2026-01-01 00:00:00"); }
  void pause(std::chrono::milliseconds time) const override {
    waited += time;
    if (on_pause) on_pause();
  }
  mutable std::chrono::milliseconds waited{0};
  std::function<void()> on_pause{};
};

class Lock : public ::testing::Test {
 protected:
  [[nodiscard]] Result<SeriesLock> take(bool optimistic = false, bool make_folders = true) {
    return SeriesLock::take({.root = &box_.root(),
                             .series = kSeries,
                             .clock = &clock_,
                             .optimistic = optimistic,
                             .make_folders = make_folders});
  }
  FaultyFileSystem files_;
  SeriesFolder box_{files_};
  ImpatientClock clock_;
};

TEST_F(Lock, SaysWhoHoldsIt) {
  const auto lock = take();

  ASSERT_TRUE(lock) << lock.error().line();
  const std::string card = box_.bytes(".lock");
  EXPECT_NE(card.find("pid " + std::to_string(::getpid())), std::string::npos) << card;
  EXPECT_NE(card.find("since 2026-01-01T00:00:00"), std::string::npos) << card;
  EXPECT_NE(card.find("store_parts_test"), std::string::npos) << card;
  EXPECT_EQ(lock->folder().shown(), "BTCUSDT/1m");
  EXPECT_EQ(lock->symbol_folder().shown(), "BTCUSDT");
}

TEST_F(Lock, IsFreeAgainWhenItsObjectIsGone) {
  for (int i = 0; i < 3; ++i) {
    const auto lock = take();
    ASSERT_TRUE(lock);
  }
  EXPECT_EQ(clock_.waited.count(), 0);
}

TEST_F(Lock, SecondWriterWaitsThirtySecondsAndThenNamesTheHolder) {
  Child holder([&](Child::Side& side) {
    const auto lock = take();
    side.say(lock ? "held" : lock.error().line());
    side.wait();
  });
  ASSERT_EQ(holder.hear(), "held");

  const auto lock = take();

  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().kind, ErrorKind::locked);
  EXPECT_EQ(lock.error().where, "BTCUSDT/1m");
  EXPECT_NE(lock.error().what.find("pid " + std::to_string(holder.pid())), std::string::npos)
      << lock.error().line();
  EXPECT_NE(lock.error().what.find("since 2026-01-01T00:00:00"), std::string::npos);
  EXPECT_NE(lock.error().hint, "");
  EXPECT_EQ(clock_.waited, std::chrono::seconds{30});
}

TEST_F(Lock, SecondWriterGetsItAsSoonAsTheFirstIsDone) {
  Child holder([&](Child::Side& side) {
    {
      const auto lock = take();
      side.say(lock ? "held" : lock.error().line());
      side.wait();
    }
    side.say("released");
    side.wait();
  });
  ASSERT_EQ(holder.hear(), "held");
  int pauses = 0;
  clock_.on_pause = [&] {
    if (++pauses != 3) return;
    holder.go_on();
    EXPECT_EQ(holder.hear(), "released");
  };

  const auto lock = take();

  EXPECT_TRUE(lock) << lock.error().line();
  EXPECT_EQ(pauses, 3);
}

TEST_F(Lock, OfAKilledProcessIsFreeAtOnce) {
  Child holder([&](Child::Side& side) {
    const auto lock = take();
    side.say(lock ? "held" : lock.error().line());
    side.wait();
  });
  ASSERT_EQ(holder.hear(), "held");

  holder.kill();
  const auto lock = take();

  EXPECT_TRUE(lock) << lock.error().line();
  EXPECT_EQ(clock_.waited.count(), 0);
}

TEST_F(Lock, OfAKilledProcessIsFreeThoughItsOwnChildLivesOn) {
  Child holder([&](Child::Side& side) {
    const auto lock = take();
    int up[2] = {-1, -1};
    int down[2] = {-1, -1};
    if (::pipe(up) != 0 || ::pipe(down) != 0) return;
    const pid_t grandchild = ::fork();
    if (grandchild == 0) {
      // As a plugin: another program, which inherits nothing that is close-on-exec.
      ::dup2(down[0], 0);
      ::dup2(up[1], 1);
      ::execl("/bin/sh", "sh", "-c", "echo; read _", static_cast<char*>(nullptr));
      ::_exit(1);
    }
    char started = 0;
    if (::read(up[0], &started, 1) != 1) return;
    side.say(lock ? std::to_string(grandchild) : lock.error().line());
    side.wait();
  });
  const std::string grandchild = holder.hear();
  ASSERT_NE(std::atoi(grandchild.c_str()), 0) << grandchild;

  holder.kill();
  const auto lock = take();

  EXPECT_TRUE(lock) << lock.error().line();
  EXPECT_EQ(clock_.waited.count(), 0);
  ::kill(static_cast<pid_t>(std::atoi(grandchild.c_str())), SIGKILL);
}

TEST_F(Lock, FileWithAnyContentAndAgeIsTakenAtOnce) {
  const std::string contents[] = {"", "pid 1 on elsewhere, since 1999",
                                  std::string(100'000, '\xff'), std::string(10, '\0'),
                                  "\x1b[31m\n\n"};
  for (const std::string& content : contents) {
    box_.put(".lock", content);
    std::filesystem::last_write_time(
        box_.path() / ".lock",
        std::filesystem::file_time_type::clock::now() - std::chrono::hours{24 * 365});
    const auto lock = take();
    EXPECT_TRUE(lock) << lock.error().line();
    EXPECT_EQ(box_.bytes(".lock").rfind("pid " + std::to_string(::getpid()), 0), 0U);
  }
  EXPECT_EQ(clock_.waited.count(), 0);
}

TEST_F(Lock, HolderWhoseCardIsRubbishIsStillReportedInOneLine) {
  const auto mine = take();
  ASSERT_TRUE(mine);
  for (const std::string& content :
       {std::string("\x1b[31mred\nlines\n"), std::string(9000, 'x'), std::string()}) {
    box_.put(".lock", content);
    const auto yours = take();
    ASSERT_FALSE(yours);
    EXPECT_EQ(yours.error().line().find_first_of("\n\x1b"), std::string::npos);
    EXPECT_LT(yours.error().line().size(), 400U);
  }
}

TEST_F(Lock, OfAFolderThatIsRemovedMeanwhileIsTakenOnTheNewOne) {
  bool removed = false;
  files_.before = [&](const test::CallRecord& r) {
    if (r.call != Call::lock || removed) return;
    removed = true;
    std::filesystem::remove_all(box_.root_path() / "BTCUSDT");
  };

  const auto lock = take();

  ASSERT_TRUE(lock) << lock.error().line();
  EXPECT_TRUE(box_.has(".lock"));
  EXPECT_EQ(files_.count(Call::lock), 2U);
}

TEST_F(Lock, OnAFileThatWasReplacedMeanwhileIsNoLock) {
  bool replaced = false;
  files_.before = [&](const test::CallRecord& r) {
    if (r.call != Call::lock || replaced) return;
    replaced = true;
    std::filesystem::rename(box_.path() / ".lock", box_.path() / ".lock.old");
    box_.put(".lock", "another");
  };

  const auto lock = take();

  ASSERT_TRUE(lock) << lock.error().line();
  EXPECT_EQ(box_.bytes(".lock").rfind("pid ", 0), 0U) << "the lock is on the file at the path";
  EXPECT_EQ(box_.bytes(".lock.old"), "");
}

TEST_F(Lock, GivesUpWhenTheFileNeverStaysInItsPlace) {
  files_.before = [&](const test::CallRecord& r) {
    if (r.call == Call::lock) std::filesystem::remove(box_.path() / ".lock");
  };

  const auto lock = take();

  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().kind, ErrorKind::locked);
  EXPECT_EQ(lock.error().where, "BTCUSDT/1m");
}

TEST_F(Lock, GivesUpWhenTheFolderNeverStaysInItsPlace) {
  int tries = 0;
  files_.before = [&](const test::CallRecord& r) {
    if (r.call != Call::make_folder) return;
    ++tries;
    std::filesystem::remove_all(box_.root_path() / "BTCUSDT");
  };
  files_.inject({.call = Call::open, .error_number = ENOENT, .every_time = true});

  const auto lock = take();

  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().kind, ErrorKind::not_found) << lock.error().line();
  EXPECT_GE(tries, 100);
  EXPECT_LE(clock_.waited, std::chrono::seconds{30});
}

TEST_F(Lock, HolderWhoseCardIsEmptyIsUnknown) {
  const auto mine = take();
  ASSERT_TRUE(mine);
  for (const char* card : {"", "\n", "\n\n"}) {
    box_.put(".lock", card);
    EXPECT_NE(take().error().what.find("unknown"), std::string::npos) << take().error().what;
  }
}

TEST_F(Lock, IsRefusedWhereTheFileSystemHasNone) {
  files_.inject({.call = Call::lock, .error_number = ENOLCK, .every_time = true});

  const auto strict = take();
  const auto optimistic = take(true);

  ASSERT_FALSE(strict);
  EXPECT_EQ(strict.error().kind, ErrorKind::unsupported);
  EXPECT_NE(strict.error().hint.find("\"locking\": \"optimistic\""), std::string::npos);
  EXPECT_TRUE(optimistic);
}

TEST_F(Lock, OptimismDoesNotPassOverALockThatWorks) {
  const auto mine = take(true);
  ASSERT_TRUE(mine);

  EXPECT_EQ(take(true).error().kind, ErrorKind::locked);
}

TEST_F(Lock, OtherErrorsOfLockingAreNotPassedOver) {
  files_.inject({.call = Call::lock, .error_number = EIO, .every_time = true});

  EXPECT_EQ(take().error().kind, ErrorKind::io);
  EXPECT_EQ(take(true).error().kind, ErrorKind::io);
}

TEST_F(Lock, AFullDiskDoesNotKeepItFromBeingTaken) {
  files_.inject({.call = Call::write, .error_number = ENOSPC, .every_time = true});
  EXPECT_TRUE(take());
  files_.clear();
  files_.inject({.call = Call::truncate, .error_number = EIO, .every_time = true});
  EXPECT_TRUE(take());
}

TEST_F(Lock, OfASeriesThatIsNotThereIsNotFoundUnlessFoldersAreMade) {
  std::filesystem::remove_all(box_.root_path() / "BTCUSDT");

  EXPECT_EQ(take(false, false).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(box_.root_path() / "BTCUSDT"));
  EXPECT_TRUE(take());
}

TEST_F(Lock, FolderInItsPlaceIsNamed) {
  std::filesystem::create_directory(box_.path() / ".lock");

  EXPECT_EQ(take().error().line(),
            "BTCUSDT/1m/.lock: is a folder, a file is expected here; move it away");
}

TEST_F(Lock, SyncsTheFoldersOfASeriesThatHoldsNoDataYet) {
  // Whoever made them may have died before it could.
  static_cast<void>(take());
  files_.clear();

  ASSERT_TRUE(take());

  std::vector<std::string> synced;
  for (const test::CallRecord& r : files_.records()) {
    if (r.call == Call::sync) synced.push_back(r.name);
  }
  EXPECT_EQ(synced, (std::vector<std::string>{"", "BTCUSDT"}));
  box_.put("2024.csv.gz", "");
  files_.clear();
  ASSERT_TRUE(take());
  EXPECT_EQ(files_.count(Call::sync), 0U) << "it costs nothing once there is data";
}

}  // namespace
}  // namespace chandler::store
