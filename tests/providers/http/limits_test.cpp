#include "http/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "grants.h"
#include "hand_timer.h"
#include "temporary_folder.h"
#include "tests/support/faulty_file_system.h"

namespace chandler::http {
namespace {

using namespace std::chrono_literals;
using chandler::test::Call;
using chandler::test::Effect;
using chandler::test::FaultyFileSystem;
using std::chrono::milliseconds;
using test::Grant;
using test::HandTimer;
using test::most_in_any_window;
using test::TemporaryFolder;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Moment kStart = HandTimer::kStart;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void overwrite(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

SharedLimits::Now at(Moment moment) {
  return [moment] { return moment; };
}

SharedLimits::Answer ask(SharedLimits& limits, const std::vector<RateLimit>& rates, Moment now,
                         std::uint32_t cost = 1, const std::string& name = "p") {
  auto answer = limits.reserve(name, rates, cost, now);
  if (!answer) {
    ADD_FAILURE() << answer.error().line();
    return {};
  }
  return *answer;
}

std::int64_t number(Moment moment) { return moment.time_since_epoch().count(); }

TEST(SharedLimits, GrantUpToTheLimitAndSayWhenThereIsMore) {
  SharedLimits limits;
  const std::vector<RateLimit> rates = {{3, 60s}};

  EXPECT_TRUE(ask(limits, rates, kStart).granted);
  EXPECT_TRUE(ask(limits, rates, kStart + 10s, 2).granted);
  const auto refused = ask(limits, rates, kStart + 20s);
  const auto dearer = ask(limits, rates, kStart + 20s, 2);

  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.at, kStart + 60s + 1ms);
  EXPECT_FALSE(dearer.granted);
  EXPECT_EQ(dearer.at, kStart + 70s + 1ms);
  EXPECT_FALSE(ask(limits, rates, refused.at - 1ms).granted);
  EXPECT_TRUE(ask(limits, rates, refused.at).granted);
}

TEST(SharedLimits, LeaveTheFileAloneWhenTheSourceHasCountedNoMoreThanWeHave) {
  const TemporaryFolder folder;
  SharedLimits limits(folder.path().string());
  const RateLimit rate{100, 60s};
  ASSERT_TRUE(ask(limits, {rate}, kStart, 5).granted);
  const std::string file = folder.in("p.limits");
  const std::string before = content(file);
  ASSERT_EQ(::unlink(file.c_str()), 0);  // were it looked at, it would be found wanting

  limits.note_used("p", rate, 5, at(kStart + 1s));
  EXPECT_EQ(content(file), "");

  overwrite(file, before);
  limits.note_used("p", rate, 6, at(kStart + 1s));
  EXPECT_FALSE(ask(limits, {rate}, kStart + 1s, 95).granted);
  // What has left the window does not count.
  limits.note_used("p", rate, 3, at(kStart + 62s));
  EXPECT_FALSE(ask(limits, {rate}, kStart + 62s, 98).granted);
}

TEST(SharedLimits, SeveralLimitsGrantTogetherOrNotAtAll) {
  SharedLimits limits;
  const std::vector<RateLimit> rates = {{2, 60s}, {3, 86400s}};
  EXPECT_TRUE(ask(limits, rates, kStart, 2).granted);

  // The day has one left, but the minute has none: the day keeps it.
  EXPECT_FALSE(ask(limits, rates, kStart + 1s).granted);
  EXPECT_TRUE(ask(limits, rates, kStart + 61s).granted);

  EXPECT_EQ(ask(limits, rates, kStart + 300s).at, kStart + 86400s + 1ms);
}

TEST(SharedLimits, WithoutLimitsEverythingIsGranted) {
  SharedLimits limits;

  EXPECT_TRUE(ask(limits, {}, kStart, 1000).granted);
}

TEST(SharedLimits, ACostAboveALimitIsAUsageError) {
  SharedLimits limits;
  const std::vector<RateLimit> rates = {{100, 60s}, {5, 1s}};

  const auto answer = limits.reserve("p", rates, 6, kStart);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::usage);
  EXPECT_THAT(answer.error().line(), HasSubstr("5/second"));
}

TEST(SharedLimits, TakeBackWhatWasNotUsedAndNoMore) {
  SharedLimits limits;
  const std::vector<RateLimit> rates = {{2, 60s}};
  const Moment now{std::chrono::milliseconds{1'709'294'400'000}};
  const auto clock = [&] { return now; };
  ASSERT_TRUE(limits.reserve("p", rates, 1, now)->granted);
  const auto second = limits.reserve("p", rates, 1, now);
  ASSERT_TRUE(second->granted);

  limits.give_back("p", rates, 1, second->at, clock);
  EXPECT_TRUE(limits.reserve("p", rates, 1, now)->granted);
  EXPECT_FALSE(limits.reserve("p", rates, 1, now)->granted);

  // What the log does not know of stays used.
  limits.give_back("p", rates, 1, now + 1s, clock);
  EXPECT_FALSE(limits.reserve("p", rates, 1, now)->granted);
}

TEST(SharedLimits, TakeTheSourcesCountWhenItIsHigher) {
  SharedLimits limits;
  const std::vector<RateLimit> rates = {{10, 60s}};
  ask(limits, rates, kStart, 4);

  limits.note_used("p", rates[0], 3, at(kStart + 1s));
  EXPECT_TRUE(ask(limits, rates, kStart + 1s, 6).granted);
  limits.note_used("p", rates[0], 4000, at(kStart + 60s + 1ms));

  EXPECT_TRUE(ask(limits, rates, kStart + 62s, 6).granted);
  EXPECT_EQ(ask(limits, rates, kStart + 62s).at, kStart + 120s + 2ms);
}

TEST(SharedLimits, BlockEverybodyOfOneNameUntilTheMoment) {
  SharedLimits limits;

  limits.block_until("p", kStart + 30s, kStart);
  limits.block_until("p", kStart + 20s, kStart);

  EXPECT_EQ(ask(limits, {{5, 1s}}, kStart + 1s).at, kStart + 30s);
  EXPECT_TRUE(ask(limits, {{5, 1s}}, kStart + 30s).granted);
  EXPECT_TRUE(ask(limits, {{5, 1s}}, kStart, 1, "q").granted);
}

TEST(SharedLimits, AClockSetBackCountsWhatIsAheadAsOfNow) {
  SharedLimits limits;
  const std::vector<RateLimit> rates = {{2, 60s}};
  ask(limits, rates, kStart, 2);
  limits.block_until("p", kStart + 10s, kStart);

  const Moment earlier = kStart - 24h;

  EXPECT_EQ(ask(limits, rates, earlier).at, earlier + 60s + 1ms);
  EXPECT_TRUE(ask(limits, rates, earlier + 60s + 1ms).granted);
}

TEST(SharedLimits, AClockSetBackALittleStandsStillUntilItIsThatLateAgain) {
  SharedLimits limits;
  const std::vector<RateLimit> rates = {{2, 1s}};
  ask(limits, rates, kStart + 50ms);

  const auto late = ask(limits, rates, kStart);

  EXPECT_TRUE(late.granted);
  EXPECT_EQ(late.at, kStart + 50ms);
  EXPECT_EQ(ask(limits, rates, kStart + 60ms).at, kStart + 1051ms);
}

// Random arrivals, costs and pauses: no window ever holds more than the limit.
TEST(SharedLimits, NoWindowEverHoldsMoreThanTheLimit) {
  struct Case {
    std::vector<RateLimit> rates;
    std::uint32_t most_cost;
    int most_pause;  // ms
  };
  const std::vector<Case> cases = {
      {{{5, 60s}, {25, 86400s}}, 1, 30'000},
      {{{1, 1s}}, 1, 900},
      {{{20, 1s}}, 7, 40},
      {{{256, 2s}}, 5, 20},
      {{{257, 2s}}, 5, 20},
      {{{6000, 60s}}, 10, 60},
      {{{6000, 60s}, {200, 1s}}, 2, 15},
      {{{100'000, 86400s}, {1200, 60s}}, 40, 2'000},
  };
  std::mt19937 random(42);  // NOLINT(cert-msc51-cpp): the same every time
  for (const Case& c : cases) {
    SharedLimits limits;
    Moment now = kStart;
    std::vector<Grant> grants;
    for (int i = 0; i < 5000; ++i) {
      now += milliseconds{random() % static_cast<unsigned>(c.most_pause)};
      const std::uint32_t cost = 1 + static_cast<std::uint32_t>(random() % c.most_cost);
      const auto answer = ask(limits, c.rates, now, cost);
      if (answer.granted) grants.push_back({number(answer.at), cost});
      if (!answer.granted && random() % 2 == 0) now = answer.at;
    }
    for (const RateLimit& rate : c.rates) {
      const auto most = most_in_any_window(grants, rate.window);
      EXPECT_LE(most, rate.units) << to_string(rate);
    }
    // Nor is the tightest of them left much unused.
    const RateLimit& first = c.rates.front();
    EXPECT_GE(most_in_any_window(grants, first.window), first.units * 9 / 10) << to_string(first);
  }
}

TEST(SharedLimits, LargeLimitsGiveBackTheirUnitsAtMostOnePartLate) {
  SharedLimits limits;
  const std::vector<RateLimit> rates = {{6000, 60s}};
  Moment now = kStart;
  for (int i = 0; i < 6000; ++i, now += 10ms) ASSERT_TRUE(ask(limits, rates, now).granted);

  const auto answer = ask(limits, rates, now);

  EXPECT_FALSE(answer.granted);
  EXPECT_LE(answer.at, kStart + 60s + 60'000ms / 250);
}

TEST(SharedLimits, AnotherLimitForTheSameWindowIsKeptTooWhenItIsSmaller) {
  SharedLimits limits;
  std::vector<Grant> grants;
  Moment now = kStart;
  for (int i = 0; i < 2000; ++i, now += 7ms) {
    const std::vector<RateLimit> rates = {{i < 1000 ? 6000U : 100U, 60s}};
    const auto answer = ask(limits, rates, now, 1);
    if (answer.granted) grants.push_back({number(answer.at), 1});
  }

  EXPECT_EQ(grants.size(), 1000U) << "the smaller limit was used up already";
}

TEST(SharedLimitsFile, IsSeenByOthersAndOutlivesItsWriters) {
  const TemporaryFolder folder;
  const std::vector<RateLimit> rates = {{25, 86400s}};
  {
    SharedLimits one(folder.in("a/b/limits"));
    ask(one, rates, kStart, 20);
    one.block_until("p", kStart + 5s, kStart);
    EXPECT_THAT(one.note(), IsEmpty());
  }
  SharedLimits two(folder.in("a/b/limits"));

  EXPECT_EQ(ask(two, rates, kStart + 1s).at, kStart + 5s);
  EXPECT_FALSE(ask(two, rates, kStart + 3600s, 6).granted);
  EXPECT_TRUE(ask(two, rates, kStart + 3600s, 5).granted);
}

TEST(SharedLimitsFile, IsForItsUserAlone) {
  const TemporaryFolder folder;
  SharedLimits limits(folder.in("limits"));
  ask(limits, {{1, 1s}}, kStart);

  struct stat status {};
  ASSERT_EQ(::stat(folder.in("limits").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat(folder.in("limits/p.limits").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0077U, 0U);
}

TEST(SharedLimitsFile, IsWrittenAsItsHeaderSays) {
  const TemporaryFolder folder;
  SharedLimits limits(folder.in("limits"));
  ask(limits, {{5, 60s}, {25, 86400s}}, kStart);
  ask(limits, {{5, 60s}, {25, 86400s}}, kStart + 1s, 2);

  EXPECT_EQ(content(folder.in("limits/p.limits")),
            "chandler-limits 1\nblocked 0 0\nfull 0\n"
            "window 60000 2\n1709294400000 1\n1709294401000 2\n"
            "window 86400000 2\n1709294400000 1\n1709294401000 2\n"
            "end\n");
}

TEST(SharedLimitsFile, ThatCannotBeUnderstoodCountsAsAllUsedUp) {
  const std::string good =
      "chandler-limits 1\nblocked 0 0\nfull 0\nwindow 60000 1\n1709294400000 1\nend\n";
  const std::vector<std::string> damaged = {
      "",
      "rubbish",
      std::string(5000, '\0'),
      good.substr(0, good.size() - 4),
      good.substr(0, 60),
      good + "more\n",
      "chandler-limits 2\nend\n",
      "chandler-limits 1\nblocked x 0\nfull 0\nend\n",
      "chandler-limits 1\nblocked 0 0\nfull\nend\n",
      "chandler-limits 1\nblocked 0 999999999999999999\nfull 0\nend\n",
      "chandler-limits 1\nblocked 0 0\nfull 0\nwindow 60000 2\n5 1\n4 1\nend\n",
      "chandler-limits 1\nblocked 0 0\nfull 0\nwindow 60000 257\n5 1\nend\n",
      "chandler-limits 1\nblocked 0 0\nfull 0\nwindow 0 0\nend\n",
      "chandler-limits 1\nblocked 0 0\nfull 0\nwindow 60000 1\n-5 1\nend\n",
      "chandler-limits 1\nblocked 0 0\nfull 0\nwindow 60000 1\n5 99999999999\nend\n",
  };
  const std::vector<RateLimit> rates = {{5, 60s}, {25, 86400s}};
  for (const std::string& text : damaged) {
    const TemporaryFolder folder;
    SharedLimits limits(folder.in("limits"));
    std::filesystem::create_directory(folder.in("limits"));
    overwrite(folder.in("limits/p.limits"), text);

    // Whoever comes first, and whatever for.
    limits.block_until("p", kStart + 1s, kStart);
    EXPECT_THAT(limits.note(), HasSubstr("remove the file")) << text;

    SharedLimits others(folder.in("limits"));
    EXPECT_EQ(ask(others, rates, kStart + 2s).at, kStart + 86400s + 1ms) << text;
    EXPECT_THAT(others.note(), IsEmpty()) << text;
  }
}

TEST(SharedLimitsFile, IsWrittenOverWhereItLiesAndIsUnderstoodWhenItHasLessToSay) {
  const TemporaryFolder folder;
  const std::string file = folder.in("limits/p.limits");
  FaultyFileSystem files;
  SharedLimits limits(folder.in("limits"), files);
  ask(limits, {{10, 60s}}, kStart);
  const auto count_renames = [&] {
    std::size_t renames = 0;
    for (const auto& call : files.records()) renames += call.call == Call::rename ? 1 : 0;
    return renames;
  };
  ASSERT_EQ(count_renames(), 1U);

  for (int i = 1; i < 5; ++i) ask(limits, {{10, 60s}}, kStart + i * 1s);
  const auto longest = content(file).size();
  ask(limits, {{10, 60s}}, kStart + 1h);

  EXPECT_EQ(count_renames(), 1U);
  EXPECT_EQ(content(file).size(), longest);
  SharedLimits other(folder.in("limits"));
  EXPECT_TRUE(ask(other, {{10, 60s}}, kStart + 1h, 9).granted);
  EXPECT_FALSE(ask(other, {{10, 60s}}, kStart + 1h).granted);
  EXPECT_THAT(other.note(), IsEmpty());
}

TEST(SharedLimitsFile, OfWhichOnlyAPartCouldBeWrittenOverIsWrittenAnew) {
  const TemporaryFolder folder;
  FaultyFileSystem files;
  files.inject({.call = Call::write, .ordinal = 1, .effect = Effect::shorten});
  SharedLimits limits(folder.in("limits"), files);

  for (int i = 0; i < 2; ++i) ask(limits, {{3, 60s}}, kStart + i * 1s);

  SharedLimits other(folder.in("limits"));
  EXPECT_TRUE(ask(other, {{3, 60s}}, kStart + 2s).granted);
  EXPECT_FALSE(ask(other, {{3, 60s}}, kStart + 2s).granted);
  EXPECT_THAT(other.note(), IsEmpty());
}

TEST(SharedLimitsFile, IsMadeWhenItIsNeededAndAnewWhenItWasRemoved) {
  const TemporaryFolder folder;
  SharedLimits limits(folder.in("limits"));
  EXPECT_FALSE(std::filesystem::exists(folder.in("limits")));
  ask(limits, {{1, 60s}}, kStart);
  std::filesystem::remove_all(folder.in("limits"));

  EXPECT_TRUE(ask(limits, {{1, 60s}}, kStart).granted);
  EXPECT_FALSE(ask(limits, {{1, 60s}}, kStart).granted);
  EXPECT_THAT(limits.note(), IsEmpty());
}

TEST(SharedLimitsFile, WithoutAFolderTheProcessKeepsItsOwnAndSaysSo) {
  const TemporaryFolder folder;
  overwrite(folder.in("file"), "no folder");
  SharedLimits limits(folder.in("file/limits"));
  const std::vector<RateLimit> rates = {{2, 60s}};

  EXPECT_TRUE(ask(limits, rates, kStart, 2).granted);
  EXPECT_FALSE(ask(limits, rates, kStart + 1s).granted);

  EXPECT_THAT(limits.note(), HasSubstr("not shared with other processes"));
}

TEST(SharedLimitsFile, NoFaultOfTheDiskGrantsTooMuchOrFailsACall) {
  for (const Call call : {Call::open, Call::create, Call::lock, Call::stat, Call::stat_at,
                          Call::pread, Call::write, Call::close, Call::rename, Call::unlock}) {
    for (std::size_t ordinal = 0; ordinal < 6; ++ordinal) {
      for (const Effect effect : {Effect::fail, Effect::shorten}) {
        const TemporaryFolder folder;
        FaultyFileSystem files;
        files.inject({.call = call, .ordinal = ordinal, .effect = effect, .error_number = ENOSPC});
        SharedLimits limits(folder.in("limits"), files);
        std::vector<Grant> grants;

        for (int i = 0; i < 6; ++i) {
          const auto answer = ask(limits, {{3, 60s}}, kStart + i * 1s);
          if (answer.granted) grants.push_back({number(answer.at), 1});
        }

        EXPECT_EQ(grants.size(), 3U)
            << chandler::test::to_string(call) << " " << ordinal << ": " << limits.note();
      }
    }
  }
}

TEST(SharedLimitsFile, AnInterruptedCallIsMadeAgain) {
  for (const Call call : {Call::pread, Call::write, Call::lock}) {
    const TemporaryFolder folder;
    FaultyFileSystem files;
    files.inject({.call = call, .ordinal = 1, .error_number = EINTR});
    SharedLimits limits(folder.in("limits"), files);

    for (int i = 0; i < 3; ++i) ask(limits, {{3, 60s}}, kStart);

    EXPECT_THAT(limits.note(), IsEmpty()) << chandler::test::to_string(call);
  }
}

TEST(LimitsNames, HoldNeitherKeyNorPath) {
  EXPECT_EQ(limits_name("binance", ""), "binance");
  EXPECT_THAT(limits_name("alpaca", "PKSECRETKEY"), Not(HasSubstr("PKSECRETKEY")));
  EXPECT_EQ(limits_name("alpaca", "PKSECRETKEY"), limits_name("alpaca", "PKSECRETKEY"));
  EXPECT_NE(limits_name("alpaca", "one"), limits_name("alpaca", "two"));
  for (const std::string name : {"../../etc/passwd", "", ".hidden", "a/b", "UPPER", "a b"})
    EXPECT_THAT(limits_name(name, ""), testing::MatchesRegex("provider-[0-9a-f]+")) << name;
  EXPECT_NE(limits_name(std::string(40, 'a'), ""), limits_name(std::string(41, 'a'), ""));
}

TEST(LimitsFolder, FollowsTheEnvironment) {
  using Variables = std::map<std::string, std::string, std::less<>>;
  const std::vector<std::pair<Variables, std::string>> cases = {
      {{{"XDG_STATE_HOME", "/state"}, {"HOME", "/home/u"}}, "/state/chandler/limits"},
      {{{"XDG_STATE_HOME", "state"}, {"HOME", "/home/u"}}, "/home/u/.local/state/chandler/limits"},
      {{{"XDG_STATE_HOME", ""}, {"HOME", "/home/u"}}, "/home/u/.local/state/chandler/limits"},
      {{{"HOME", "/home/u"}}, "/home/u/.local/state/chandler/limits"},
      {{}, ""},
  };
  for (const auto& [variables, expected] : cases) {
    const Variables& v = variables;
    const auto environment = [&v](std::string_view name) -> std::optional<std::string> {
      const auto found = v.find(name);
      if (found == v.end()) return {};
      return found->second;
    };
    EXPECT_EQ(default_limits_folder(environment), expected);
  }
}

TEST(SharedLimitsThreads, KeepTheLimitTogether) {
  const TemporaryFolder folder;
  SharedLimits limits(folder.in("limits"));
  std::atomic<std::int64_t> clock = number(kStart);
  const SharedLimits::Now now = [&] { return Moment{milliseconds{clock.fetch_add(3)}}; };
  const std::vector<RateLimit> rates = {{17, 1s}};
  std::mutex guard;
  std::vector<Grant> grants;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          const auto answer = limits.reserve("p", rates, 1, now);
          if (!answer || !answer->granted) continue;
          const std::lock_guard lock(guard);
          grants.push_back({number(answer->at), 1});
        }
      });
    }
  }

  EXPECT_EQ(most_in_any_window(grants, 1s), 17U);
  EXPECT_THAT(limits.note(), IsEmpty());
}

}  // namespace
}  // namespace chandler::http
