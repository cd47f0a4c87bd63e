// OpenSSL's objects as owned pointers, and its errors as exceptions. Knows nothing of what they are for.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace kinesisd::server::tls {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Freed<SSL_free>>;

// A bug, or no memory: nothing of what is made here depends on the user.
struct OpensslError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Forgets the error of the calling thread and says it in OpenSSL's words.
inline std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

// Throws OpensslError unless OpenSSL said 1 or gave an object.
inline void require(int result, const char* what) {
  if (result <= 0) throw OpensslError(std::string(what) + ": " + last_error());
}
template <class T>
T* require(T* object, const char* what) {
  if (object == nullptr) throw OpensslError(std::string(what) + ": " + last_error());
  return object;
}

}  // namespace kinesisd::server::tls
