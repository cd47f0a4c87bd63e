#include <fmt/core.h>
#include <openssl/sslerr.h>

#include <array>

#include "server/net/tls/tls.hpp"

namespace kinesisd::server::tls {

namespace {

constexpr int from_alert(int alert) {
  return SSL_AD_REASON_OFFSET + alert;
}

// What clients say when they do not like our certificate. Which of these it is depends on the client more
// than on the reason.
constexpr std::array distrust{
    from_alert(SSL_AD_UNKNOWN_CA),          from_alert(SSL_AD_BAD_CERTIFICATE),
    from_alert(SSL_AD_CERTIFICATE_UNKNOWN), from_alert(SSL_AD_UNSUPPORTED_CERTIFICATE),
    from_alert(SSL_AD_CERTIFICATE_EXPIRED), from_alert(SSL_AD_CERTIFICATE_REVOKED),
};

struct Cause {
  int reason;
  const char* sentence;
};

constexpr std::array causes{
    Cause{SSL_R_UNSUPPORTED_PROTOCOL,
          "it speaks TLS 1.1 or older, and TLS 1.2 and 1.3 are served: use a newer client, or http://"},
    Cause{SSL_R_VERSION_TOO_LOW,
          "it speaks TLS 1.1 or older, and TLS 1.2 and 1.3 are served: use a newer client, or http://"},
    Cause{SSL_R_NO_APPLICATION_PROTOCOL,
          "it offers neither h2 nor http/1.1 (ALPN): let it offer one of them, or nothing"},
    Cause{SSL_R_NO_SHARED_CIPHER,
          "it has no cipher in common with this server: let it offer those of TLS 1.3"},
    Cause{SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
          "it takes no signature the certificate can make: give another with --tls-cert and --tls-key"},
    Cause{
        SSL_R_CALLBACK_FAILED,
        "it asks for a name that no host can have (SNI): let it use one of letters, digits, dots and dashes"},
    Cause{
        SSL_R_BAD_EXTENSION,
        "it asks for a name that no host can have (SNI): let it use one of letters, digits, dots and dashes"},
    Cause{SSL_R_HTTP_REQUEST, "it speaks HTTP without TLS: use http://"},
    Cause{SSL_R_WRONG_VERSION_NUMBER, "what it sends is not TLS: see what it is and where it should go"},
};

}  // namespace

std::string explain(unsigned long error, const Tls& tls) {
  const int reason = ERR_GET_REASON(error);
  for (const int alert : distrust) {
    if (reason == alert) return fmt::format("it does not trust the certificate: {}", tls.trust_advice());
  }
  for (const Cause& cause : causes) {
    if (reason == cause.reason) return cause.sentence;
  }
  const char* words = ERR_reason_error_string(error);
  return fmt::format("{}: if it should speak TLS, try curl -v --insecure to see how far that comes",
                     words == nullptr ? "what it sends is not TLS" : words);
}

std::string explain_silence(const Tls& tls) {
  return fmt::format(
      "it left when it had seen the certificate, which is how Node.js shows that it does not trust that: {} "
      "(Node.js: NODE_EXTRA_CA_CERTS)",
      tls.trust_advice());
}

}  // namespace kinesisd::server::tls
