#include "http/curl_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <cstdlib>
#include <latch>
#include <thread>

#include "raw_server.h"

namespace chandler::http {
namespace {

using namespace std::chrono_literals;
using test::Peer;
using test::RawServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string gzipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string in = text;
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Answers each request of a connection alike.
RawServer::Handler always(const std::string& headers, const std::string& body) {
  return [=](Peer& peer) {
    while (peer.read_request() && peer.answer(headers, body)) {
    }
  };
}

// Says these bytes to the first request and closes.
RawServer::Handler once(const std::string& bytes) {
  return [=](Peer& peer) {
    if (peer.read_request()) peer.send(bytes);
  };
}

// An environment variable, for as long as this lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

Error error_of(Transport& transport, const Request& request) {
  auto response = transport.get(request, {});
  if (!response) return response.error();
  ADD_FAILURE() << "answered with " << response->status;
  return {};
}

TEST(CurlTransport, BringsStatusHeadersAndBody) {
  RawServer server(
      once("HTTP/1.1 404 Not Found\r\nSet-Cookie: A=1; Path=/\r\nSet-Cookie:  B=2 \r\n"
           "X-MBX-USED-WEIGHT-1M: 12\r\nX-Empty:\r\nContent-Length: 2\r\n\r\n{}"));
  CurlTransport transport;

  const auto response = transport.get({.url = server.url("/api")}, {});

  ASSERT_TRUE(response) << response.error().line();
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body, "{}");
  std::vector<std::string> cookies;
  for (const Field& field : response->headers) {
    if (field.name == "set-cookie") cookies.push_back(field.value);
  }
  EXPECT_THAT(cookies, testing::ElementsAre("A=1; Path=/", "B=2"));
  EXPECT_EQ(response->header("x-mbx-used-weight-1m"), "12");
  EXPECT_GT(response->wire_bytes, 100U);
}

TEST(CurlTransport, SendsTheQueryEncodedAndTheHeaders) {
  std::string seen;
  RawServer server([&](Peer& peer) {
    seen = peer.read_request().value_or("");
    peer.answer("", "");
  });
  CurlTransport transport;

  ASSERT_TRUE(transport.get({.url = server.url("/v8/%5EGSPC?a=1"),
                             .query = {{"symbols", "A,B"}, {"q", "x y&z", true}},
                             .headers = {{"X-Key", "k3y", true}, {"X-Empty", ""}}},
                            {}));

  EXPECT_THAT(seen,
              testing::StartsWith("GET /v8/%5EGSPC?a=1&symbols=A,B&q=x%20y%26z HTTP/1.1\r\n"));
  EXPECT_THAT(seen, AllOf(HasSubstr("\r\nX-Key: k3y\r\n"), HasSubstr("\r\nX-Empty:\r\n"),
                          HasSubstr("\r\nAccept-Encoding: gzip\r\n"),
                          HasSubstr("\r\nUser-Agent: chandler/")));
}

TEST(CurlTransport, ARequestsOwnUserAgentAndEncodingGoFirst) {
  std::string seen;
  RawServer server([&](Peer& peer) {
    seen = peer.read_request().value_or("");
    peer.answer("", "");
  });
  CurlTransport transport;

  ASSERT_TRUE(transport.get(
      {.url = server.url(), .headers = {{"user-agent", "Mozilla/5.0"}, {"accept-encoding", "x"}}},
      {}));

  EXPECT_THAT(seen, AllOf(HasSubstr("user-agent: Mozilla/5.0\r\n"), Not(HasSubstr("chandler")),
                          HasSubstr("accept-encoding: x\r\n"), Not(HasSubstr("gzip"))));
}

TEST(CurlTransport, UnpacksGzip) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i) + ",";
  for (const std::string& packed :
       {gzipped(text), gzipped(text.substr(0, 777)) + gzipped(text.substr(777))}) {
    RawServer server(always("Content-Encoding: GZip\r\n", packed));
    CurlTransport transport;

    const auto response = transport.get({.url = server.url()}, {});

    ASSERT_TRUE(response) << response.error().line();
    EXPECT_TRUE(response->body == text);
    EXPECT_LT(response->wire_bytes, text.size() / 2);
  }
}

