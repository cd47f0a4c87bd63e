#include "server/app/app.hpp"

#include <fmt/core.h>
#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <future>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/app/database_place.hpp"
#include "server/app/encryption.hpp"
#include "server/app/fresh_files.hpp"
#include "server/app/kinesis_service.hpp"
#include "server/auth/credentials.hpp"
#include "server/capture/capture.hpp"
#include "server/document/value.hpp"
#include "server/faults/read_rules.hpp"
#include "server/faults/rule_book.hpp"
#include "server/net/io_threads.hpp"
#include "server/net/listener.hpp"
#include "server/net/tls/tls.hpp"
#include "server/settings/dropin/init_scripts.hpp"
#include "server/startup/carry_out.hpp"
#include "server/startup/dropin_plan.hpp"
#include "server/startup/read_plan.hpp"
#include "server/support/counted.hpp"
#include "server/support/service_clock.hpp"
#include "storage/journal/group_commit.hpp"
#include "storage/model/random.hpp"
#include "storage/open.hpp"
#include "storage/state/state.hpp"
#include "storage/state/strict.hpp"

namespace kinesisd::server {

namespace {

storage::StreamSettings stream_settings(const Settings& settings, const storage::Opened& database,
                                        std::shared_ptr<storage::Strict> strict) {
  storage::StreamSettings streams;
  streams.transitions = settings.transitions;
  streams.enforce_write_limits = settings.limits >= EnforcedLimits::writes;
  streams.observe_read_limits = settings.limits == EnforcedLimits::writes;
  streams.enforce_read_limits = settings.limits >= EnforcedLimits::data;
  streams.enforce_control_limits = settings.limits >= EnforcedLimits::all;
  streams.shard_limit = settings.shard_limit;
  streams.on_demand_limit = settings.on_demand_limit;
  streams.memory_bytes_max = settings.memory_mb << 20U;
  streams.records_on_disk = database.records_on_disk;
  streams.counted_numbers = settings.seed.has_value();
  streams.strict = std::move(strict);
  return streams;
}

std::optional<std::uint64_t> seed_of(const Settings& settings) {
  return settings.seed ? std::optional(static_cast<std::uint64_t>(*settings.seed)) : std::nullopt;
}

storage::DatabaseOptions database_options(const Settings& settings) {
  return {.path = settings.db.value_or(std::string()),
          .durability = settings.durability == Durability::full ? storage::Durability::full
                                                                : storage::Durability::process,
          .seed = seed_of(settings)};
}

storage::ClockState begin_time(const Settings& settings, const storage::Opened& database, Log& log) {
  ClockStart start{.at = settings.start_time, .frozen = {}};
  if (settings.clock) start.frozen = *settings.clock == ClockMode::frozen;
  const Beginning begins = begin_time(start, database.restored.clock, database.newest, wall_time());
  if (!begins.line.empty()) log.info("{}", begins.line);
  return begins.state;
}

void await_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  int received = 0;
  sigwait(&signals, &received);
}

// Tests and scripts wait for these lines: each leaves the process as soon as it is said, whatever the level
// of the log.
class Announcement {
 public:
  explicit Announcement(LogFormat format) {
    if (format == LogFormat::json) json_.emplace(LogLevel::info, format, std::cout);
  }

  void say(const std::string& line) {
    if (json_) return json_->write(LogLevel::info, line);
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }

