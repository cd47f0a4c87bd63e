#include "server/encryption.hpp"

#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace kinesisd::server {

namespace {

tls::Second wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

tls::Authority authority(const storage::Opened& database, std::future<tls::Identity> made) {
  const auto make = [&] { return made.valid() ? made.get() : tls::make_authority(wall_clock()); };
  if (database.path.empty()) return {.identity = make()};
  return database.temporary ? tls::temporary_authority(database.path, make())
                            : tls::keep_authority(database.path, wall_clock(), make);
}

}  // namespace

void check_certificate(const Settings& settings) {
  if (settings.tls != TlsMode::off && settings.tls_cert) {
    tls::Tls(tls::read_chain(*settings.tls_cert, *settings.tls_key), *settings.tls_cert);
  }
}

std::future<tls::Identity> begin_authority(const Settings& settings) {
  if (settings.tls == TlsMode::off || settings.tls_cert) return {};
  std::error_code ignored;
  if (settings.db && std::filesystem::exists(*settings.db + "-ca.key", ignored)) return {};
  return std::async(std::launch::async, [] { return tls::make_authority(wall_clock()); });
}

Encryption encryption(const Settings& settings, const storage::Opened& database,
                      std::future<tls::Identity> made, Log& log) {
  Encryption out;
  out.transport.tls_only = settings.tls == TlsMode::only;
  if (settings.tls == TlsMode::off) return out;
  if (settings.tls_cert) {
    out.tls = std::make_unique<tls::Tls>(tls::read_chain(*settings.tls_cert, *settings.tls_key),
                                         *settings.tls_cert);
    out.transport.no_authority =
        fmt::format("The certificate is that of --tls-cert {}; trust whoever signed it.", *settings.tls_cert);
    out.line = fmt::format("Also https:// with the certificate of {}.", *settings.tls_cert);
    return out;
  }
  std::vector<tls::Name> names;
  for (const std::string& name : settings.tls_names) names.push_back(*tls::parse_name(name));
  tls::Authority ours = authority(database, std::move(made));
  if (!ours.warning.empty()) log.warn("{}", ours.warning);
  out.line = ours.file.empty()
                 ? std::string("Also https:// for clients that trust the CA at /_kinesisd/ca.pem.")
                 : fmt::format("Also https:// for clients with AWS_CA_BUNDLE={}", ours.file);
  out.tls = std::make_unique<tls::Tls>(std::move(ours), names);
  out.transport.authority_pem = out.tls->authority_pem();
  return out;
}

}  // namespace kinesisd::server