TEST(CurlTransport, TakesNoAnswerForWholeThatIsNot) {
  const std::string packed = gzipped(std::string(5000, 'a') + "z");
  const std::string half = packed.substr(0, packed.size() / 2);
  const std::string gzip = "Content-Encoding: gzip\r\n";
  const auto with_length = [](const std::string& headers, const std::string& body) {
    return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  };
  struct Case {
    std::string bytes;
    ErrorKind kind;
    std::string says;
  };
  const std::vector<Case> cases = {
      {with_length(gzip, half), ErrorKind::data, "ends early"},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\n" + gzip + "\r\n" + half, ErrorKind::data,
       "ends early"},
      {with_length(gzip, "not gzip at all, is it?"), ErrorKind::data, "cannot be unpacked"},
      {with_length(gzip, packed + "trailing rubbish"), ErrorKind::data, "cannot be unpacked"},
      {with_length("Content-Encoding: br\r\n", "xyz"), ErrorKind::data, "\"br\""},
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", ErrorKind::unavailable,
       "cut off"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
       ErrorKind::unavailable, "127.0.0.1"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabcde\r\n",
       ErrorKind::unavailable, "127.0.0.1"},
      {"HTTP/1.1 200 OK\r\nX: 1", ErrorKind::unavailable, "cut off"},
      {"HTTP/1.1 200 OK\r\nX: 1\r\n", ErrorKind::unavailable, "cut off"},
      {"", ErrorKind::unavailable, "without an answer"},
      {"<html>no status line</html>\r\n\r\n", ErrorKind::data, "not HTTP"},
  };
  for (const Case& c : cases) {
    RawServer server(once(c.bytes));
    CurlTransport transport;

    const Error error = error_of(transport, {.url = server.url()});

    EXPECT_EQ(error.kind, c.kind) << error.line();
    EXPECT_THAT(error.line(), HasSubstr(c.says));
  }
}

TEST(CurlTransport, StopsAtTheCapOfTheUnpackedBody) {
  constexpr std::size_t kCap = 100'000;
  const std::string bomb = gzipped(std::string(std::size_t{20} << 20U, '\0'));
  ASSERT_LT(bomb.size(), kCap);
  std::string empty_members;
  while (empty_members.size() < 4 * kCap) empty_members += gzipped("");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"Content-Encoding: gzip\r\n", bomb},
      {"Content-Encoding: gzip\r\n", empty_members},
      {"", std::string(kCap + 1, 'x')},
  };
  for (const auto& [headers, body] : cases) {
    RawServer server(always(headers, body));
    CurlTransport transport;

    const Error error = error_of(transport, {.url = server.url(), .max_body = kCap});

    EXPECT_EQ(error.kind, ErrorKind::data);
    EXPECT_THAT(error.line(), HasSubstr("larger than 100000 bytes"));
  }
  RawServer server(always("", std::string(kCap, 'x')));
  CurlTransport transport;
  EXPECT_TRUE(transport.get({.url = server.url(), .max_body = kCap}, {}));
}

TEST(CurlTransport, StopsAtEndlessHeaders) {
  RawServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("X-Filler: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  CurlTransport transport;

  const Error error = error_of(transport, {.url = server.url()});

  EXPECT_EQ(error.kind, ErrorKind::data);
  EXPECT_THAT(error.line(), HasSubstr("headers are too long"));
}

TEST(CurlTransport, ForgetsProvisionalAnswers) {
  RawServer server(
      once("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-Late: 2\r\n\r\n1"));
  CurlTransport transport;

  const auto response = transport.get({.url = server.url()}, {});

  ASSERT_TRUE(response) << response.error().line();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("x-early"), "");
  EXPECT_EQ(response->header("x-late"), "2");
}

TEST(CurlTransport, TakesWhatDripsInAsOne) {
  RawServer server([](Peer& peer) {
    peer.read_request();
    for (const char c : std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
      peer.send({&c, 1});
  });
  CurlTransport transport;

  const auto response = transport.get({.url = server.url()}, {});

  ASSERT_TRUE(response) << response.error().line();
  EXPECT_EQ(response->body, "hello");
}

TEST(CurlTransport, KeepsItsConnectionOpen) {
  RawServer one(always("", "1"));
  RawServer two(always("", "2"));
  CurlTransport transport;

  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(transport.get({.url = one.url()}, {})->body, "1");
    EXPECT_EQ(transport.get({.url = two.url()}, {})->body, "2");
  }

  EXPECT_EQ(one.accepted(), 1);
  EXPECT_EQ(two.accepted(), 1);
}

