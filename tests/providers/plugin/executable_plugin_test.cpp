#include "plugin/executable_plugin.h"

#include <gmock/gmock.h>

#include "tests/providers/plugin/fixture.h"

namespace chandler::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

const TimeRange kHour{at("2024-01-01 00:00:00"), at("2024-01-01 01:00:00")};

// `more`: further members of the description. `fetch`: what it does when it is asked; $request
// holds what it read.
std::string plugin(const std::string& more, const std::string& fetch) {
  return "if [ \"$1\" = describe ]; then echo '{\"protocol\": 1, \"name\": \"mine\", "
         "\"classes\": [\"crypto\"], \"timeframes\": [\"1m\", \"1d\"]" +
         more + "}'; exit 0; fi\nread -r request\n" + fetch;
}

const char* const kHeader = "echo timestamp,open,high,low,close,volume\n";
const char* const kOneBar = "echo '2024-01-01 00:00:00,1,2,0.5,1.5,10'\n";

// Counts its calls in the file `calls`; `n` is the number of this one.
const char* const kCounts = "echo x >>calls; n=$(wc -l <calls)\n";

class ExecutablePlugin : public PluginTest {
 protected:
  std::unique_ptr<Provider> make(const std::string& more, const std::string& fetch) {
    auto made = executable(folder.script("mine", plugin(more, fetch)));
    EXPECT_TRUE(made) << made.error().line();
    return *std::move(made);
  }
  Fetched fetch_hour(Provider& provider) {
    return fetch(provider, request("BTCUSDT", Timeframe::m1, kHour));
  }
};

TEST_F(ExecutablePlugin, IsAskedForWhatTheProtocolSays) {
  const auto provider = make("", "echo \"$1 $# $request\" >asked\n" + std::string(kHeader));

  const Fetched got = fetch_hour(*provider);

  EXPECT_FALSE(got.error) << got.error->line();
  EXPECT_EQ(folder.read("asked"),
            "fetch 1 {\"symbol\":\"BTCUSDT\",\"timeframe\":\"1m\","
            "\"from\":\"2024-01-01T00:00:00\",\"to\":\"2024-01-01T01:00:00\"}\n");
}

TEST_F(ExecutablePlugin, BringsBarsAndSettlesTheRange) {
  const auto provider = make("", std::string(kHeader) + kOneBar);

  const Fetched got = fetch_hour(*provider);

  ASSERT_FALSE(got.error) << got.error->line();
  ASSERT_EQ(got.pages.size(), 1U);
  EXPECT_EQ(got.pages[0].settles, kHour);
  EXPECT_EQ(got.pages[0].source, "mine");
  ASSERT_EQ(got.bars.size(), 1U);
  EXPECT_EQ(got.bars.close[0], 1.5);
}

