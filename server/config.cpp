#include "server/config.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <thread>

#include "server/net/address.hpp"

namespace kinesisd::server {

namespace {

using Values = std::vector<std::string>;
// What to do instead, as the end of a sentence; nullopt: the value was taken.
using Advice = std::optional<std::string>;

struct Setting {
  std::string_view name;
  std::string_view value;         // what stands for it in the help
  std::string_view default_text;  // "": none
  std::string_view help;
  Advice (*store)(Settings&, const Values&);  // one value, or any number of them if repeatable
  bool repeatable = false;
};

constexpr std::string_view automatic = "auto";
constexpr std::string_view unlimited = "unlimited";
constexpr std::int64_t threads_max = 64;
constexpr std::int64_t memory_mb_min = 8;
constexpr std::int64_t memory_mb_max = 1 << 20;
constexpr std::int64_t transition_ms_max = 24LL * 3600 * 1000;
constexpr std::int64_t resources_max = 1'000'000'000;
constexpr std::size_t account_digits = 12;
constexpr std::size_t region_letters_max = 63;

std::optional<std::int64_t> number_between(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (number < min || number > max) return std::nullopt;
  return number;
}

template <class T>
struct Choice {
  std::string_view word;
  T value;
};

template <class T, std::size_t N>
Advice choose(T& out, const std::string& text, const Choice<T> (&choices)[N]) {
  std::string words;
  for (std::size_t i = 0; i < N; ++i) {
    if (choices[i].word == text) {
      out = choices[i].value;
      return std::nullopt;
    }
    words += i == 0 ? "" : i + 1 == N ? " or " : ", ";
    words += choices[i].word;
  }
  return "choose " + words;
}

// A number, or a word that means none.
Advice number_or(std::optional<std::int64_t>& out, const std::string& text, std::string_view word,
                 std::int64_t max) {
  out = number_between(text, 0, max);
  if (out || text == word) return std::nullopt;
  return fmt::format("choose {} or a number from 0 to {}", word, max);
}

Advice store_listen(Settings& settings, const Values& values) {
  for (const std::string& value : values) {
    if (!parse_listen_address(value)) {
      return "choose ADDR:PORT, such as 127.0.0.1:4567, [::1]:4567 or localhost:4567";
    }
  }
  settings.listen = values;
  return std::nullopt;
}

Advice store_db(Settings& settings, const Values& values) {
  if (values.front().empty()) return "choose the path of a file, or :memory:";
  settings.db = values.front();
  return std::nullopt;
}

Advice store_durability(Settings& settings, const Values& values) {
  return choose(settings.durability, values.front(),
                {{"process", Durability::process}, {"full", Durability::full}});
}

Advice store_limits(Settings& settings, const Values& values) {
  return choose(settings.limits, values.front(),
                {{"off", EnforcedLimits::off}, {"writes", EnforcedLimits::writes}});
}

Advice store_transition_ms(Settings& settings, const Values& values) {
  return number_or(settings.transition_ms, values.front(), automatic, transition_ms_max);
}

Advice store_account_id(Settings& settings, const Values& values) {
  const std::string& text = values.front();
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.size() != account_digits || !digits) return "choose 12 digits";
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

Advice store_shard_limit(Settings& settings, const Values& values) {
  return number_or(settings.shard_limit, values.front(), unlimited, resources_max);
}

Advice store_on_demand_limit(Settings& settings, const Values& values) {
  return number_or(settings.on_demand_limit, values.front(), unlimited, resources_max);
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

Advice store_memory_mb(Settings& settings, const Values& values) {
  const auto count = number_between(values.front(), memory_mb_min, memory_mb_max);
  if (!count) return fmt::format("choose a number from {} to {}", memory_mb_min, memory_mb_max);
  settings.memory_mb = static_cast<std::size_t>(*count);
  return std::nullopt;
}

Advice store_log_level(Settings& settings, const Values& values) {
  return choose(settings.log_level, values.front(),
                {{"debug", LogLevel::debug},
                 {"info", LogLevel::info},
                 {"warn", LogLevel::warn},
                 {"error", LogLevel::error}});
}

Advice store_log_format(Settings& settings, const Values& values) {
  return choose(settings.log_format, values.front(), {{"text", LogFormat::text}, {"json", LogFormat::json}});
}

constexpr std::array<Setting, 13> table = {{
    {"listen", "ADDR:PORT", "localhost:4567",
     "Where to listen; repeatable. localhost is 127.0.0.1 and [::1]; port 0 is any free one.", store_listen,
     true},
    {"db", "PATH", "",
     "Where to keep everything. Without it nothing is kept after exit; :memory: uses no disk.", store_db},
    {"durability", "process|full", "process",
     "What an answered write survives: the end of the process, or also the loss of power.", store_durability},
    {"limits", "off|writes", "writes", "Whether shards refuse writes beyond 1,000 records/s and 1 MiB/s.",
     store_limits},
    {"transition-ms", "auto|N", "auto",
     "How long CREATING, UPDATING and DELETING last. auto: until seen, 500 ms at most.", store_transition_ms},
    {"account-id", "DIGITS", "000000000000", "The account of callers whose access key id is not 12 digits.",
     store_account_id},
    {"region", "NAME", "us-east-1", "The region of callers whose credentials name none.", store_region},
    {"shard-limit", "N|unlimited", "20000",
     "Open shards that provisioned streams may have per account and region.", store_shard_limit},
    {"on-demand-limit", "N|unlimited", "50", "On-demand streams per account and region.",
     store_on_demand_limit},
    {"threads", "N", "auto", "Threads for connections, 1 to 64. auto: one per core but one, the journal's.",
     store_threads},
    {"memory-mb", "N", "256", "Memory for records, at least 8; older ones are read from the database.",
     store_memory_mb},
    {"log-level", "LEVEL", "info", "debug, info, warn or error.", store_log_level},
    {"log-format", "text|json", "text", "Lines for people or for a log collector.", store_log_format},
}};

std::string variable(std::string_view name) {
  std::string out = "KINESISD_";
  for (const char c : name) {
    out.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
  }
  return out;
}

// Read by tests and tools, or set by Kubernetes for a service called kinesisd.
bool is_not_ours(std::string_view variable_name) {
  return variable_name.starts_with("KINESISD_TEST_") || variable_name.starts_with("KINESISD_SERVICE_") ||
         variable_name == "KINESISD_NEWER_SERVICE_MODEL" || variable_name == "KINESISD_PORT" ||
         variable_name.starts_with("KINESISD_PORT_");
}

// A flag beside its help, which is folded at spaces.
void help_line(std::string& out, std::string_view flag, std::string_view help) {
  constexpr std::size_t flag_columns = 28;
  constexpr std::size_t help_columns = 64;
  const bool own_line = flag.size() > flag_columns - 2;
  out += fmt::format("  {:<{}}{}", flag, flag_columns - 2, own_line ? "\n" : "");
  for (bool first = !own_line; !help.empty(); first = false) {
    std::size_t end = help.size();
    if (end > help_columns) end = help.rfind(' ', help_columns);
    out += fmt::format("{:<{}}{}\n", "", first ? 0 : flag_columns, help.substr(0, end));
    help.remove_prefix(std::min(end + 1, help.size()));
  }
}

std::string help_text() {
  std::string out =
      "kinesisd speaks the Amazon Kinesis Data Streams API on this machine.\n\n"
      "Usage: kinesisd [--SETTING VALUE]...\n\n";
  for (const Setting& setting : table) {
    std::string help(setting.help);
    if (!setting.default_text.empty()) help += fmt::format(" [{}]", setting.default_text);
    help_line(out, fmt::format("--{} {}", setting.name, setting.value), help);
  }
  help_line(out, "--config FILE", "A TOML file with any of these settings, such as config/kinesisd.toml.");
  help_line(out, "--version", "Prints the version.");
  help_line(out, "--help", "Prints this.");
  out +=
      "\nDefaults stand in brackets. A setting may also come from the environment (--memory-mb as\n"
      "KINESISD_MEMORY_MB; commas between the addresses of KINESISD_LISTEN) or from the file. A flag\n"
      "wins over the environment, the environment over the file.\n";
  return out;
}

constexpr std::string_view see_help = "kinesisd --help lists the settings";

// A sentence about a setting that stops the start.
struct Refusal {
  std::string text;
};

void store(Settings& settings, const Setting& setting, const Values& values, const std::string& source) {
  if (Advice advice = setting.store(settings, values)) {
    throw Refusal{fmt::format("{}: {}.", source, *advice)};
  }
}

struct Flags {
  std::array<Values, table.size()> values;
  Values config;
  Values unknown;
  bool help = false;
  bool version = false;
};

Flags parse_flags(std::span<const std::string> arguments) {
  Flags flags;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  const auto add = [&](std::string_view name, Values& into) {
    app.add_option(fmt::format("--{}", name), into)
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  for (std::size_t i = 0; i < table.size(); ++i) add(table[i].name, flags.values[i]);
  add("config", flags.config);
  app.add_flag("--help,-h", flags.help);
  app.add_flag("--version", flags.version);
  try {
    app.parse(Values(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ArgumentMismatch&) {
    throw Refusal{fmt::format("{} needs a value; {}.", arguments.back(), see_help)};
  } catch (const CLI::ParseError& error) {
    throw Refusal{fmt::format("{}; {}.", error.what(), see_help)};
  }
  flags.unknown = app.remaining();
  return flags;
}

void read_environment(Settings& settings, const Environment& environment) {
  for (const auto& [name, value] : environment) {
    if (!name.starts_with("KINESISD_") || name == "KINESISD_CONFIG" || is_not_ours(name)) continue;
    const auto* setting = std::find_if(table.begin(), table.end(),
                                       [&name = name](const Setting& s) { return variable(s.name) == name; });
    if (setting == table.end()) throw Refusal{fmt::format("{} is not a setting; {}.", name, see_help)};
    if (value.empty()) continue;  // how compose files say that it is not set
    const Values values = setting->repeatable ? CLI::detail::split(value, ',') : Values{value};
    store(settings, *setting, values, fmt::format("{}={}", name, value));
  }
}

void read_file(Settings& settings, const std::string& path) {
  std::ifstream file(path);
  if (!file) throw Refusal{fmt::format("{} cannot be read; name a TOML file with --config.", path)};
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_config(file);
  } catch (const CLI::Error& error) {
    throw Refusal{fmt::format("{} is not TOML: {}.", path, error.what())};
  }
  Values seen;
  for (const CLI::ConfigItem& item : items) {
    const auto* setting =
        std::find_if(table.begin(), table.end(), [&](const Setting& s) { return s.name == item.fullname(); });
    if (item.name == "++") {
      throw Refusal{
          fmt::format("{}, [{}]: there are no sections; remove the line.", path, item.parents.back())};
    }
    if (setting == table.end()) {
      throw Refusal{fmt::format("{}, {} is not a setting; {}.", path, item.fullname(), see_help)};
    }
    if (std::find(seen.begin(), seen.end(), item.name) != seen.end()) {
      throw Refusal{fmt::format("{}, {} stands there twice; remove one.", path, item.name)};
    }
    seen.push_back(item.name);
    const std::string source = fmt::format("{}, {} = {}", path, item.name, fmt::join(item.inputs, ", "));
    if (item.inputs.size() != 1 && !(setting->repeatable && !item.inputs.empty())) {
      throw Refusal{fmt::format("{}: give one value.", source)};
    }
    store(settings, *setting, item.inputs, source);
  }
}

void read_flags(Settings& settings, const Flags& flags) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    Values values = flags.values[i];
    if (values.empty()) continue;
    if (values.back().starts_with("--")) {
      throw Refusal{fmt::format("--{} needs a value; {}.", table[i].name, see_help)};
    }
    if (!table[i].repeatable) values = {values.back()};
    store(settings, table[i], values, fmt::format("--{} {}", table[i].name, fmt::join(values, " ")));
  }
  if (!flags.unknown.empty()) {
    throw Refusal{fmt::format("{} is not a setting; {}.", flags.unknown.front(), see_help)};
  }
}

Settings read_all(const Flags& flags, const Environment& environment) {
  Settings settings;
  for (const Setting& setting : table) {
    if (!setting.default_text.empty()) {
      store(settings, setting, {std::string(setting.default_text)}, std::string(setting.name));
    }
  }
  const auto config_variable = environment.find("KINESISD_CONFIG");
  if (!flags.config.empty()) {
    read_file(settings, flags.config.back());
  } else if (config_variable != environment.end() && !config_variable->second.empty()) {
    read_file(settings, config_variable->second);
  }
  read_environment(settings, environment);
  read_flags(settings, flags);
  if (settings.db == ":memory:" && settings.durability == Durability::full) {
    throw Refusal{"--durability full needs a disk, and --db :memory: uses none: change one of them."};
  }
  return settings;
}

}  // namespace

Environment environment_of(const char* const* entries) {
  Environment out;
  for (; *entries != nullptr; ++entries) {
    const std::string_view entry = *entries;
    const std::size_t equals = entry.find('=');
    if (equals != std::string_view::npos) out.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return out;
}

std::variant<Settings, Exit> read_settings(std::span<const std::string> arguments,
                                           const Environment& environment) {
  try {
    const Flags flags = parse_flags(arguments);
    if (flags.help) return Exit{0, help_text()};
    if (flags.version) return Exit{0, "kinesisd " KINESISD_VERSION "\n"};
    return read_all(flags, environment);
  } catch (const Refusal& refusal) {
    return Exit{2, refusal.text + "\n"};
  }
}

std::vector<SettingHelp> setting_help() {
  std::vector<SettingHelp> out;
  out.reserve(table.size());
  for (const Setting& s : table) out.push_back({s.name, s.value, std::string(s.default_text), s.help});
  return out;
}

}  // namespace kinesisd::server
