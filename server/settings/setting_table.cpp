#include "server/settings/setting_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <thread>

#include "server/http/cors.hpp"
#include "server/http/web_origin.hpp"
#include "server/net/address.hpp"
#include "server/net/tls/names.hpp"
#include "server/settings/setting_stores.hpp"
#include "server/settings/transition_times.hpp"
#include "server/support/account_id.hpp"
#include "server/support/instant.hpp"
#include "server/support/service_clock.hpp"

namespace kinesisd::server {

namespace {

using Values = SettingValues;
using Advice = SettingAdvice;

constexpr std::string_view automatic = "auto";
constexpr std::string_view unlimited = "unlimited";
constexpr std::int64_t threads_max = 64;
constexpr std::int64_t memory_mb_min = 8;
constexpr std::int64_t memory_mb_max = 1 << 20;
constexpr std::int64_t resources_max = 1'000'000'000;
constexpr std::size_t region_letters_max = 63;

constexpr std::array durabilities{Choice<Durability>{"process", Durability::process},
                                  Choice<Durability>{"full", Durability::full}};
constexpr std::array enforced_limits{Choice<EnforcedLimits>{"off", EnforcedLimits::off},
                                     Choice<EnforcedLimits>{"writes", EnforcedLimits::writes},
                                     Choice<EnforcedLimits>{"data", EnforcedLimits::data},
                                     Choice<EnforcedLimits>{"all", EnforcedLimits::all}};
constexpr std::array tls_modes{Choice<TlsMode>{"off", TlsMode::off}, Choice<TlsMode>{"on", TlsMode::on},
                               Choice<TlsMode>{"only", TlsMode::only}};
constexpr std::array clock_modes{Choice<ClockMode>{"running", ClockMode::running},
                                 Choice<ClockMode>{"frozen", ClockMode::frozen}};
constexpr std::array worlds{Choice<Worlds>{"account", Worlds::account}, Choice<Worlds>{"key", Worlds::key},
                            Choice<Worlds>{"one", Worlds::one}};
constexpr std::array admin_peers{Choice<AdminPeers>{"loopback", AdminPeers::loopback},
                                 Choice<AdminPeers>{"any", AdminPeers::any},
                                 Choice<AdminPeers>{"off", AdminPeers::off}};
constexpr std::array log_levels{
    Choice<LogLevel>{"debug", LogLevel::debug}, Choice<LogLevel>{"info", LogLevel::info},
    Choice<LogLevel>{"warn", LogLevel::warn}, Choice<LogLevel>{"error", LogLevel::error}};
constexpr std::array log_formats{Choice<LogFormat>{"text", LogFormat::text},
                                 Choice<LogFormat>{"json", LogFormat::json}};

constexpr std::string_view pem_file = "a PEM file";
constexpr std::string_view capture_file = "a file to append to";
constexpr std::string_view credentials_file = "a file of AWS credentials";
constexpr std::string_view rules_file = "a file of rules of trouble on demand";
constexpr std::string_view mounted_folder = "a folder";
constexpr std::string_view database_file = "a file, or :memory:";

Advice store_listen(Settings& settings, const Values& values) {
  for (const std::string& value : values) {
    if (!parse_listen_address(value)) {
      return "choose ADDR:PORT, such as 127.0.0.1:4567, [::1]:4567 or localhost:4567";
    }
  }
  settings.listen = values;
  return std::nullopt;
}

Advice store_init(Settings& settings, const Values& values) {
  for (const std::string& value : values) {
    if (value.empty()) return "choose the path of a start-up file";
  }
  settings.init = values;
  return std::nullopt;
}

Advice store_start_time(Settings& settings, const Values& values) {
  settings.start_time = commands::parse_instant(values.front());
  if (settings.start_time && *settings.start_time >= time_min) return std::nullopt;
  return "choose a date or time from 2000 on, such as 2026-01-31 or 2026-01-31T12:00:00Z";
}

Advice store_clock(Settings& settings, const Values& values) {
  settings.clock = ClockMode::running;
  return choose(*settings.clock, values.front(), clock_modes);
}

Advice store_seed(Settings& settings, const Values& values) {
  constexpr std::int64_t seed_max = std::numeric_limits<std::int64_t>::max();
  settings.seed = number_between(values.front(), 0, seed_max);
  if (settings.seed) return std::nullopt;
  return fmt::format("choose a number from 0 to {}", seed_max);
}

Advice store_transitions(Settings& settings, const Values& values) {
  const auto transitions = parse_transitions(values.front());
  if (!transitions) return std::string(transitions_advice());
  settings.transitions = *transitions;
  return std::nullopt;
}

Advice store_account_id(Settings& settings, const Values& values) {
  const std::string& text = values.front();
  if (!is_account_id(text)) return "choose 12 digits";
  settings.account_id = text;
  return std::nullopt;
}

Advice store_region(Settings& settings, const Values& values) {
  const std::string& text = values.front();
  const bool word = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (text.empty() || text.size() > region_letters_max || !word) return "choose a region such as us-east-1";
  settings.region = text;
  return std::nullopt;
}

Advice store_threads(Settings& settings, const Values& values) {
  std::optional<std::int64_t> count = number_between(values.front(), 1, threads_max);
  if (values.front() == automatic) {
    // The journal's thread is as busy as any of these; with one more than fits they take turns.
    const std::int64_t cores = std::thread::hardware_concurrency();
    count = std::clamp<std::int64_t>(cores - 1, 1, threads_max);
  }
  if (!count) return fmt::format("choose a number from 1 to {}", threads_max);
  settings.threads = static_cast<std::size_t>(*count);
  return std::nullopt;
}

Advice store_tls_names(Settings& settings, const Values& values) {
  for (const std::string& value : values) {
    if (!tls::parse_name(value)) return "choose a host name such as kinesis.test or *.test, or an address";
  }
  settings.tls_names = values;
  return std::nullopt;
}

Advice store_admin_hosts(Settings& settings, const Values& values) {
  settings.admin_hosts.clear();
  for (const std::string& value : values) {
    const auto host = tls::host_name(value);
    if (!host) return "choose a host name without a port, such as kinesis.test";
    settings.admin_hosts.push_back(*host);
  }
  return std::nullopt;
}

Advice store_cors_origins(Settings& settings, const Values& values) {
  settings.cors_origins.clear();
  for (const std::string& value : values) {
    const auto origin = value == every_origin ? std::optional(value) : parse_origin(value);
    if (!origin) return "choose an origin such as https://app.test:8443, without a path, or * for all";
    settings.cors_origins.push_back(*origin);
  }
  return std::nullopt;
}

Advice store_forward(Settings& settings, const Values& values) {
  settings.forward.clear();
  for (const std::string& value : values) {
    auto target = foreign::parse_forward_target(value);
    if (!target) return "choose SERVICE=http://HOST:PORT, such as dynamodb=http://localhost:8000";
    if (target->service == "kinesis") return "Kinesis is served here; name another service";
    if (foreign::find_target(settings.forward, target->service) != nullptr) {
      return fmt::format("name {} once", target->service);
    }
    settings.forward.push_back(*std::move(target));
  }
  return std::nullopt;
}

constexpr Setting table[] = {
    {"listen", "ADDR:PORT", "localhost:4567",
     "Where to listen; repeatable. localhost is 127.0.0.1 and [::1]; port 0 is any free one.", store_listen,
     true},
    {"db", "PATH", "",
     "Where to keep everything. Without it nothing is kept after exit; :memory: uses no disk.",
     store_path<&Settings::db, database_file>},
    {"init", "FILE", "",
     "A TOML file of streams that are to be there at start, with all they have; repeatable.", store_init,
     true},
    {"db-if-mounted", "FOLDER", "",
     "Keep everything in FOLDER/kinesisd.db if something is mounted there, and --db says nothing.",
     store_path<&Settings::db_if_mounted, mounted_folder>},
    {"durability", "process|full", "process",
     "What an answered write survives: the end of the process, or also the loss of power.",
     store_choice<&Settings::durability, durabilities>},
    {"limits", "off|writes|data|all", "writes",
     "What is refused as on AWS. writes: beyond 1,000 records/s and 1 MiB/s per shard; data: and reads "
     "beyond 5 GetRecords/s, 2 MB/s and 5 GetShardIterator/s, and 2 MB/s per subscription; all: and beyond "
     "the control plane's rates, 24-hour quotas and 5 CREATING or DELETING streams.",
     store_choice<&Settings::limits, enforced_limits>},
    {"start-time", "TIME", "",
     "When the service's time begins in a new database, such as 2026-01-31T12:00:00Z, also in the past; "
     "without it, now.",
     store_start_time},
    {"clock", "running|frozen", "",
     "Whether the service's time moves by itself or only by /_kinesisd/clock; without it as the database "
     "has it, and running in a new one.",
     store_clock},
    {"seed", "N", "",
     "Makes request ids, sequence numbers and whatever is random come again with the same number. Iterators "
     "carry the time and need --start-time and --clock frozen as well.",
     store_seed},
    {"transition-ms", "auto|TIME[,KIND=TIME]...", "auto",
     "How long CREATING, UPDATING and DELETING last: 2s, or 2000 as it stands. auto: until seen, 500 ms at "
     "most. Kinds that differ "
     "stand behind it: create, delete, update, or one of update's: split, merge, scale, mode, "
     "start-encryption, stop-encryption; register-consumer, deregister-consumer.",
     store_transitions},
    {"account-id", "DIGITS", "000000000000", "The account of callers whose access key id is not 12 digits.",
     store_account_id},
    {"region", "NAME", "us-east-1", "The region of callers whose credentials name none.", store_region},
    {"worlds", "account|key|one", "account",
     "What gives callers streams of their own, besides the region. account: an access key id of 12 digits; "
     "key: every access key id; one: nothing, and the region neither.",
     store_choice<&Settings::worlds, worlds>},
    {"shard-limit", "N|unlimited", "20000",
     "Open shards that provisioned streams may have per account and region.",
     store_number_or<&Settings::shard_limit, unlimited, resources_max>},
    {"on-demand-limit", "N|unlimited", "50", "On-demand streams per account and region.",
     store_number_or<&Settings::on_demand_limit, unlimited, resources_max>},
    {"credentials", "FILE", "",
     "A file of AWS credentials: only its keys may call, and every signature is verified.",
     store_path<&Settings::credentials, credentials_file>},
    {"tls", "off|on|only", "on",
     "Whether TLS is spoken on the same port. only: plain text is refused, but for health and ca.pem.",
     store_choice<&Settings::tls, tls_modes>},
    {"tls-cert", "FILE", "",
     "The certificate to present, in PEM form, with those that signed it. Without it the server has a CA of "
     "its own and serves that at /_kinesisd/ca.pem.",
     store_path<&Settings::tls_cert, pem_file>},
    {"tls-key", "FILE", "", "The private key of --tls-cert.", store_path<&Settings::tls_key, pem_file>},
    {"tls-name", "NAME", "",
     "A host name or address that clients reach the server by, for its certificate; repeatable.",
     store_tls_names, true},
    {"faults", "FILE", "",
     "Rules of trouble on demand, in TOML or JSON: what fails, how and when. See /_kinesisd/faults.",
     store_path<&Settings::faults, rules_file>},
    {"strict", off_or_on_help, "off",
     "Every nuisance AWS is allowed: empty and short pages, gaps in sequence numbers, shuffled lists.",
     store_switch<&Settings::strict>},
    {"admin", "loopback|any|off", "loopback",
     "Whom the endpoints under /_kinesisd/ answer, but for health and ca.pem: callers on this machine, all "
     "or "
     "nobody.",
     store_choice<&Settings::admin, admin_peers>},
    {"admin-host", "NAME", "",
     "A host name with dots by which those endpoints may be called; repeatable. Names without dots and "
     "addresses always may.",
     store_admin_hosts, true},
    {"cors-origin", "ORIGIN", "",
     "An origin such as https://app.test whose web pages may use the API, or * for all; repeatable. Those at "
     "localhost, at loopback addresses, at names without dots and at host.docker.internal always may.",
     store_cors_origins, true},
    {"threads", "N", "auto", "Threads for connections, 1 to 64. auto: one per core but one, the journal's.",
     store_threads},
    {"memory-mb", "N", "256", "Memory for records, at least 8; older ones are read from the database.",
     store_number<&Settings::memory_mb, memory_mb_min, memory_mb_max>},
    {"capture", "FILE", "",
     "Where to append every acknowledged write, a line of JSON each, for kinesisd replay.",
     store_path<&Settings::capture, capture_file>},
    {"forward", "SERVICE=URL", "",
     "Where to pass on calls for another service, by the name their signature has for it, such as "
     "dynamodb=http://localhost:8000; repeatable.",
     store_forward, true},
    {"log-level", "LEVEL", "info", "debug, info, warn or error.",
     store_choice<&Settings::log_level, log_levels>},
    {"log-format", "text|json", "text", "Lines for people or for a log collector.",
     store_choice<&Settings::log_format, log_formats>},
};

}  // namespace

std::optional<std::int64_t> number_between(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (number < min || number > max) return std::nullopt;
  return number;
}

std::span<const Setting> setting_table() {
  return table;
}

}  // namespace kinesisd::server
