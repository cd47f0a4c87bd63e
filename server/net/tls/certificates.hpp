// Makes the keys and certificates of the server and reads and writes them as PEM. Pure but for random
// numbers: the time is an argument, and no file is touched.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/tls/names.hpp"
#include "server/net/tls/openssl.hpp"

namespace kinesisd::server::tls {

using Second = std::chrono::sys_seconds;

// A key and the certificate for it.
struct Identity {
  KeyPtr key;
  CertificatePtr certificate;
};

// Clients' clocks may be behind ours.
inline constexpr std::chrono::hours backdated{24};
inline constexpr std::chrono::hours authority_lifetime{10 * 365 * 24};
// Apple's clients take no more than 825 days of a private CA.
inline constexpr std::chrono::hours leaf_lifetime{800 * 24};

KeyPtr make_key();  // ECDSA P-256

// A CA that may sign servers' certificates and nothing else.
Identity make_authority(Second now);

// A certificate for `key` that names `names`, in this order, the first also as its subject. Not empty.
CertificatePtr make_leaf(const Identity& authority, EVP_PKEY& key, const std::vector<Name>& names,
                         Second now);

// Whether it will still be valid after `margin`.
bool valid_until(X509& certificate, Second time);

std::string pem(X509& certificate);
std::string pem(EVP_PKEY& key);

// nullopt (or null): there is none in the text.
KeyPtr read_key(std::string_view text);
std::vector<CertificatePtr> read_certificates(std::string_view text);

// Whether the certificate is for this key.
bool belong_together(const Identity& identity);

}  // namespace kinesisd::server::tls
