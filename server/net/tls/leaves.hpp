// Certificates for the names clients ask for, signed when first asked for and kept while there is room.
#pragma once

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/net/tls/certificates.hpp"

namespace kinesisd::server::tls {

// Any thread may ask.
class Leaves {
 public:
  // Each certificate names `names`, which are not empty. Beyond `kept_max`, at least 1, the one signed first
  // makes room.
  Leaves(Identity authority, std::vector<Name> names, std::size_t kept_max);

  // For a client that asks for this host name; "" for one that asks for none. One reference is the caller's.
  CertificatePtr certificate_for(const std::string& host_name, Second now);

  // Of all of them, once there is one.
  EVP_PKEY& key() { return *key_; }
  std::size_t kept() const;

 private:
  struct Leaf {
    CertificatePtr certificate;
    Second made;
    std::list<std::string>::iterator place;
  };
  // A process that runs for years must not present a certificate that has ended.
  static constexpr std::chrono::hours signed_anew_after{30 * 24};

  CertificatePtr sign(const std::string& host_name, Second now) const;

  const Identity authority_;
  const std::vector<Name> names_;
  const std::size_t kept_max_;
  KeyPtr key_;  // made for the first: a start without TLS clients should not pay for it
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Leaf> leaves_;
  std::list<std::string> order_;  // as signed
};

}  // namespace kinesisd::server::tls
