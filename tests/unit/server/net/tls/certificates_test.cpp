#include "server/net/tls/certificates.hpp"

#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <set>

#include "server/net/tls/leaves.hpp"

using namespace kinesisd::server::tls;
using namespace std::chrono_literals;

namespace {

constexpr Second now{1'800'000'000s};

// As OpenSSL prints it: `critical` first where it is.
std::string extension(X509& certificate, int id) {
  const int at = X509_get_ext_by_NID(&certificate, id, -1);
  if (at < 0) return "none";
  X509_EXTENSION* found = X509_get_ext(&certificate, at);
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509V3_EXT_print(bio.get(), found, 0, 0);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return (X509_EXTENSION_get_critical(found) == 1 ? "critical " : "") +
         std::string(text, static_cast<std::size_t>(size));
}

std::string serial(X509& certificate) {
  const ASN1_INTEGER* number = X509_get0_serialNumber(&certificate);
  return {reinterpret_cast<const char*>(number->data), static_cast<std::size_t>(number->length)};
}

// What a client's verification of a server says at a time.
std::string verdict(const Identity& authority, X509& leaf, const char* host, Second at = now) {
  const std::unique_ptr<X509_STORE, Freed<X509_STORE_free>> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), authority.certificate.get());
  const std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>> check(X509_STORE_CTX_new());
  X509_STORE_CTX_init(check.get(), store.get(), &leaf, nullptr);
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(check.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(rules, at.time_since_epoch().count());
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host) != 1) X509_VERIFY_PARAM_set1_host(rules, host, 0);
  if (X509_verify_cert(check.get()) == 1) return "good";
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(check.get()));
}

}  // namespace

TEST_CASE("The CA may sign servers' certificates and nothing else") {
  const Identity authority = make_authority(now);
  X509& certificate = *authority.certificate;
  CHECK(extension(certificate, NID_basic_constraints) == "critical CA:TRUE, pathlen:0");
  CHECK(extension(certificate, NID_key_usage) == "critical Certificate Sign, CRL Sign");
  CHECK(extension(certificate, NID_subject_key_identifier) ==
        extension(certificate, NID_authority_key_identifier));
  CHECK(belong_together(authority));
  CHECK(X509_check_ca(&certificate) == 1);
}

TEST_CASE("A certificate of the CA is one that strict clients take for a server") {
  const Identity authority = make_authority(now);
  const KeyPtr key = make_key();
  const CertificatePtr leaf = make_leaf(authority, *key, default_names({}), now);
  CHECK(extension(*leaf, NID_basic_constraints) == "critical CA:FALSE");
  CHECK(extension(*leaf, NID_key_usage) == "critical Digital Signature");
  CHECK(extension(*leaf, NID_ext_key_usage) == "TLS Web Server Authentication");
  CHECK(extension(*leaf, NID_authority_key_identifier) ==
        extension(*authority.certificate, NID_subject_key_identifier));
  CHECK(X509_check_private_key(leaf.get(), key.get()) == 1);

  struct Row {
    const char* why;
    const char* host;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"the usual name", "localhost", "good"},
      {"IPv4", "127.0.0.1", "good"},
      {"IPv6", "::1", "good"},
      {"another's address", "192.0.2.77", "IP address mismatch"},
      {"from within a container", "host.docker.internal", "good"},
      {"as others are called", "localstack", "good"},
      {"as others are called", "kinesis-mock", "good"},
      {"as others are called", "kinesalite", "good"},
      {"in a composition", "kinesis", "good"},
      {"in a composition", "kinesisd", "good"},
      {"the name of the popular one", "localhost.localstack.cloud", "good"},
      {"a name below it", "kinesis.localhost.localstack.cloud", "good"},
      {"two below it", "a.b.localhost.localstack.cloud", "hostname mismatch"},
      {"below the only label; others than OpenSSL take it", "orders.localhost", "hostname mismatch"},
      {"AWS itself", "kinesis.us-east-1.amazonaws.com", "hostname mismatch"},
  }));
  CAPTURE(row.why, row.host);
  CHECK(verdict(authority, *leaf, row.host) == row.expected);
}

