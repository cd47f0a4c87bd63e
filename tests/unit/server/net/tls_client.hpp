// OpenSSL as a client, without I/O: what it has to say and what it has heard. And a Tls for servers of tests.
#pragma once

#include <string>
#include <string_view>

#include "server/net/tls/tls.hpp"

namespace kinesisd::server::test {

class TlsClient {
 public:
  struct Options {
    int newest = TLS1_3_VERSION;
    std::string protocols = {};         // as ALPN spells them: each behind its length
    std::string name = {};              // SNI
    const tls::Tls* trusted = nullptr;  // verifies the server by its CA; nullptr: not at all
  };

  TlsClient() : TlsClient(Options{}) {}
  explicit TlsClient(const Options& options) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_cipher_list(context_.get(),
                            "DEFAULT:@SECLEVEL=0");  // old versions need what is refused by now
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), options.newest);
    if (options.trusted != nullptr) {
      const auto authority = tls::read_certificates(options.trusted->authority_pem());
      if (!authority.empty()) X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority[0].get());
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
      X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context_.get()), X509_V_FLAG_NO_CHECK_TIME);
    }
    ssl_.reset(SSL_new(context_.get()));
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_connect_state(ssl_.get());
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.protocols.data()),
                        static_cast<unsigned>(options.protocols.size()));
    if (!options.name.empty()) SSL_set_tlsext_host_name(ssl_.get(), options.name.c_str());
    step();
  }

  // What it has to send by now.
  std::string sends() {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out_, &bytes);
    std::string out(bytes, static_cast<std::size_t>(size));
    BIO_reset(out_);
    return out;
  }

  void hears(std::string_view bytes) {
    BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
    step();
  }

  void says(std::string_view text) { SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())); }
  void says_goodbye() { SSL_shutdown(ssl_.get()); }

  bool agreed() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  std::string subject() const {
    const tls::CertificatePtr leaf(SSL_get1_peer_certificate(ssl_.get()));
    char text[256] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(leaf.get()), NID_commonName, text, sizeof text);
    return text;
  }

  std::string heard;     // decrypted
  std::string failure;   // OpenSSL's words for the first one
  bool goodbye = false;  // the server has said that nothing more comes

 private:
  void step() {
    ERR_clear_error();
    if (!agreed()) {
      note(SSL_do_handshake(ssl_.get()));
      if (!agreed()) return;
    }
    for (char bytes[4096];;) {
      const int size = SSL_read(ssl_.get(), bytes, sizeof bytes);
      if (size <= 0) return note(size);
      heard.append(bytes, static_cast<std::size_t>(size));
    }
  }

  void note(int result) {
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_ZERO_RETURN) goodbye = true;
    if (error == SSL_ERROR_SSL && failure.empty()) failure = tls::last_error();
    ERR_clear_error();
  }

  tls::ContextPtr context_;
  tls::SslPtr ssl_;
  BIO* in_ = nullptr;  // ssl_'s
  BIO* out_ = nullptr;
};

// One for all tests, with a CA of 1970: it changes with no connection but for the certificates it keeps.
inline tls::Tls& test_tls() {
  static tls::Tls tls(tls::Authority{.identity = tls::make_authority(tls::Second{})}, {});
  return tls;
}

}  // namespace kinesisd::server::test