TEST_F(ExecutablePlugin, StreamsALongAnswerInPages) {
  const auto provider = make("",
                             "exec python3 -c '\nimport datetime\n"
                             "print(\"timestamp,open,high,low,close,volume\")\n"
                             "t = datetime.datetime(2024, 1, 1)\n"
                             "for i in range(25000):\n"
                             "    print(f\"{t + datetime.timedelta(minutes=i)},1,2,1,{i},3\")'\n");
  const TimeRange month{at("2024-01-01 00:00:00"), at("2024-02-01 00:00:00")};

  const Fetched got = fetch(*provider, request("BTCUSDT", Timeframe::m1, month));

  ASSERT_FALSE(got.error) << got.error->line();
  EXPECT_GE(got.pages.size(), 3U);
  Instant settled = month.from;
  for (const BarPage& page : got.pages) {
    EXPECT_EQ(page.settles.from, settled);
    settled = page.settles.to;
    EXPECT_LT(page.bars.size(), 20'000U);
  }
  EXPECT_EQ(settled, month.to);
  ASSERT_EQ(got.bars.size(), 25'000U);
  EXPECT_EQ(got.bars.close.back(), 24'999);
  EXPECT_EQ(provider->calls().requests, 1U);
  EXPECT_GT(provider->calls().bytes, 25'000U * 30U);
}

TEST_F(ExecutablePlugin, IsAskedForNoMoreThanItTakesAtOnce) {
  const auto provider =
      make(", \"page_bars\": 25", "echo \"$request\" >>asked\n" + std::string(kHeader));

  const Fetched got = fetch_hour(*provider);

  ASSERT_EQ(got.pages.size(), 3U);
  EXPECT_EQ(got.pages[1].settles,
            (TimeRange{at("2024-01-01 00:25:00"), at("2024-01-01 00:50:00")}));
  EXPECT_THAT(folder.read("asked"), HasSubstr("\"to\":\"2024-01-01T00:25:00\""));
}

TEST_F(ExecutablePlugin, KeepsBackTheBarThatIsStillForming) {
  const auto provider = make("", std::string(kHeader) +
                                     "echo '2024-06-01 11:59:00,1,1,1,1,1'\n"
                                     "echo '2024-06-01 12:00:00,1,1,1,1,1'\n");
  const TimeRange range{at("2024-06-01 11:00:00"), at("2024-06-01 13:00:00")};

  const Fetched got = fetch(*provider, request("BTCUSDT", Timeframe::m1, range));

  ASSERT_FALSE(got.error) << got.error->line();
  EXPECT_THAT(got.bars.timestamp, ElementsAre(at("2024-06-01 11:59:00")));
  EXPECT_EQ(got.pages.back().settles.to, at("2024-06-01 12:00:00"));
}

TEST_F(ExecutablePlugin, IsNotAskedForTheFuture) {
  const auto provider = make("", "echo x >>calls\n");
  const TimeRange range{at("2024-06-02 00:00:00"), at("2024-06-03 00:00:00")};

  const Fetched got = fetch(*provider, request("BTCUSDT", Timeframe::m1, range));

  EXPECT_FALSE(got.error);
  EXPECT_THAT(got.pages, IsEmpty());
  EXPECT_EQ(folder.read("calls"), "");
}

TEST_F(ExecutablePlugin, TellsWhatItSaidBesides) {
  const auto provider = make("", "echo 'from the archive' >&2\n" + std::string(kHeader));

  EXPECT_THAT(fetch_hour(*provider).pages.at(0).notes, ElementsAre("it said: from the archive"));
}

TEST_F(ExecutablePlugin, SeesOfTheEnvironmentWhatItNames) {
  variables.insert({{"MINE_KEY", "k1"}, {"MORE", "m"}, {"OTHER_API_KEY", "no"}, {"HOME", "/h"}});
  variables["CHANDLER_MINE_BASE_URL"] = "http://localhost:1";
  const auto provider = make(", \"key_env\": [\"MINE_KEY\"], \"env\": [\"MORE\", \"UNSET\"]",
                             "env | sort >seen\n" + std::string(kHeader));

  ASSERT_FALSE(fetch_hour(*provider).error);

  const std::string seen = folder.read("seen");
  EXPECT_THAT(seen, HasSubstr("MINE_KEY=k1\n"));
  EXPECT_THAT(seen, HasSubstr("MORE=m\n"));
  EXPECT_THAT(seen, HasSubstr("HOME=/h\n"));
  EXPECT_THAT(seen, HasSubstr("CHANDLER_MINE_BASE_URL=http://localhost:1\n"));
  EXPECT_THAT(seen, Not(HasSubstr("OTHER_API_KEY")));
  EXPECT_THAT(seen, Not(HasSubstr("UNSET")));
}

TEST_F(ExecutablePlugin, RunsInAnEmptyFolderThatGoesWithIt) {
  const auto made = executable(folder.bare_script(
      "mine", plugin("", "{ pwd; ls -A | wc -l; } >\"${0%/*}/seen\"; echo x >left; mkdir -p a/b\n" +
                             std::string(kHeader))));
  ASSERT_TRUE(made) << made.error().line();

  ASSERT_FALSE(fetch_hour(**made).error);

  const std::string seen = folder.read("seen");
  const std::string where = seen.substr(0, seen.find('\n'));
  EXPECT_THAT(seen, EndsWith("\n0\n"));
  EXPECT_NE(where, folder.path().string());
  EXPECT_FALSE(std::filesystem::exists(where)) << where;
}

TEST_F(ExecutablePlugin, TakesWhatTheSettingsSay) {
  variables["ELSEWHERE"] = "k2";
  settings = {.base_url = "http://localhost:2",
              .api_key_env = "ELSEWHERE",
              .rate_limit = RateLimit{7, 1s},
              .reliability = 0.9};
  const auto provider = make(", \"key_env\": [\"MINE_KEY\"], \"rate_limit\": \"60/minute\"",
                             "env >seen\n" + std::string(kHeader));

  ASSERT_FALSE(fetch_hour(*provider).error);

  EXPECT_EQ(asked_name, "mine");
  EXPECT_THAT(provider->capabilities().key_variables, ElementsAre("ELSEWHERE"));
  EXPECT_THAT(provider->capabilities().rate_limits, ElementsAre(RateLimit{7, 1s}));
  EXPECT_EQ(provider->capabilities().reliability, 0.9);
  EXPECT_THAT(folder.read("seen"), HasSubstr("MINE_KEY=k2\n"));
  EXPECT_THAT(folder.read("seen"), HasSubstr("CHANDLER_MINE_BASE_URL=http://localhost:2\n"));
}

TEST_F(ExecutablePlugin, GetsItsKeyFromWhereverKeysAreKept) {
  keys = [](std::string_view name) -> std::optional<std::string> {
    return std::string(name) + "_from_a_file";
  };
  const auto provider = make(", \"key_env\": [\"MINE_KEY\"], \"env\": [\"MORE\"]",
                             "env >seen\n" + std::string(kHeader));

  ASSERT_FALSE(fetch_hour(*provider).error);

  EXPECT_THAT(folder.read("seen"), HasSubstr("MINE_KEY=MINE_KEY_from_a_file\n"));
  EXPECT_THAT(folder.read("seen"), Not(HasSubstr("MORE")));
}

TEST_F(ExecutablePlugin, IsRefusedWhenItWantsToSeeTheKeyOfAnother) {
  others_keys = {{"APCA_API_SECRET_KEY", "alpaca"}};
  for (const std::string where : {"key_env", "env"}) {
    const auto refused = executable(folder.script(
        "spy",
        R"(echo '{"protocol": 1, "name": "spy", "classes": ["stock"], "timeframes": ["1d"], ")" +
            where + R"(": ["APCA_API_SECRET_KEY"]}')"));

    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().line(),
                HasSubstr("APCA_API_SECRET_KEY, which is the key of alpaca"));
  }
}

TEST_F(ExecutablePlugin, IsNotAskedWithoutTheKeyItNeeds) {
  const auto provider = make(", \"needs_key\": true", "echo x >>calls\n");

  const Fetched got = fetch_hour(*provider);

  EXPECT_FALSE(provider->capabilities().has_key);
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::auth);
  EXPECT_EQ(got.error->line(), "mine: needs a key; set MINE_API_KEY in the environment");
  EXPECT_EQ(folder.read("calls"), "");
}

TEST_F(ExecutablePlugin, RefusesWhatItDoesNotOffer) {
  const auto provider = make("", "");

  FetchRequest two = request("BTCUSDT", Timeframe::m1, kHour);
  two.instruments.push_back(two.instruments.front());
  EXPECT_EQ(fetch(*provider, std::move(two)).error->kind, ErrorKind::usage);
  EXPECT_EQ(fetch(*provider, request("BTCUSDT", Timeframe::m1, {})).error->kind, ErrorKind::usage);
  const auto hour = fetch(*provider, request("BTCUSDT", Timeframe::h1, kHour));
  EXPECT_EQ(hour.error->kind, ErrorKind::unsupported);
  EXPECT_THAT(hour.error->line(), HasSubstr("does not offer 1h"));
  EXPECT_EQ(provider->listing({}).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(*provider->spelling({.symbol = *Symbol::parse("BRK.B")}), "BRK.B");
}

TEST_F(ExecutablePlugin, IsAskedAgainWhenItsSourceIsUnavailable) {
  const auto provider = make("", std::string(kCounts) +
                                     "if [ $n -lt 3 ]; then echo '{\"kind\": \"unavailable\", "
                                     "\"message\": \"down\"}' >&2; exit 1; fi\n" +
                                     kHeader + kOneBar);

  const Fetched got = fetch_hour(*provider);

  EXPECT_FALSE(got.error) << got.error->line();
  EXPECT_EQ(got.bars.size(), 1U);
  EXPECT_EQ(timer.waits.size(), 2U);
  EXPECT_EQ(provider->calls().requests, 3U);
  EXPECT_EQ(provider->calls().retries, 2U);
  EXPECT_EQ(provider->calls().failures, 2U);
}

TEST_F(ExecutablePlugin, IsGivenUpWhenItsSourceStaysAway) {
  const auto provider =
      make("", "echo '{\"kind\": \"unavailable\", \"message\": \"down\"}' >&2; exit 1\n");

  const Fetched got = fetch_hour(*provider);

  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::unavailable);
  EXPECT_EQ(got.error->line(), "mine: down");
  EXPECT_EQ(provider->calls().requests, static_cast<std::uint64_t>(retry.attempts));
}

TEST_F(ExecutablePlugin, WaitsAsLongAsItsSourceWants) {
  const auto provider = make("", std::string(kCounts) +
                                     "if [ $n = 1 ]; then echo '{\"kind\": \"rate_limited\", "
                                     "\"retry_after_seconds\": 42}' >&2; exit 1; fi\n" +
                                     kHeader + kOneBar);

  const Fetched got = fetch_hour(*provider);

  EXPECT_FALSE(got.error) << got.error->line();
  EXPECT_THAT(timer.waits, ElementsAre(42s));
  EXPECT_EQ(provider->calls().rate_limited, 1U);
}

TEST_F(ExecutablePlugin, DoesNotWaitLongerThanTheBudget) {
  const auto provider =
      make("", "echo '{\"kind\": \"rate_limited\", \"retry_after_seconds\": 4000}' >&2; exit 1\n");

  const Fetched got = fetch_hour(*provider);

  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::rate_limited);
  EXPECT_THAT(timer.waits, IsEmpty());
}

TEST_F(ExecutablePlugin, TakesUpWhereARunBrokeOff) {
  const auto provider =
      make("", std::string(kCounts) + "echo \"$request\" >>asked; export n\n" +
                   "exec python3 -c '\nimport datetime, json, os, sys\n"
                   "first = int(os.environ[\"n\"]) == 1\n"
                   "print(\"timestamp,open,high,low,close,volume\")\n"
                   "t = datetime.datetime(2024, 1, 1)\n"
                   "for i in range(12000) if first else range(12000, 12003):\n"
                   "    print(f\"{t + datetime.timedelta(minutes=i)},1,2,1,{i},3\")\n"
                   "if first:\n"
                   "    print(json.dumps({\"kind\": \"unavailable\"}), file=sys.stderr)\n"
                   "    sys.exit(1)'\n");
  const TimeRange month{at("2024-01-01 00:00:00"), at("2024-02-01 00:00:00")};

  auto stream = provider->fetch(request("BTCUSDT", Timeframe::m1, month));
  const auto first = (*stream)->next({});
  const auto second = (*stream)->next({});

  ASSERT_TRUE(first && *first);
  EXPECT_GE((**first).bars.size(), 10'000U);
  ASSERT_TRUE(second && *second) << second.error().line();
  EXPECT_EQ((**second).settles.from, (**first).settles.to);
  EXPECT_THAT(folder.read("asked"),
              HasSubstr("\"from\":\"" + format_iso((**first).settles.to) + "\""));
  EXPECT_FALSE(*(*stream)->next({}));
  EXPECT_EQ(provider->calls().failures, 1U);
}

TEST_F(ExecutablePlugin, KeepsItsRateLimit) {
  const auto provider =
      make(", \"rate_limit\": \"2/minute\", \"page_bars\": 20", std::string(kHeader));

  EXPECT_FALSE(fetch_hour(*provider).error);

  std::chrono::milliseconds waited{0};
  for (const auto wait : timer.waits) waited += wait;
  EXPECT_GE(waited, 60s);
  EXPECT_EQ(provider->calls().requests, 3U);
  EXPECT_EQ(provider->calls().waited, waited);
}

TEST_F(ExecutablePlugin, IsNotWaitedForWhenItsLimitIsFarAway) {
  const auto provider =
      make(", \"rate_limit\": \"2/day\", \"page_bars\": 20", std::string(kHeader));

  const Fetched got = fetch_hour(*provider);

  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::rate_limited);
  EXPECT_THAT(got.error->line(), HasSubstr("its rate limit of 2/day is used up"));
}

TEST_F(ExecutablePlugin, StopsWhenAsked) {
  const auto provider = make("", "sleep 1000\n");
  std::stop_source stop;
  stop.request_stop();

  const Fetched got = fetch(*provider, request("BTCUSDT", Timeframe::m1, kHour), stop.get_token());

  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::interrupted);
}

