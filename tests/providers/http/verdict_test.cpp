#include <gtest/gtest.h>

#include "http/client.h"

namespace chandler::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

Response with_header(const std::string& value) {
  Response response;
  if (!value.empty()) response.headers.push_back({"retry-after", value});
  return response;
}

TEST(RetryAfter, IsSecondsOrADate) {
  // Sun, 06 Nov 1994 08:49:37 GMT
  const Moment now{784'111'777s};
  const std::vector<std::pair<std::string, std::optional<milliseconds>>> cases = {
      {"", {}},
      {"0", 0ms},
      {"17", 17'000ms},
      {"1.5", 1'500ms},
      {"-3", {}},
      {"soon", {}},
      {"5 minutes", {}},
      {"nan", {}},
      {"99999999999999999999", 1'000'000'000'000ms},
      {"Sun, 06 Nov 1994 08:50:07 GMT", 30'000ms},
      {"Sunday, 06-Nov-94 08:50:07 GMT", 30'000ms},
      {"Sun Nov  6 08:50:07 1994", 30'000ms},
      {"Sun, 06 Nov 1994 08:49:07 GMT", 0ms},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(retry_after(with_header(text), now), expected) << text;
}

TEST(JudgeByStatus, AcceptsTwoHundreds) {
  for (const int status : {200, 201, 204, 206, 299}) {
    Response response;
    response.status = status;
    EXPECT_EQ(judge_by_status(response).act, Verdict::Act::accept) << status;
  }
}

TEST(JudgeByStatus, SaysWhatToDoNext) {
  for (const int status : {302, 400, 401, 403, 404, 408, 418, 425, 429, 451, 500, 501, 503, 505}) {
    Response response;
    response.status = status;
    const Verdict verdict = judge_by_status(response);
    ASSERT_TRUE(verdict.error) << status;
    EXPECT_FALSE(verdict.error->hint.empty()) << status;
  }
}

TEST(JudgeByStatus, NamesWhereARedirectionPointsWithoutItsQuery) {
  Response response;
  response.status = 302;
  response.headers = {{"location", "https://consent.test/x?crumb=abc"}};

  const Verdict verdict = judge_by_status(response);

  EXPECT_EQ(verdict.act, Verdict::Act::fail);
  EXPECT_EQ(verdict.error->what,
            "answered with status 302, a redirection to https://consent.test/x");
}

TEST(SystemTimer, WaitsUntilAMomentOrUntilToldToStop) {
  Timer& timer = Timer::system();
  const Moment moment = timer.now() + 5ms;

  EXPECT_TRUE(timer.wait_until(moment, {}));
  EXPECT_GE(timer.now(), moment);

  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(timer.wait_until(timer.now() + 1h, stop.get_token()));
}

}  // namespace
}  // namespace chandler::http
