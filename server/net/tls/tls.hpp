// TLS as the whole server has it: versions, protocols and certificates, and what to tell a person whose
// client fails. Knows no sockets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/net/tls/files.hpp"
#include "server/net/tls/leaves.hpp"
#include "server/net/tls/openssl.hpp"
#include "server/support/limits.hpp"

namespace kinesisd::server::tls {

class Tls {
 public:
  // Signs a certificate for each name clients ask for; `names` besides the default ones.
  Tls(Authority authority, const std::vector<Name>& names, const Limits& bounds = limits);
  // Presents the user's certificate, whatever clients ask for.
  Tls(Chain chain, const std::string& certificate_file, const ChainSettings& settings = {});
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // The server's side of one connection, before its first byte. Any thread.
  SslPtr accept();

  // The CA's certificate in PEM form; empty: the certificate is the user's.
  const std::string& authority_pem() const { return authority_pem_; }
  // What makes clients trust us, as the end of a sentence.
  const std::string& trust_advice() const { return trust_advice_; }

 private:
  static int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                             const unsigned char* offered, unsigned int offered_size, void*);
  static int check_name(SSL* ssl, int* alert, void*);
  static int present_certificate(SSL* ssl, void* self);

  ContextPtr context_;
  std::optional<Leaves> leaves_;
  std::string authority_pem_;
  std::string trust_advice_;
};

// Why a handshake failed and what to do, as one sentence about the client. `error` is OpenSSL's code.
std::string explain(unsigned long error, const Tls& tls);
// The same of a client that left without a word once it had the certificate.
std::string explain_silence(const Tls& tls);

}  // namespace kinesisd::server::tls