TEST_F(ExecutablePlugin, ProbesByAskingForItsProbeSymbol) {
  const auto provider =
      make(", \"probe_symbol\": \"ETHUSDT\"", "echo \"$request\" >asked\n" + std::string(kHeader) +
                                                  "echo '2024-05-31 00:00:00,1,1,1,1,1'\n");

  const auto health = provider->probe({});

  ASSERT_TRUE(health);
  EXPECT_TRUE(health->ok);
  EXPECT_THAT(health->detail, StartsWith("gave 1 bar of ETHUSDT 1d in "));
  EXPECT_THAT(folder.read("asked"), HasSubstr("ETHUSDT"));
}

TEST_F(ExecutablePlugin, SaysWhatIsWrongWhenProbed) {
  const auto provider = make(", \"probe_symbol\": \"ETHUSDT\"", "exit 1\n");

  const auto health = provider->probe({});

  ASSERT_TRUE(health);
  EXPECT_FALSE(health->ok);
  EXPECT_THAT(health->detail, HasSubstr("did not say why"));
}

TEST_F(ExecutablePlugin, IsAliveAsLongAsItDescribesItself) {
  const auto provider = make("", "");
  EXPECT_TRUE(provider->probe({})->ok);

  std::filesystem::remove(folder.path() / "mine");

  EXPECT_FALSE(provider->probe({})->ok);
}

