#include "plugin/failure.h"

#include <gmock/gmock.h>

#include <csignal>

namespace chandler::plugin {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST(Failure, MapsEachKind) {
  struct Case {
    const char* kind;
    ErrorKind error;
    Trouble::Act act;
  };
  for (const Case& each : {Case{"not_found", ErrorKind::not_found, Trouble::Act::fail},
                           Case{"rate_limited", ErrorKind::rate_limited, Trouble::Act::wait},
                           Case{"auth", ErrorKind::auth, Trouble::Act::fail},
                           Case{"unavailable", ErrorKind::unavailable, Trouble::Act::retry},
                           Case{"bad_request", ErrorKind::unsupported, Trouble::Act::fail}}) {
    const Trouble trouble =
        failure_of({1, 0}, std::string(R"({"kind": ")") + each.kind + R"(", "message": "why"})");

    EXPECT_EQ(trouble.error.kind, each.error) << each.kind;
    EXPECT_EQ(trouble.act, each.act) << each.kind;
    EXPECT_EQ(trouble.error.what, "why");
    EXPECT_FALSE(trouble.wait);
  }
}

TEST(Failure, BelievesTheLastLineOnly) {
  const Trouble trouble = failure_of({1, 0},
                                     "{\"kind\": \"auth\"}\nwarming up\n"
                                     "{\"kind\": \"not_found\", \"message\": \"no X\"}\r\n\n");

  EXPECT_EQ(trouble.error.kind, ErrorKind::not_found);
}

TEST(Failure, TakesHowLongToWait) {
  const auto wait_of = [](const std::string& value) {
    return failure_of({1, 0}, R"({"kind": "rate_limited", "retry_after_seconds": )" + value + "}")
        .wait;
  };

  EXPECT_EQ(wait_of("30"), 30s);
  EXPECT_EQ(wait_of("0.25"), 250ms);
  EXPECT_FALSE(wait_of("-1"));
  EXPECT_FALSE(wait_of("1e300"));
  EXPECT_FALSE(wait_of("\"soon\""));
}

TEST(Failure, BlamesAPluginThatDoesNotSayWhy) {
  struct Case {
    const char* chatter;
    const char* says;
  };
  for (const Case& each :
       {Case{"", "exit code 1 and did not say why"},
        Case{"Traceback:\nMemoryError\n", "its last words: \"MemoryError\""},
        Case{"[]", "did not say why"}, Case{"{\"kind\": \"au", "did not say why"},
        Case{R"({"kind": "tired"})", "the kind \"tired\", which the protocol does not know"},
        Case{R"({"kind": 7})", "which the protocol does not know"},
        Case{R"({"message": "x"})", "which the protocol does not know"}}) {
    const Trouble trouble = failure_of({1, 0}, each.chatter);

    EXPECT_EQ(trouble.act, Trouble::Act::broken) << each.chatter;
    EXPECT_EQ(trouble.error.kind, ErrorKind::data) << each.chatter;
    EXPECT_THAT(trouble.error.line(), HasSubstr(each.says));
  }
}

TEST(Failure, NamesTheSignalOfACrash) {
  const Trouble trouble = failure_of({0, SIGABRT}, "assertion failed\n");

  EXPECT_EQ(trouble.act, Trouble::Act::broken);
  EXPECT_EQ(trouble.error.kind, ErrorKind::unavailable);
  EXPECT_THAT(trouble.error.what, HasSubstr("SIGABRT"));
  EXPECT_THAT(trouble.error.what, HasSubstr("assertion failed"));
}

TEST(Failure, NamesTheKindWhereThereIsNoMessage) {
  EXPECT_EQ(failure_of({1, 0}, R"({"kind": "auth", "message": 5})").error.what, "auth");
}

}  // namespace
}  // namespace chandler::plugin