TEST(CurlTransport, ThreadsUseAConnectionEachAndLeaveThemOpen) {
  constexpr int kThreads = 3;
  std::latch all_there(kThreads);
  RawServer server([&](Peer& peer) {
    peer.read_request();
    all_there.arrive_and_wait();
    do peer.answer("", "x");
    while (peer.read_request());
  });
  CurlTransport transport;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i)
      threads.emplace_back([&] { EXPECT_TRUE(transport.get({.url = server.url()}, {})); });
  }

  for (int i = 0; i < 5; ++i) EXPECT_TRUE(transport.get({.url = server.url()}, {}));

  EXPECT_EQ(server.accepted(), kThreads);
}

TEST(CurlTransport, KeepsNoMoreConnectionsThanItWasTold) {
  RawServer one(always("", "1"));
  RawServer two(always("", "2"));
  CurlTransport transport({.idle_connections = 1});

  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(transport.get({.url = one.url()}, {}));
    EXPECT_TRUE(transport.get({.url = two.url()}, {}));
  }

  EXPECT_EQ(one.accepted(), 2);
}

TEST(CurlTransport, MakesANewConnectionWhenTheOldOneWasClosed) {
  RawServer server([&](Peer& peer) {
    peer.read_request();
    peer.answer("", "x");  // and hangs up, without having said so
  });
  CurlTransport transport;

  for (int i = 0; i < 3; ++i) EXPECT_TRUE(transport.get({.url = server.url()}, {}));

  EXPECT_EQ(server.accepted(), 3);
}

TEST(CurlTransport, FollowsRedirectionsWithinOneOrigin) {
  RawServer server([](Peer& peer) {
    while (const auto request = peer.read_request()) {
      if (request->starts_with("GET /a?k=1 "))
        peer.send("HTTP/1.1 302 F\r\nLocation: /b\r\nContent-Length: 4\r\n\r\nmove");
      else if (request->starts_with("GET /b ") && request->find("X-Key: k3y") != std::string::npos)
        peer.answer("", "here");
      else
        peer.answer("", "wrong");
    }
  });
  CurlTransport transport;

  const auto response = transport.get(
      {.url = server.url("/a"), .query = {{"k", "1", true}}, .headers = {{"X-Key", "k3y", true}}},
      {});

  ASSERT_TRUE(response) << response.error().line();
  EXPECT_EQ(response->body, "here");
  EXPECT_EQ(server.accepted(), 1);
}

TEST(CurlTransport, FollowsThreeRedirectionsAtMost) {
  std::atomic<int> left = 3;
  RawServer server([&](Peer& peer) {
    while (peer.read_request()) {
      if (left-- > 0)
        peer.send("HTTP/1.1 301 M\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
      else
        peer.answer("", "there");
    }
  });
  CurlTransport transport;

  EXPECT_TRUE(transport.get({.url = server.url()}, {}));
  left = 4;
  const Error error = error_of(transport, {.url = server.url()});

  EXPECT_EQ(error.kind, ErrorKind::data);
  EXPECT_THAT(error.line(), HasSubstr("redirects more than 3 times"));
}

TEST(CurlTransport, HandsBackRedirectionsToAnywhereElse) {
  RawServer other(always("", "stolen"));
  for (const std::string& location :
       {other.url("/x"), std::string("http://example.test/"), std::string("https://127.0.0.1/"),
        std::string("file:///etc/passwd"), std::string("//example.test/")}) {
    RawServer server(once("HTTP/1.1 307 T\r\nLocation: " + location +
                          "\r\nContent-Length: 0\r\nSet-Cookie: A3=1\r\n\r\n"));
    CurlTransport transport;

    const auto response =
        transport.get({.url = server.url(), .headers = {{"X-Key", "k3y", true}}}, {});

    ASSERT_TRUE(response) << response.error().line();
    EXPECT_EQ(response->status, 307);
    EXPECT_EQ(response->header("location"), location);
    EXPECT_EQ(response->header("set-cookie"), "A3=1");
  }
  EXPECT_EQ(other.accepted(), 0);
}

TEST(CurlTransport, GivesUpOnWhoSaysNothing) {
  RawServer server([](Peer& peer) { peer.wait_until_closed(); });
  CurlTransport transport;

  const Error error = error_of(transport, {.url = server.url(), .total_timeout = 50ms});

  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_THAT(error.line(), HasSubstr("no complete answer from 127.0.0.1 within 50 ms"));
}

TEST(CurlTransport, GivesUpOnWhoStallsInTheMiddle) {
  RawServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nthis and no more");
    peer.wait_until_closed();
  });
  CurlTransport transport({.slowest_bytes_per_second = 1000, .slow_for = 1s});

  const Error error = error_of(transport, {.url = server.url()});

  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_THAT(error.line(), HasSubstr("less than 1000 bytes a second for 1 s"));
}

