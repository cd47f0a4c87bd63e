#include "server/app.hpp"

#include <fmt/core.h>
#include <pthread.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "server/credentials.hpp"
#include "server/kinesis_service.hpp"
#include "server/net/io_threads.hpp"
#include "server/net/listener.hpp"
#include "server/system_clock.hpp"
#include "server/tls/tls.hpp"
#include "storage/group_commit.hpp"
#include "storage/open.hpp"

namespace kinesisd::server {

namespace {

storage::StreamSettings stream_settings(const Settings& settings, const storage::Opened& database) {
  storage::StreamSettings streams;
  if (settings.transition_ms) {
    streams.transitions = {.end_when_observed = false, .after_ms = *settings.transition_ms};
  }
  streams.enforce_write_limits = settings.limits >= EnforcedLimits::writes;
  streams.observe_read_limits = settings.limits == EnforcedLimits::writes;
  streams.enforce_read_limits = settings.limits >= EnforcedLimits::data;
  streams.enforce_control_limits = settings.limits >= EnforcedLimits::all;
  streams.shard_limit = settings.shard_limit;
  streams.on_demand_limit = settings.on_demand_limit;
  streams.memory_bytes_max = settings.memory_mb << 20U;
  streams.records_on_disk = database.records_on_disk;
  return streams;
}

storage::DatabaseOptions database_options(const Settings& settings) {
  return {.path = settings.db.value_or(std::string()),
          .durability = settings.durability == Durability::full ? storage::Durability::full
                                                                : storage::Durability::process};
}

void await_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  int received = 0;
  sigwait(&signals, &received);
}

// Tests and scripts wait for these lines: each leaves the process as soon as it is said.
void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

tls::Second wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// A new CA, made while the database is opened. Not valid: none will be needed.
std::future<tls::Identity> begin_authority(const Settings& settings) {
  if (settings.tls == TlsMode::off || settings.tls_cert) return {};
  std::error_code ignored;
  if (settings.db && std::filesystem::exists(*settings.db + "-ca.key", ignored)) return {};
  return std::async(std::launch::async, [] { return tls::make_authority(wall_clock()); });
}

tls::Authority authority(const storage::Opened& database, std::future<tls::Identity> made) {
  const auto make = [&] { return made.valid() ? made.get() : tls::make_authority(wall_clock()); };
  if (database.path.empty()) return {.identity = make()};
  return database.temporary ? tls::temporary_authority(database.path, make())
                            : tls::keep_authority(database.path, wall_clock(), make);
}

// What clients are met with on TLS, and what is told of it.
struct Encryption {
  std::unique_ptr<tls::Tls> tls;  // nullptr: none
  own::Transport transport;
  std::string line;  // for whoever starts the server; empty: nothing
};

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

void announce(const Listener& listener, const storage::Opened& database, const Encryption& encryption) {
  if (database.temporary || !database.records_on_disk) say("Nothing is kept after exit; --db PATH keeps it.");
  if (!encryption.line.empty()) say(encryption.line);
  const char* scheme = encryption.transport.tls_only ? "https" : "http";
  for (const std::string& address : listener.addresses()) {
    say(fmt::format("Listening at {}://{}", scheme, address));
  }
}

int run(const Settings& settings, Log& log) {
  std::optional<Credentials> credentials;
  if (settings.credentials) {
    credentials = read_credentials(*settings.credentials);
    log.info("Signatures are verified; {} access keys of {} may call.", credentials->size(),
             *settings.credentials);
  }
  std::future<tls::Identity> made = begin_authority(settings);
  storage::Opened database = storage::open_database(database_options(settings));
  for (const std::string& warning : database.warnings) log.warn("{}", warning);

  storage::GroupCommit journal(*database.engine);
  GuardedStreams streams(stream_settings(settings, database), journal, database.key);
  SystemClock clock(database.newest);
  streams.with([&](storage::Streams& all) { all.restore(std::move(database.restored), clock.now()); });

  const Encryption encrypted = encryption(settings, database, std::move(made), log);
  RateLimits rates;
  KinesisService service({.streams = streams,
                          .journal = journal,
                          .clock = clock,
                          .log = log,
                          .read_records = [&](const auto& range) { return database.reader->read(range); },
                          .fallback = {.account = settings.account_id, .region = settings.region},
                          .rates = settings.limits == EnforcedLimits::all ? &rates : nullptr,
                          .credentials = credentials ? &*credentials : nullptr,
                          .transport = encrypted.transport});
  // Requests cut off at the end are destroyed with the threads, and refer to all above.
  IoThreads threads(settings.threads);
  Listener listener(threads, service, log, limits, encrypted.tls.get());
  listener.bind(settings.listen);

  journal.start(
      streams, clock, [&](storage::Settled news) { threads.settled(news); },
      [&](const std::string& what) { log.error("{}", what); });
  threads.start();
  listener.start();
  announce(listener, database, encrypted);

  await_signal();
  log.info("Stopping: finishing what is in flight.");
  if (!listener.shut_down()) log.warn("Some requests were still in flight and were cut off.");
  threads.stop();
  journal.stop();
  return 0;
}

}  // namespace

int serve(const Settings& settings) {
  Log log(settings.log_level, settings.log_format);
  try {
    return run(settings, log);
  } catch (const CredentialsError& refused) {
    fmt::print(stderr, "{}\n", refused.what());
  } catch (const storage::OpenError& refused) {
    fmt::print(stderr, "{}\n", refused.what());
  } catch (const tls::TlsError& refused) {
    fmt::print(stderr, "{}\n", refused.what());
  } catch (const ListenError& refused) {
    fmt::print(stderr, "{}\n", refused.what());
  }
  return 2;
}

}  // namespace kinesisd::server
