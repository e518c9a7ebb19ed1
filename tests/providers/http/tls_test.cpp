// TLS with a real server: who is trusted, which versions, what is offered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>

#include "http/curl_transport.h"
#include "raw_server.h"
#include "temporary_folder.h"

namespace chandler::http {
namespace {

using test::Peer;
using test::RawServer;
using test::TemporaryFolder;
using testing::HasSubstr;

template <auto Free>
struct Deleter {
  template <class Handle>
  void operator()(Handle* handle) const {
    Free(handle);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Deleter<SSL_free>>;

struct Identity {
  Key key;
  Certificate certificate;
};

constexpr long kDay = 86400;

struct Validity {
  long from = -kDay;  // seconds from now
  long to = kDay;
};

// Signed by itself, so its own authority.
Identity make_identity(const std::string& names, Validity validity) {
  Identity identity{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* const c = identity.certificate.get();
  X509_set_version(c, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
  X509_gmtime_adj(X509_getm_notBefore(c), validity.from);
  X509_gmtime_adj(X509_getm_notAfter(c), validity.to);
  X509_set_pubkey(c, identity.key.get());
  X509_NAME* const name = X509_get_subject_name(c);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(c, name);
  X509_EXTENSION* const extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(c, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(c, identity.key.get(), EVP_sha256());
  return identity;
}

class TlsPeer final : public Peer {
 public:
  TlsPeer(int socket, SSL* session) : Peer(socket), session_(session) {}

 protected:
  long receive(char* into, std::size_t size) override {
    return SSL_read(session_, into, static_cast<int>(size));
  }
  long write(const char* from, std::size_t size) override {
    return SSL_write(session_, from, static_cast<int>(size));
  }

 private:
  SSL* session_;
};

// Says "secret" to whoever gets as far as asking.
class TlsServer {
 public:
  explicit TlsServer(const std::string& names, int newest = 0, Validity validity = {})
      : identity_(make_identity(names, validity)), context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX* const context = context_.get();
    SSL_CTX_use_certificate(context, identity_.certificate.get());
    SSL_CTX_use_PrivateKey(context, identity_.key.get());
    if (newest != 0) {
      SSL_CTX_set_security_level(context, 0);  // the old versions' hashes are below the usual one
      SSL_CTX_set_max_proto_version(context, newest);
    }
    SSL_CTX_set_alpn_select_cb(context, &TlsServer::choose, this);
    server_ = std::make_unique<RawServer>([this](Peer& peer) { serve(peer); });
  }

  [[nodiscard]] std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(server_->port()) + "/";
  }
  void save_certificate(const std::string& path) const {
    const std::unique_ptr<std::FILE, Deleter<std::fclose>> file(std::fopen(path.c_str(), "we"));
    PEM_write_X509(file.get(), identity_.certificate.get());
  }
  [[nodiscard]] std::string offered() const {
    const std::lock_guard lock(guard_);
    return offered_;
  }
  [[nodiscard]] int asked() const {
    const std::lock_guard lock(guard_);
    return asked_;
  }
  [[nodiscard]] int accepted() const { return server_->accepted(); }

 private:
  void serve(Peer& plain) {
    sigset_t pipe{};  // OpenSSL writes to whoever may have gone
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    const Session session(SSL_new(context_.get()));
    SSL_set_fd(session.get(), plain.socket());
    if (SSL_accept(session.get()) == 1) {
      TlsPeer peer(plain.socket(), session.get());
      while (peer.read_request()) {
        {
          const std::lock_guard lock(guard_);
          ++asked_;
        }
        if (!peer.answer("", "secret")) break;
      }
    }
    ERR_clear_error();
  }
  static int choose(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void* user) {
    auto& self = *static_cast<TlsServer*>(user);
    const std::lock_guard lock(self.guard_);
    self.offered_.assign(reinterpret_cast<const char*>(offered), offered_size);
    static const std::string kOne = "http/1.1";
    *chosen = reinterpret_cast<const unsigned char*>(kOne.data());
    *size = static_cast<unsigned char>(kOne.size());
    return SSL_TLSEXT_ERR_OK;
  }

  Identity identity_;
  Context context_;
  mutable std::mutex guard_;
  std::string offered_;
  int asked_ = 0;
  std::unique_ptr<RawServer> server_;
};

TEST(CurlTransportTls, AsksWhomItTrustsAndOffersHttp2) {
  const TemporaryFolder folder;
  TlsServer server("IP:127.0.0.1,DNS:localhost");
  server.save_certificate(folder.in("ca.pem"));
  CurlTransport transport({.ca_file = folder.in("ca.pem")});

  for (const std::string host : {"127.0.0.1", "localhost", "localhost"}) {
    const auto response = transport.get({.url = server.url(host)}, {});
    ASSERT_TRUE(response) << response.error().line();
    EXPECT_EQ(response->body, "secret");
  }

  EXPECT_THAT(server.offered(), HasSubstr("h2"));
  EXPECT_EQ(server.accepted(), 2) << "one connection a host";
}

TEST(CurlTransportTls, TellsNothingToAServerItDoesNotTrust) {
  const TemporaryFolder folder;
  TlsServer server("IP:127.0.0.1");
  TlsServer another("IP:127.0.0.1");
  TlsServer misnamed("DNS:api.test");
  another.save_certificate(folder.in("another.pem"));
  misnamed.save_certificate(folder.in("misnamed.pem"));
  const std::vector<std::pair<const TlsServer*, std::string>> cases = {
      {&server, ""}, {&server, folder.in("another.pem")}, {&misnamed, folder.in("misnamed.pem")}};
  for (const auto& [asked, ca] : cases) {
    CurlTransport transport({.ca_file = ca});

    const auto response =
        transport.get({.url = asked->url("127.0.0.1"), .headers = {{"X-Key", "k", true}}}, {});

    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(response.error().line(), HasSubstr("certificate of 127.0.0.1 cannot be trusted"));
    EXPECT_EQ(asked->asked(), 0);
  }
}

TEST(CurlTransportTls, TellsNothingToAServerWhoseCertificateIsNotOfToday) {
  const TemporaryFolder folder;
  const std::vector<std::pair<Validity, std::string>> cases = {{{-2 * kDay, -kDay}, "has expired"},
                                                               {{kDay, 2 * kDay}, "not yet valid"}};
  for (const auto& [validity, why] : cases) {
    TlsServer server("IP:127.0.0.1", 0, validity);
    server.save_certificate(folder.in("ca.pem"));
    CurlTransport transport({.ca_file = folder.in("ca.pem")});

    const auto response =
        transport.get({.url = server.url("127.0.0.1"), .headers = {{"X-Key", "k", true}}}, {});

    ASSERT_FALSE(response);
    EXPECT_THAT(response.error().line(), HasSubstr("certificate of 127.0.0.1 cannot be trusted"));
    EXPECT_THAT(response.error().line(), HasSubstr(why));
    EXPECT_EQ(server.asked(), 0);
  }
}

TEST(CurlTransportTls, DoesNotSpeakVersionsBefore12) {
  const TemporaryFolder folder;
  for (const auto& [version, fine] :
       {std::pair{TLS1_1_VERSION, false}, {TLS1_2_VERSION, true}, {TLS1_3_VERSION, true}}) {
    TlsServer server("IP:127.0.0.1", version);
    server.save_certificate(folder.in("ca.pem"));
    CurlTransport transport({.ca_file = folder.in("ca.pem")});

    const auto response = transport.get({.url = server.url("127.0.0.1")}, {});

    EXPECT_EQ(response.ok(), fine) << version;
    const std::string says = response ? "" : response.error().line();
    EXPECT_EQ(says.find("no TLS connection") != std::string::npos, !fine) << says;
  }
}

TEST(CurlTransportTls, AFileOfAuthoritiesThatIsNotThereIsAUsageError) {
  TlsServer server("IP:127.0.0.1");
  CurlTransport transport({.ca_file = "/no/such/file.pem"});

  const auto response = transport.get({.url = server.url("127.0.0.1")}, {});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::usage);
  EXPECT_THAT(response.error().line(), HasSubstr("/no/such/file.pem"));
}

TEST(CurlTransportTls, WhoSpeaksNoTlsIsNoServer) {
  RawServer server([](Peer& peer) {
    peer.send("220 mail ready\r\n");
    peer.wait_until_closed();
  });
  CurlTransport transport;

  const auto response = transport.get({.url = "https" + server.url().substr(4)}, {});

  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().line(), HasSubstr("no TLS connection to 127.0.0.1"));
}

}  // namespace
}  // namespace chandler::http
