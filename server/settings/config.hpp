// The settings of the server: flags, environment variables and keys of a TOML file, all from one table.
// Knows nothing of what the settings do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/http/forward_target.hpp"
#include "server/settings/dropin/wishes.hpp"
#include "server/support/log.hpp"
#include "storage/model/clock.hpp"
#include "storage/state/transitions.hpp"

namespace kinesisd::server {

enum class Durability { process, full };
// Each enforces what stands before it and more.
enum class EnforcedLimits { off, writes, data, all };
enum class TlsMode { off, on, only };
enum class ClockMode { running, frozen };
// What sets callers apart: a 12-digit access key id, any access key id, or nothing.
enum class Worlds { account, key, one };
// Whom the administration endpoints answer.
enum class AdminPeers { loopback, any, off };

struct Settings {
  std::vector<std::string> listen;  // ADDR:PORT each; net/listener.hpp reads them
  std::optional<std::string> db;    // unset: nothing is kept after exit; ":memory:" is passed through
  std::vector<std::string> init;    // start-up files; startup/read_plan.hpp reads them
  std::optional<std::string> db_if_mounted;  // a folder; where `db` is unset, see database_place.hpp
  Durability durability = Durability::process;
  EnforcedLimits limits = EnforcedLimits::writes;
  storage::Transitions transitions;
  std::optional<storage::Timestamp> start_time;  // of the service's clock
  std::optional<ClockMode> clock;                // unset: as it was when the database was last used
  std::optional<std::int64_t> seed;
  std::string account_id;
  std::string region;
  Worlds worlds = Worlds::account;
  std::optional<std::int64_t> shard_limit;      // unset: unlimited
  std::optional<std::int64_t> on_demand_limit;  // unset: unlimited
  TlsMode tls = TlsMode::on;
  std::optional<std::string> tls_cert;  // files; both or neither
  std::optional<std::string> tls_key;
  std::vector<std::string> tls_names;  // tls/names.hpp reads them
  AdminPeers admin = AdminPeers::loopback;
  std::vector<std::string> admin_hosts;   // in lower case
  std::vector<std::string> cors_origins;  // server/http/cors.hpp reads them
  std::size_t threads = 1;
  std::size_t memory_mb = 0;
  std::optional<std::string> faults;  // a file of rules of trouble on demand
  bool strict = false;
  std::optional<std::string> credentials;       // a file; unset: signatures are not verified
  std::optional<std::string> capture;           // a file; unset: writes are not recorded
  std::vector<foreign::ForwardTarget> forward;  // one for a service at most
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::text;
  dropin::Wishes wishes;
};

// Instead of serving: print `text` (to stdout when the code is 0, else to stderr) and exit with `code`.
struct Exit {
  int code;
  std::string text;
};

using Environment = std::map<std::string, std::string>;

// The process's environment, from main's third parameter or `environ`.
Environment environment_of(const char* const* entries);

// A flag, also one of another emulator, wins over a KINESISD_ variable, which wins over the file, which wins
// over other emulators' variables, which win over the default.
// `arguments` are those after the program's name. Reads the file that --config or KINESISD_CONFIG names.
std::variant<Settings, Exit> read_settings(std::span<const std::string> arguments,
                                           const Environment& environment);

// One row of the table, for config/README.md's and kinesisd.toml's sake.
struct SettingHelp {
  std::string_view name;     // as in --NAME and the file's key
  std::string_view value;    // what stands for the value in the help
  std::string default_text;  // as the user would write it; "" when there is none
  std::string_view help;
};
std::vector<SettingHelp> setting_help();

}  // namespace kinesisd::server
