#include "server/net/tls/tls.hpp"

#include <fmt/core.h>

#include <chrono>
#include <string_view>
#include <utility>

namespace kinesisd::server::tls {

namespace {

Second now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// Whatever this machine's OpenSSL is configured to do: what clients meet here must not depend on it.
ContextPtr make_context() {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  ContextPtr context(require(SSL_CTX_new(TLS_server_method()), "TLS"));
  require(static_cast<int>(SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION)), "TLS 1.2");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Clients keep their sessions themselves, in tickets: a cache here would only take memory.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

bool is_address(std::string_view text) {
  const auto name = parse_name(text);
  return name && !name->address.empty();
}

}  // namespace

Tls::Tls(Authority authority, const std::vector<Name>& names, const Limits& bounds)
    : context_(make_context()),
      authority_pem_(pem(*authority.identity.certificate)),
      trust_advice_(
          authority.file.empty()
              ? std::string("let it trust the CA at /_kinesisd/ca.pem")
              : fmt::format("let it trust the CA at /_kinesisd/ca.pem, for example with AWS_CA_BUNDLE={}",
                            authority.file)) {
  leaves_.emplace(std::move(authority.identity), default_names(names), bounds.tls_certificates);
  SSL_CTX_set_alpn_select_cb(context_.get(), choose_protocol, nullptr);
  SSL_CTX_set_tlsext_servername_callback(context_.get(), check_name);
  SSL_CTX_set_cert_cb(context_.get(), present_certificate, this);
}

Tls::Tls(Chain chain, const std::string& certificate_file, const ChainSettings& settings)
    : context_(make_context()),
      trust_advice_(
          fmt::format("let it trust who signed {}, or ask for a name that stands in it", certificate_file)) {
  const auto use = [&](int result) {
    if (result != 1) {
      throw TlsError(fmt::format("{}{} cannot be used: {}; name another certificate and its key.",
                                 settings.certificate, certificate_file, last_error()));
    }
  };
  use(SSL_CTX_use_certificate(context_.get(), chain.identity.certificate.get()));
  use(SSL_CTX_use_PrivateKey(context_.get(), chain.identity.key.get()));
  for (const CertificatePtr& issuer : chain.issuers) {
    use(static_cast<int>(SSL_CTX_add1_chain_cert(context_.get(), issuer.get())));
  }
  SSL_CTX_set_alpn_select_cb(context_.get(), choose_protocol, nullptr);
}

SslPtr Tls::accept() {
  SslPtr ssl(require(SSL_new(context_.get()), "TLS"));
  SSL_set_accept_state(ssl.get());
  return ssl;
}

// The best we have of what the client offers, whatever it likes best: HTTP/2, which fan-out wants.
int Tls::choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                         const unsigned char* offered, unsigned int offered_size, void*) {
  const std::string_view all(reinterpret_cast<const char*>(offered), offered_size);
  for (const std::string_view ours : {"h2", "http/1.1"}) {
    for (std::size_t at = 0; at < all.size(); at += 1 + static_cast<unsigned char>(all[at])) {
      const std::size_t size = static_cast<unsigned char>(all[at]);
      if (all.substr(at + 1, size) != ours) continue;
      *chosen = offered + at + 1;
      *chosen_size = static_cast<unsigned char>(size);
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int Tls::check_name(SSL* ssl, int* alert, void*) {
  const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (asked == nullptr || host_name(asked) || is_address(asked)) return SSL_TLSEXT_ERR_OK;
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// OpenSSL calls this from C: nothing may be thrown through it.
int Tls::present_certificate(SSL* ssl, void* self) {
  Leaves& leaves = *static_cast<Tls*>(self)->leaves_;
  const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  try {
    const auto name = host_name(asked == nullptr ? "" : asked);
    const CertificatePtr leaf = leaves.certificate_for(name.value_or(""), now());
    return SSL_use_cert_and_key(ssl, leaf.get(), &leaves.key(), nullptr, 1);
  } catch (const std::exception&) {
    return 0;
  }
}

}  // namespace kinesisd::server::tls