 private:
  std::optional<Log> json_;
};

std::vector<faults::Rule> fault_rules(const Settings& settings) {
  std::vector<faults::Rule> rules;
  if (settings.faults) rules = faults::rules_from(document::read_file(*settings.faults, "--faults"));
  const std::string more = dropin::fault_rules(settings.wishes);
  if (!more.empty()) {
    for (faults::Rule& rule : faults::rules_from(document::parse_json(more)))
      rules.push_back(std::move(rule));
  }
  return rules;
}

std::optional<Credentials> verified_by(const Settings& settings, Log& log) {
  if (!settings.credentials) return std::nullopt;
  Credentials credentials = read_credentials(*settings.credentials);
  log.info("Signatures are verified; {} of {} may call.", counted(credentials.size(), "access key"),
           *settings.credentials);
  return credentials;
}

startup::Plan planned(const Settings& settings) {
  startup::Plan plan;
  for (const std::string& path : settings.init) {
    startup::read_plan(document::read_file(path, "--init"),
                       {.account = settings.account_id, .region = settings.region}, settings.worlds, plan);
  }
  dropin::plan_streams(settings, plan);
  return plan;
}

// After all that can be refused without touching the database.
storage::Opened opened(const Settings& settings, Log& log) {
  Listener::check(settings.listen);
  check_certificate(settings);
  storage::Opened database = storage::open_database(database_options(settings));
  for (const std::string& warning : database.warnings) log.warn("{}", warning);
  return database;
}

std::unique_ptr<capture::Capture> capture_of(const Settings& settings, Log& log) {
  return settings.capture ? std::make_unique<capture::Capture>(*settings.capture, log) : nullptr;
}

// All parts, each after what it refers to. The constructor leaves nothing running; what it throws has left
// nothing behind.
class App {
 public:
  App(const Settings& settings, Log& log);
  void start();
  int stop();  // gives the exit code

 private:
  void carry_out_plan();
  KinesisService::Parts service_parts();
  void keep_time();
  std::vector<storage::RecordPtr> read(const storage::DiskRange& range);
  void announce() const;

