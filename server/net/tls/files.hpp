// The files of certificates and keys: those the user gives, and the server's own CA beside its database.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/net/tls/certificates.hpp"
#include "server/net/tls/error.hpp"

namespace kinesisd::server::tls {

// A certificate with its key and those that signed it.
struct Chain {
  Identity identity;
  std::vector<CertificatePtr> issuers;
};

// What stands before the names of files in sentences: the settings that named them.
struct ChainSettings {
  std::string certificate = "--tls-cert ";
  std::string key = "--tls-key ";
};

// Reads a certificate, those that signed it, and its key. Throws TlsError.
Chain read_chain(const std::string& certificate_file, const std::string& key_file,
                 const ChainSettings& settings = {});

// The server's own CA.
struct Authority {
  Identity identity;
  std::string file = {};     // holds the certificate; absolute; empty: none could be written
  std::string warning = {};  // a sentence for the log, or empty
};

// A new CA from somewhere; called once at most.
using MakeAuthority = std::function<Identity()>;

// The CA of a database that is kept: read from the files beside it, or made and written there.
// DATABASE-ca.pem is the certificate, for clients; DATABASE-ca.key is key and certificate, for the user who
// runs the server alone. Throws TlsError if they are there but are not what was written.
Authority keep_authority(const std::string& database, Second now, const MakeAuthority& make);

// A new CA whose certificate alone is written, to DATABASE-ca.pem.
Authority temporary_authority(const std::string& database, Identity made);

}  // namespace kinesisd::server::tls