// --- describe

struct BadDescribe {
  const char* name;
  const char* script;
  const char* says;
};
class ExecutableRefused : public PluginTest, public ::testing::WithParamInterface<BadDescribe> {};

TEST_P(ExecutableRefused, NamingFileAndReason) {
  executable_limits.describe = 300ms;
  const auto file = folder.script("broken", GetParam().script);

  const auto provider = executable(file);

  ASSERT_FALSE(provider);
  EXPECT_THAT(provider.error().line(), HasSubstr(file.string()));
  EXPECT_THAT(provider.error().line(), HasSubstr(GetParam().says));
  EXPECT_FALSE(provider.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Describe, ExecutableRefused,
    ::testing::Values(BadDescribe{"Garbage", "echo hello", "not one JSON document"},
                      BadDescribe{"Nothing", "exit 0", "not one JSON document"},
                      BadDescribe{"Fails", "echo 'no module named x' >&2; exit 2",
                                  "ended with exit code 2: no module named x"},
                      BadDescribe{"Crashes", "kill -ABRT $$", "was killed by SIGABRT"},
                      BadDescribe{"Hangs", "sleep 1000", "took longer than 0.3 s"},
                      BadDescribe{"Floods", "exec yes", "printed more than 64 KiB"},
                      BadDescribe{"Newer", "echo '{\"protocol\": 9}'", "another protocol"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(ExecutablePlugin, IsRefusedWhenNothingCanRunIt) {
  const auto file = folder.file("broken", "#!/no/such/interpreter\n");
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);

  const auto provider = executable(file);

  ASSERT_FALSE(provider);
  EXPECT_THAT(provider.error().line(), HasSubstr("cannot be started"));
}

// --- plugins that go wrong when they are asked for bars

struct Wrong {
  const char* symbol;
  ErrorKind kind;
  const char* says;
};
class Misbehaving : public PluginTest, public ::testing::WithParamInterface<Wrong> {
 protected:
  std::unique_ptr<Provider> make() {
    variables["MISBEHAVES_KEY"] = "s3cr3t-k3y";
    executable_limits.process.chatter = 1'000'000;
    settings.timeout = GetParam().symbol == std::string("HANG") ? 200ms : 20'000ms;
    return *executable(std::filesystem::path(CHANDLER_SOURCE_DIR) /
                       "tests/providers/plugin/misbehaving/misbehaves");
  }
};

TEST_P(Misbehaving, CostsItsRequestOneErrorAndNothingElse) {
  const auto provider = make();

  const Fetched got = fetch(*provider, request(GetParam().symbol, Timeframe::m1, kHour));
  const Fetched after = fetch(*provider, request("GOOD", Timeframe::m1, kHour));

  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, GetParam().kind);
  EXPECT_THAT(got.error->line(), StartsWith("misbehaves: "));
  EXPECT_THAT(got.error->line(), HasSubstr(GetParam().says));
  EXPECT_THAT(got.error->line(), Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(got.bars.timestamp, IsEmpty());
  EXPECT_FALSE(after.error) << after.error->line();
  EXPECT_EQ(after.bars.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Plugins, Misbehaving,
    ::testing::Values(Wrong{"CRASH", ErrorKind::unavailable, "was killed by SIGSEGV"},
                      Wrong{"HANG", ErrorKind::unavailable,
                            "took longer than 0.2 s and was killed"},
                      Wrong{"FLOOD", ErrorKind::data, "line 3 of its output"},
                      Wrong{"NOISE", ErrorKind::data, "this is not the header: \"y\""},
                      Wrong{"SHOUT", ErrorKind::unavailable, "said more than 976 KiB on stderr"},
                      Wrong{"GROW", ErrorKind::data, "MemoryError"},
                      Wrong{"SILENT", ErrorKind::data, "it printed nothing"},
                      Wrong{"GARBAGE", ErrorKind::data, "line 1 of its output"},
                      Wrong{"CUT", ErrorKind::data, "may be cut off"},
                      Wrong{"MUTE", ErrorKind::data, "ended with exit code 1 and did not say why"},
                      Wrong{"TIRED", ErrorKind::data, "the kind \"tired\""},
                      Wrong{"TELLTALE", ErrorKind::data, "this is not the header"},
                      Wrong{"GOSSIP", ErrorKind::auth, "is no key"},
                      Wrong{"SCREAM", ErrorKind::unavailable, "died with"}),
    [](const auto& each) { return std::string(each.param.symbol); });

TEST_F(ExecutablePlugin, IsDoneWhenAGrandchildHoldsItsOutput) {
  variables["MISBEHAVES_KEY"] = "k";
  const auto provider = *executable(std::filesystem::path(CHANDLER_SOURCE_DIR) /
                                    "tests/providers/plugin/misbehaving/misbehaves");

  const Fetched got = fetch(*provider, request("HOLD", Timeframe::m1, kHour));

  EXPECT_FALSE(got.error);
  EXPECT_EQ(got.bars.size(), 1U);
}

TEST_F(ExecutablePlugin, IsLeftAloneForAWhileWhenItGoesWrongAgainAndAgain) {
  breaker = {.failures = 3, .rest = 30s};
  const auto provider = make("", "echo x >>calls; kill -SEGV $$\n");

  for (int i = 0; i < 3; ++i) EXPECT_TRUE(fetch_hour(*provider).error);
  EXPECT_EQ(provider->breaker(), BreakerState::open);
  const Fetched refused = fetch_hour(*provider);
  EXPECT_THAT(refused.error->line(), HasSubstr("SIGSEGV"));
  EXPECT_EQ(folder.read("calls"), "x\nx\nx\n");

  folder.script("mine", plugin("", std::string(kHeader) + kOneBar));
  timer.go_on(31s);
  EXPECT_FALSE(fetch_hour(*provider).error);
  EXPECT_EQ(provider->breaker(), BreakerState::closed);
}

}  // namespace
}  // namespace chandler::plugin