  const Settings& settings_;
  Log& log_;
  storage::Random random_;
  std::shared_ptr<storage::Strict> strict_;  // nullptr: without --strict
  faults::RuleBook faults_;
  std::optional<Credentials> credentials_;
  startup::Plan plan_;
  std::vector<faults::Rule> rules_;       // of --faults
  std::future<tls::Identity> authority_;  // in the making
  std::vector<std::string> absent_files_;
  storage::Opened database_;
  FreshFiles fresh_files_;
  const storage::ClockState stored_time_;
  const storage::ClockState time_;  // as it begins
  ServiceClock clock_;
  storage::Random request_ids_;
  metrics::Metrics metrics_;
  metrics::MeasuredEngine engine_;
  storage::GroupCommit journal_;
  GuardedState streams_;
  Encryption encryption_;
  RateLimits rates_;
  std::unique_ptr<capture::Capture> capture_;  // nullptr: nothing is recorded
  own::Readiness readiness_;
  dropin::InitScripts scripts_;
  Cors cors_;
  std::optional<Forwarding> forwarding_;  // unset: without --forward
  KinesisService service_;
  // Requests cut off at the end are destroyed with the threads, and refer to all above.
  IoThreads threads_;
  Listener listener_;
};

App::App(const Settings& settings, Log& log)
    : settings_(settings),
      log_(log),
      random_(seed_of(settings)),
      strict_(settings.strict ? std::make_shared<storage::Strict>(random_.fork("strict")) : nullptr),
      faults_(random_.fork("faults")),
      credentials_(verified_by(settings, log)),
      plan_(planned(settings)),
      rules_(fault_rules(settings)),
      authority_(begin_authority(settings)),
      absent_files_(FreshFiles::absent(settings.db)),
      database_(opened(settings, log)),
      fresh_files_(std::move(absent_files_)),
      stored_time_(database_.restored.clock),
      time_(begin_time(settings, database_, log)),
      clock_(time_, database_.newest),
      request_ids_(random_.fork("request ids")),
      metrics_(settings.threads),
      engine_(*database_.engine, metrics_.commits),
      journal_(engine_),
      streams_(stream_settings(settings, database_, strict_), journal_, database_.key,
               random_.fork("tokens")),
      encryption_(encryption(settings, database_, std::move(authority_), log)),
      capture_(capture_of(settings, log)),
      scripts_(settings.wishes.scripts_reported),
      cors_(settings.cors_origins, log),
      service_(service_parts()),
      threads_(settings.threads),
      listener_(threads_, service_, log, limits, encryption_.tls.get()) {
  database_.restored.clock = time_;
  faults_.add(std::move(rules_), clock_.now());
  streams_.with(
      [&](storage::State& state) { storage::restore(state, std::move(database_.restored), clock_.now()); });
  listener_.bind(settings.listen);
  keep_time();
  carry_out_plan();
}

// Nobody is answered before it is done.
void App::carry_out_plan() {
  if (plan_.empty()) return;
  streams_.with([&](storage::State& state) { startup::carry_out(plan_, state, clock_.now()); });
  journal_.attach(streams_, clock_, [](storage::Settled /*news*/) {}, {});
  try {
    journal_.commit_waiting();
  } catch (const std::exception& error) {
    throw document::Problem(fmt::format(
        "What is to be there at start cannot be written: {}; make room, or name another file with --db.",
        error.what()));
  }
  log_.info("What is to be there at start is there: {}.", counted(plan_.streams.size(), "stream"));
  plan_ = {};
}

KinesisService::Parts App::service_parts() {
  if (!settings_.forward.empty()) forwarding_.emplace(settings_.forward);
  return {.streams = streams_,
          .journal = journal_,
          .clock = clock_,
          .random = request_ids_,
          .log = log_,
          .read_records = [this](const auto& range) { return read(range); },
          .fallback = {.account = settings_.account_id, .region = settings_.region},
          .worlds = settings_.worlds,
          .rates = settings_.limits == EnforcedLimits::all ? &rates_ : nullptr,
          .credentials = credentials_ ? &*credentials_ : nullptr,
          .transport = encryption_.transport,
          .admin = {settings_.admin, settings_.admin_hosts},
          .cors = &cors_,
          .metrics = &metrics_,
          .capture = capture_.get(),
          .readiness = &readiness_,
          .faults = &faults_,
          .strict = strict_.get(),
          .scripts = &scripts_,
          .forwarding = forwarding_ ? &*forwarding_ : nullptr};
}

std::vector<storage::RecordPtr> App::read(const storage::DiskRange& range) {
  auto records = database_.reader->read(range);
  metrics_.disk_reads.reads.add();
  metrics_.disk_reads.records.add(records.size());
  for (const auto& record : records) metrics_.disk_reads.bytes.add(record->size_bytes());
  return records;
}

void App::start() {
  // What can fail comes before the journal, which must not outlive the streams.
  threads_.start();
  journal_.start(
      streams_, clock_, [this](storage::Settled news) { threads_.settled(news); },
      [this](const std::string& what) { log_.error("{}", what); });
  journal_.wake();
  listener_.start();
  fresh_files_.keep();
  readiness_.set_started();
  announce();
}

// Handed to the journal before anything else.
void App::keep_time() {
  if (time_ == stored_time_) return;
  streams_.with([&](storage::State& state) {
    const storage::ClockChanged change = clock_.restate();
    if (!storage::change_clock(state, change)) clock_.settle(change, false);
  });
}

void App::announce() const {
  Announcement announcement(settings_.log_format);
  const auto say = [&](const std::string& line) { announcement.say(line); };
  if (database_.temporary || !database_.records_on_disk) {
    say("Nothing is kept after exit; --db PATH keeps it.");
  }
  if (!encryption_.line.empty()) say(encryption_.line);
  const char* scheme = encryption_.transport.tls_only ? "https" : "http";
  for (const std::string& address : listener_.addresses()) {
    say(fmt::format("Listening at {}://{}", scheme, address));
  }
  for (const std::string& line : settings_.wishes.lines) say(line);
  say("Ready.");
}

int App::stop() {
  log_.info("Stopping: finishing what is in flight.");
  faults_.stop();
  if (!listener_.shut_down()) log_.warn("Some requests were still in flight and were cut off.");
  threads_.stop();
  return journal_.stop() ? 0 : exit_unfinished;
}

}  // namespace

int serve(const Settings& given) {
  Log log(given.log_level, given.log_format);
  try {
    for (const std::string& warning : given.wishes.warnings) log.warn("{}", warning);
    const DatabasePlace place = database_place(given);
    for (const std::string& warning : place.warnings) log.warn("{}", warning);
    Settings settings = given;
    settings.db = place.db;
    App app(settings, log);
    app.start();
    await_signal();
    return app.stop();
  } catch (const CredentialsError& refused) {
    fmt::print(stderr, "{}\n", refused.what());
  } catch (const document::Problem& refused) {
    fmt::print(stderr, "{}\n", refused.what());
  } catch (const ClockError& refused) {
    fmt::print(stderr, "{}\n", refused.what());
  } catch (const capture::CaptureError& refused) {
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
