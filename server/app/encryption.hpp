// What clients on TLS are met with: the certificate of the settings, or a CA of the server's own. Glue
// between the settings, the database's folder and server/net/tls.
#pragma once

#include <future>
#include <memory>
#include <string>

#include "server/admin/transport.hpp"
#include "server/net/tls/tls.hpp"
#include "server/settings/config.hpp"
#include "server/support/log.hpp"
#include "storage/open.hpp"

namespace kinesisd::server {

struct Encryption {
  std::unique_ptr<tls::Tls> tls;  // nullptr: none
  own::Transport transport;
  std::string line;  // for whoever starts the server; empty: nothing
};

// Throws the tls::TlsError that `encryption` would throw for the certificate of the settings.
void check_certificate(const Settings& settings);

// A new CA, made while the database is opened. Not valid: none will be needed.
std::future<tls::Identity> begin_authority(const Settings& settings);

// `made`: of begin_authority. Throws tls::TlsError.
Encryption encryption(const Settings& settings, const storage::Opened& database,
                      std::future<tls::Identity> made, Log& log);

}  // namespace kinesisd::server
