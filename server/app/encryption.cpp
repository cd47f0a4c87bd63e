#include "server/app/encryption.hpp"

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

// As the user named the files of the certificate and its key.
tls::ChainSettings chain_settings(const Settings& settings) {
  tls::ChainSettings out;
  const std::string& variable_file = settings.wishes.certificate;
  if (variable_file.empty()) return out;
  if (settings.tls_cert == variable_file) out.certificate = "CUSTOM_SSL_CERT_PATH=";
  if (settings.tls_key == variable_file) out.key = "CUSTOM_SSL_CERT_PATH=";
  return out;
}

// There has to be one.
std::unique_ptr<tls::Tls> given_certificate(const Settings& settings) {
  const tls::ChainSettings names = chain_settings(settings);
  return std::make_unique<tls::Tls>(tls::read_chain(*settings.tls_cert, *settings.tls_key, names),
                                    *settings.tls_cert, names);
}

}  // namespace

void check_certificate(const Settings& settings) {
  if (settings.tls != TlsMode::off && settings.tls_cert) given_certificate(settings);
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
    out.tls = given_certificate(settings);
    out.transport.no_authority = fmt::format("The certificate is that of {}{}; trust whoever signed it.",
                                             chain_settings(settings).certificate, *settings.tls_cert);
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