TEST(CurlTransport, BearsAKibibyteASecondAndNoSlowerForTwentySeconds) {
  const CurlOptions usual;

  EXPECT_EQ(usual.slowest_bytes_per_second, 1024);
  EXPECT_EQ(usual.slow_for, 20s);
}

TEST(CurlTransport, SaysWhatToDoNext) {
  CurlTransport transport({.slowest_bytes_per_second = 1000, .slow_for = 1s});
  const auto hint = [&](RawServer::Handler handler) {
    RawServer server(std::move(handler));
    return error_of(transport, {.url = server.url(), .total_timeout = 200ms}).hint;
  };

  EXPECT_NE(hint([](Peer& peer) { peer.read_request(); }), "") << "closed without an answer";
  EXPECT_NE(hint([](Peer& peer) { peer.wait_until_closed(); }), "") << "no time left";
  EXPECT_NE(hint(once("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nthis")), "") << "cut off";
  EXPECT_NE(hint([](Peer& peer) {
              peer.read_request();
              peer.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nthis");
              peer.reset();
            }),
            "")
      << "broken";
  EXPECT_NE(hint(once("220 mail.test ESMTP\r\n")), "") << "not HTTP";
}

TEST(CurlTransport, SaysWhetherAnythingWasSent) {
  CurlTransport transport;
  RawServer silent([](Peer& peer) { peer.read_request(); });
  RawServer answering(once("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
  std::string nobody;
  {
    const RawServer gone(once(""));
    nobody = gone.url();
  }

  EXPECT_TRUE(transport.exchange({.url = answering.url()}, {}).sent);
  EXPECT_TRUE(transport.exchange({.url = silent.url()}, {}).sent);
  const Exchanged refused = transport.exchange({.url = nobody}, {});
  EXPECT_FALSE(refused.response);
  EXPECT_FALSE(refused.sent);
  EXPECT_FALSE(transport.exchange({.url = "http://example.com/"}, {}).sent)
      << "not over plain http";
}

TEST(CurlTransport, TheTotalTimeCoversRedirectionsToo) {
  RawServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 302 F\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
    peer.wait_until_closed();
  });
  CurlTransport transport;

  const Error error = error_of(transport, {.url = server.url(), .total_timeout = 60ms});

  EXPECT_THAT(error.line(), HasSubstr("within 60 ms"));
}

TEST(CurlTransport, SaysWhenTheConnectionIsResetOrRefused) {
  RawServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nthis");
    peer.reset();
  });
  CurlTransport transport;
  const Error reset = error_of(transport, {.url = server.url()});
  EXPECT_EQ(reset.kind, ErrorKind::unavailable);
  EXPECT_THAT(reset.line(), AllOf(HasSubstr("127.0.0.1"), HasSubstr("Connection reset")));

  std::string nobody;
  {
    const RawServer gone(once(""));
    nobody = gone.url();
  }
  const Error refused = error_of(transport, {.url = nobody});
  EXPECT_EQ(refused.kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.line(),
              AllOf(HasSubstr("cannot connect to 127.0.0.1"), HasSubstr("Connection refused")));
}