TEST_CASE("A certificate is good from a day back to 800 days on, and under its own CA alone") {
  const Identity authority = make_authority(now);
  const KeyPtr key = make_key();
  const CertificatePtr leaf = make_leaf(authority, *key, {{"localhost"}}, now);
  CHECK(verdict(authority, *leaf, "localhost", now - 23h) == "good");
  CHECK(verdict(authority, *leaf, "localhost", now - 25h) == "certificate is not yet valid");
  CHECK(verdict(authority, *leaf, "localhost", now + 799 * 24h) == "good");
  CHECK(verdict(authority, *leaf, "localhost", now + 801 * 24h) == "certificate has expired");
  CHECK(valid_until(*leaf, now + 799 * 24h));
  CHECK_FALSE(valid_until(*leaf, now + 801 * 24h));
  CHECK(verdict(make_authority(now), *leaf, "localhost") == "unable to get local issuer certificate");
}

TEST_CASE("Serial numbers are positive, random and of one length") {
  const Identity authority = make_authority(now);
  const KeyPtr key = make_key();
  std::set<std::string> seen = {serial(*authority.certificate)};
  for (int i = 0; i < 20; ++i) {
    const std::string number = serial(*make_leaf(authority, *key, {{"localhost"}}, now));
    CHECK(number.size() == 16);
    CHECK((static_cast<unsigned char>(number[0]) & 0x80U) == 0);
    CHECK(seen.insert(number).second);
  }
}

TEST_CASE("Certificates and keys survive as PEM, and others are told apart") {
  const Identity authority = make_authority(now);
  const std::string text = pem(*authority.key) + pem(*authority.certificate);
  Identity read{.key = read_key(text), .certificate = nullptr};
  auto certificates = read_certificates(text + text);
  REQUIRE(read.key != nullptr);
  REQUIRE(certificates.size() == 2);
  read.certificate = std::move(certificates.front());
  CHECK(belong_together(read));
  read.key = make_key();
  CHECK_FALSE(belong_together(read));
  CHECK(read_key("nonsense") == nullptr);
  CHECK(read_key(pem(*authority.certificate)) == nullptr);
  CHECK(read_certificates(text.substr(0, text.size() / 2)).empty());
}

TEST_CASE("A certificate for the name a client asks for has the default names too") {
  Leaves leaves(make_authority(now), default_names({*parse_name("kinesis.test"), *parse_name("10.1.2.3")}),
                2);
  const CertificatePtr leaf = leaves.certificate_for("my.orders.example", now);
  for (const char* name : {"my.orders.example", "localhost", "kinesis.test"}) {
    CAPTURE(name);
    CHECK(X509_check_host(leaf.get(), name, 0, 0, nullptr) == 1);
  }
  CHECK(X509_check_ip_asc(leaf.get(), "10.1.2.3", 0) == 1);
  CHECK(X509_check_host(leaves.certificate_for("", now).get(), "my.orders.example", 0, 0, nullptr) == 0);
}

TEST_CASE("Certificates are signed once while there is room, and anew after a month") {
  Leaves leaves(make_authority(now), {{"localhost"}}, 2);
  const CertificatePtr a = leaves.certificate_for("a", now);
  CHECK(leaves.certificate_for("a", now + 24h).get() == a.get());
  CHECK(leaves.certificate_for("localhost", now).get() == leaves.certificate_for("", now).get());
  CHECK(leaves.kept() == 2);
  leaves.certificate_for("b", now);
  CHECK(leaves.kept() == 2);
  const CertificatePtr again = leaves.certificate_for("a", now);
  CHECK(again.get() != a.get());
  CHECK(leaves.certificate_for("a", now + 31 * 24h).get() != again.get());
  CHECK(leaves.kept() == 2);
}
