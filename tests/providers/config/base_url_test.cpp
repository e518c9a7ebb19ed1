#include "config/base_url.h"

#include <gtest/gtest.h>

namespace chandler {
namespace {

TEST(BaseUrl, TakesHttpsAnywhereAndPlainHttpToThisMachine) {
  struct Case {
    const char* text;
    const char* expected;
  };
  for (const auto& [text, expected] :
       {Case{"https://data-api.binance.vision", "https://data-api.binance.vision"},
        Case{"https://mirror.example:8443/binance/", "https://mirror.example:8443/binance"},
        Case{"HTTPS://example.org//", "HTTPS://example.org"},
        Case{"http://localhost:8080", "http://localhost:8080"},
        Case{"http://127.0.0.1:1/x", "http://127.0.0.1:1/x"},
        Case{"http://127.3.2.1", "http://127.3.2.1"}, Case{"http://[::1]:80", "http://[::1]:80"}}) {
    const auto url = parse_base_url(text);
    ASSERT_TRUE(url) << text << ": " << url.error().line();
    EXPECT_EQ(*url, expected);
  }
}

TEST(BaseUrl, RefusesWhatWouldSendKeysInTheOpenOrElsewhere) {
  struct Case {
    const char* text;
    const char* what;
  };
  for (const auto& [text, what] :
       {Case{"http://example.org", "plain http to another machine"},
        Case{"http://127.0.0.1.example.org", "plain http to another machine"},
        Case{"http://localhost.example.org", "plain http to another machine"},
        Case{"http://127.1", "plain http to another machine"},
        Case{"http://[::2]", "plain http to another machine"},
        Case{"ftp://example.org", "not an http or https URL"}, Case{"example.org", "not an http"},
        Case{"", "not an http"}, Case{"https://", "names no host"}, Case{"https:///x", "no host"},
        Case{"https://example.org?key=1", "a query"}, Case{"https://example.org#x", "a query"},
        Case{"https://exa mple.org", "blanks"}, Case{"https://example.org\n", "blanks"},
        Case{"http://127.0.0.1\\@example.org", "no password"}}) {
    const auto url = parse_base_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().kind, ErrorKind::usage);
    EXPECT_NE(url.error().line().find(what), std::string::npos) << url.error().line();
  }
}

TEST(BaseUrl, DoesNotRepeatAPassword) {
  const auto url = parse_base_url("https://user:hunter2@example.org");

  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().line().find("hunter2"), std::string::npos) << url.error().line();
}

}  // namespace
}  // namespace chandler
