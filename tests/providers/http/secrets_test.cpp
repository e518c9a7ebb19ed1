#include <gtest/gtest.h>

#include "http/transport.h"

namespace chandler::http {
namespace {

TEST(Request, IsShownWithoutItsSecrets) {
  const Request request{
      .url = "https://user:pass@api.test/v1/bars?page=1#top",
      .query = {{"symbols", "AAPL,BRK.B"}, {"apikey", "k3y", true}, {"note", "a b&c=d/ü"}},
      .headers = {{"X-Key", "k4y", true}}};

  EXPECT_EQ(
      request.shown(),
      "https://api.test/v1/bars?page=1&symbols=AAPL,BRK.B&apikey=***&note=a%20b%26c%3Dd%2F%C3%BC");
}

TEST(Request, ShownIsCutWhenItIsEndless) {
  const Request request{.url = "https://api.test/", .query = {{"symbols", std::string(5000, 'A')}}};

  EXPECT_LT(request.shown().size(), 400U);
}

TEST(Response, FindsHeadersByAnyCase) {
  Response response;
  response.headers = {{"set-cookie", "A=1"}, {"set-cookie", "B=2"}};

  EXPECT_EQ(response.header("Set-Cookie"), "A=1");
  EXPECT_EQ(response.header("x-none"), "");
}

TEST(WithoutSecrets, FindsThemInEverySpelling) {
  const std::string secret = "pa+ss/w&rd=\"x\" y%z";
  const Request request{.url = "https://api.test/", .query = {{"key", secret, true}}};
  const std::vector<std::string> spellings = {
      secret,
      "pa%2Bss%2Fw%26rd%3D%22x%22%20y%25z",
      "pa%2bss%2fw%26rd%3d%22x%22%20y%25z",
      "pa%2Bss/w%26rd=%22x%22+y%25z",
      "pa%252Bss%252Fw%2526rd%253D%2522x%2522%2520y%2525z",
      "pa+ss\\/w&rd=\\\"x\\\" y%z",
      "pa\\u002bss\\u002Fw\\u0026rd=\\u0022x\\u0022 y%z",
      "pa+ss/w&amp;rd=&quot;x&quot; y%z",
  };
  for (const std::string& spelling : spellings)
    EXPECT_EQ(without_secrets("<" + spelling + "><" + spelling + ">", request), "<***><***>")
        << spelling;
}

TEST(WithoutSecrets, FindsTheirPartsAndTheirBeginnings) {
  const Request request{.url = "https://api.test/",
                        .headers = {{"Authorization", "Bearer 0123456789abcdef", true},
                                    {"Cookie", "A1=d_AQABBexample; B=short", true}}};
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"token 0123456789abcdef is unknown", "token *** is unknown"},
      {"{\"got\": \"0123456789a...", "{\"got\": \"***..."},
      {"cookie d_AQABBexample", "cookie ***"},
      {"Bearer tokens go into the header", "Bearer tokens go into the header"},
      {"nothing 0123 here", "nothing 0123 here"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(without_secrets(text, request), expected);
}

TEST(WithoutSecrets, LeavesOpenFieldsAndEmptySecretsAlone) {
  const Request request{.url = "https://api.test/",
                        .query = {{"symbol", "BTCUSDT"}, {"apikey", "", true}}};

  EXPECT_EQ(without_secrets("BTCUSDT is unknown", request), "BTCUSDT is unknown");
}

}  // namespace
}  // namespace chandler::http