TEST(CurlTransport, SaysEachTimeThatANameCannotBeFound) {
  CurlTransport transport;

  for (int asked = 0; asked < 3; ++asked) {
    const Exchanged exchanged = transport.exchange({.url = "https://nobody.invalid/"}, {});
    ASSERT_FALSE(exchanged.response);
    EXPECT_EQ(exchanged.response.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(exchanged.response.error().line(), HasSubstr("nobody.invalid"));
    EXPECT_FALSE(exchanged.sent);
  }
}

TEST(CurlTransport, StopsWhenAskedTo) {
  std::stop_source stop;
  RawServer server([&](Peer& peer) {
    peer.read_request();
    stop.request_stop();
    peer.wait_until_closed();
  });
  CurlTransport transport;

  const auto response = transport.get({.url = server.url(), .total_timeout = 5s}, stop.get_token());
  const auto again = transport.get({.url = server.url()}, stop.get_token());

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::interrupted);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(CurlTransport, SendsNoHeaderThatHoldsAnother) {
  CurlTransport transport;
  for (const Field& field : std::vector<Field>{{"X-Key", "k3y-of-mine\r\nX-Evil: 1", true},
                                               {"X-Key", "k3y-of-mine\n", true},
                                               {"X Key:", "k3y-of-mine", true},
                                               {"", "k3y-of-mine", true}}) {
    const Error error = error_of(transport, {.url = "https://127.0.0.1:1/", .headers = {field}});

    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_THAT(error.line(), AllOf(HasSubstr("header"), Not(HasSubstr("k3y"))));
  }
}

TEST(CurlTransport, RefusesPlainHttpToOtherMachinesAndOtherProtocols) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"http://api.binance.com/", "plain http to another machine (api.binance.com)"},
      {"http://127.0.0.1.evil.test/", "plain http"},
      {"http://localhost.evil.test/", "plain http"},
      {"http://128.0.0.1/", "plain http"},
      {"http://0.0.0.0/", "plain http"},
      {"http://[::2]/", "plain http"},
      {"http://[::ffff:127.0.0.1]/", "plain http"},
      {"ftp://127.0.0.1/", "cannot be asked over ftp"},
      {"file:///etc/passwd", ""},
      {"gopher://127.0.0.1/", "cannot be asked over gopher"},
      {"https://user:hunter2@api.test/", "holds a user or a password"},
      {"https://", "not an address"},
      {"", "not an address"},
      {"https://a b/", "not an address"},
  };
  CurlTransport transport;
  for (const auto& [url, says] : cases) {
    const Error error = error_of(transport, {.url = url, .query = {{"key", "k3y-of-mine", true}}});

    EXPECT_EQ(error.kind, ErrorKind::usage) << url << ": " << error.line();
    EXPECT_THAT(error.line(),
                AllOf(HasSubstr(says), Not(HasSubstr("k3y")), Not(HasSubstr("hunter2"))))
        << url;
  }
}

TEST(CurlTransport, TakesEveryNameOfThisMachine) {
  RawServer server(always("", "x"));
  CurlTransport transport;
  for (const std::string host : {"127.0.0.1", "localhost", "LOCALHOST", "127.1", "2130706433"}) {
    const auto response = transport.get({.url = server.url("/", host)}, {});
    EXPECT_TRUE(response) << host << ": " << response.error().line();
  }
}

TEST(CurlTransport, ReachesOtherMachinesThroughTheProxyOfTheEnvironment) {
  std::string seen;
  RawServer proxy([&](Peer& peer) {
    seen = peer.read_request().value_or("");
    peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  const std::string host = "127.0.0.1:" + std::to_string(proxy.port());
  const Variable variable("https_proxy", "http://me:pr0xy-pass@" + host);
  CurlTransport transport;

  const Error error = error_of(
      transport, {.url = "https://api.test/x", .headers = {{"X-Key", "k3y-of-mine", true}}});

  EXPECT_THAT(seen, AllOf(testing::StartsWith("CONNECT api.test:443 "), Not(HasSubstr("k3y"))));
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_THAT(error.line(), AllOf(HasSubstr("the proxy does not connect to api.test (status 403)"),
                                  Not(HasSubstr("pr0xy-pass"))));
}

TEST(CurlTransport, ShowsNoPasswordOfAProxyThatCannotBeUsed) {
  for (const std::string value :
       {"nonsense://me:pr0xy-pass@127.0.0.1:1", "http://me:pr0xy-pass@/:x",
        "http://me:pr0xy-pass@no-such-host.invalid:1"}) {
    const Variable variable("https_proxy", value);
    CurlTransport transport;

    const Error error = error_of(transport, {.url = "https://api.test/x"});

    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_THAT(error.line(), Not(HasSubstr("pr0xy-pass")));
  }
}

TEST(CurlTransport, UsesNoProxyForThisMachine) {
  RawServer proxy(always("", "proxied"));
  const std::string address = "http://127.0.0.1:" + std::to_string(proxy.port());
  const Variable http("http_proxy", address);
  const Variable https("https_proxy", address);
  const Variable all("ALL_PROXY", address);
  RawServer server(always("", "direct"));
  CurlTransport transport;

  EXPECT_EQ(transport.get({.url = server.url()}, {})->body, "direct");
  EXPECT_FALSE(transport.get({.url = "https://127.0.0.1:1/"}, {}));

  EXPECT_EQ(proxy.accepted(), 0);
}

}  // namespace
}  // namespace chandler::http
