#include "server/settings/config.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "server/document/closest.hpp"
#include "server/document/reader.hpp"
#include "server/settings/dropin/dropin.hpp"
#include "server/settings/help_line.hpp"
#include "server/settings/setting_stores.hpp"
#include "server/settings/setting_table.hpp"
#include "server/settings/settings_file.hpp"

namespace kinesisd::server {

namespace {

using Values = SettingValues;

constexpr std::string_view variable_prefix = "KINESISD_";

std::string variable(std::string_view name) {
  std::string out(variable_prefix);
  for (const char c : name) {
    out.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
  }
  return out;
}

// What stands behind the name of a service in the variables that Kubernetes sets for it, and how the value
// begins: a service kinesisd has KINESISD_PORT, a service kinesisd-test has KINESISD_TEST_PORT.
bool is_of_kubernetes(std::string_view name, std::string_view value) {
  constexpr std::array<std::string_view, 3> protocols = {"TCP", "UDP", "SCTP"};
  const std::size_t service = name.find("_SERVICE_");
  if (service != std::string_view::npos) {
    const std::string_view end = name.substr(service);
    if (end == "_SERVICE_HOST" || end == "_SERVICE_PORT" || end.starts_with("_SERVICE_PORT_")) return true;
  }
  const std::size_t port = name.find("_PORT");
  if (port == std::string_view::npos) return false;
  if (name.ends_with("_PORT") && value.find("://") != std::string_view::npos) return true;
  // _PORT_4567_TCP, and _PROTO, _PORT or _ADDR behind that
  std::string_view end = name.substr(port + std::string_view("_PORT").size());
  const std::size_t number = std::min(end.find_first_not_of("_0123456789"), end.size());
  if (number < 3 || end.front() != '_') return false;
  end.remove_prefix(number);
  return std::any_of(protocols.begin(), protocols.end(),
                     [&](std::string_view protocol) { return end.starts_with(protocol); });
}

// Read by tests and tools, or set by Kubernetes for services whose names begin with kinesisd.
bool is_not_ours(std::string_view name, std::string_view value) {
  return name.starts_with("KINESISD_TEST_") || name == "KINESISD_SERVICE_MODEL" ||
         name == "KINESISD_NEWER_SERVICE_MODEL" || dropin::is_mark(name) || is_of_kubernetes(name, value);
}

std::string help_text() {
  std::string out =
      "kinesisd speaks the Amazon Kinesis Data Streams API on this machine.\n\n"
      "Usage: kinesisd [serve] [--SETTING VALUE]...\n\n";
  for (const Setting& setting : setting_table()) {
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
      "wins over the environment, the environment over the file. Variables and flags of kinesalite,\n"
      "kinesis-mock and LocalStack are understood, too; docker/coming-from.md lists them.\n";
  return out;
}

constexpr std::string_view see_help = "kinesisd --help lists the settings";

// A sentence about a setting that stops the start.
struct Refusal {
  std::string text;
};

void store(Settings& settings, const Setting& setting, const Values& values, const std::string& source) {
  if (SettingAdvice advice = setting.store(settings, values)) {
    throw Refusal{fmt::format("{}: {}.", source, *advice)};
  }
}

// The row that `is_it`, or nullptr.
template <class F>
const Setting* find_setting(F is_it) {
  for (const Setting& setting : setting_table()) {
    if (is_it(setting)) return &setting;
  }
  return nullptr;
}

struct Flags {
  std::vector<Values> values = std::vector<Values>(setting_table().size());  // as in the table
  Values config;
  Values unknown;
  bool help = false;
  bool version = false;
};

// A switch that stands alone is on.
Values with_switches_on(std::span<const std::string> arguments) {
  Values out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    out.push_back(arguments[i]);
    const Setting* setting =
        find_setting([&](const Setting& s) { return arguments[i] == fmt::format("--{}", s.name); });
    if (setting == nullptr || setting->value != off_or_on_help) continue;
    if (i + 1 == arguments.size() || arguments[i + 1].starts_with('-')) out.emplace_back("on");
  }
  return out;
}

Flags parse_flags(std::span<const std::string> given) {
  const Values arguments = with_switches_on(given);
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
  for (std::size_t i = 0; i < setting_table().size(); ++i) add(setting_table()[i].name, flags.values[i]);
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

std::string flag(std::string_view name) {
  return fmt::format("--{}", name);
}

// `given` is no setting; which one the user may have meant is looked for by `name` alone and written by
// `spell`.
template <class F>
[[noreturn]] void refuse_unknown(std::string_view given, std::string_view name, F spell) {
  std::vector<std::string_view> names;
  for (const Setting& setting : setting_table()) names.push_back(setting.name);
  const std::optional<std::string_view> closest = document::closest(name, names);
  throw Refusal{fmt::format("{} is not a setting; {}{}.", given,
                            closest ? fmt::format("{} is one, and ", spell(*closest)) : std::string(),
                            see_help)};
}

[[noreturn]] void refuse_flag(const std::string& given) {
  const std::size_t begins = given.find_first_not_of('-');
  const bool is_flag = begins != 0 && begins != std::string::npos;
  const std::string_view name = is_flag ? std::string_view(given).substr(begins) : std::string_view();
  refuse_unknown(given, name.substr(0, name.find('=')), flag);
}

// The one that people guess; Kubernetes has it, too.
constexpr std::string_view port_variable = "KINESISD_PORT";
[[noreturn]] void refuse_port(const std::string& value) {
  const bool number = number_between(value, 0, std::numeric_limits<std::uint16_t>::max()).has_value();
  throw Refusal{fmt::format("{}={} is not a setting; KINESISD_LISTEN=localhost:{} is one, and {}.",
                            port_variable, value, number ? value : "4567", see_help)};
}

void read_environment(Settings& settings, const Environment& environment) {
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(variable_prefix) || name == "KINESISD_CONFIG") continue;
    const Setting* setting =
        find_setting([&name = name](const Setting& s) { return variable(s.name) == name; });
    if (setting == nullptr && is_not_ours(name, value)) continue;
    if (setting == nullptr && name == port_variable) refuse_port(value);
    if (setting == nullptr)
      refuse_unknown(name, std::string_view(name).substr(variable_prefix.size()), variable);
    if (value.empty()) continue;  // how compose files say that it is not set
    const Values values = setting->repeatable ? CLI::detail::split(value, ',') : Values{value};
    store(settings, *setting, values, fmt::format("{}={}", name, value));
  }
}

void read_file(Settings& settings, const std::string& path) {
  for (const FileSetting& line : read_settings_file(path)) {
    const Setting* setting = find_setting([&](const Setting& s) { return s.name == line.name; });
    if (setting == nullptr) {
      refuse_unknown(line.place + line.name, line.name, [](std::string_view name) { return name; });
    }
    const std::string source =
        line.is_list ? fmt::format("{}{} = [{}]", line.place, line.name, fmt::join(line.values, ", "))
                     : fmt::format("{}{} = {}", line.place, line.name, line.values.front());
    if (line.is_list && (!setting->repeatable || line.values.empty())) {
      throw Refusal{fmt::format("{}: give {} value.", source, setting->repeatable ? "at least one" : "one")};
    }
    store(settings, *setting, line.values, source);
  }
}

void read_flags(Settings& settings, const Flags& flags) {
  const std::span<const Setting> table = setting_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    Values values = flags.values[i];
    if (values.empty()) continue;
    if (values.back().starts_with("--")) {
      throw Refusal{fmt::format("--{} needs a value; {}.", table[i].name, see_help)};
    }
    if (!table[i].repeatable) values = {values.back()};
    store(settings, table[i], values, fmt::format("--{} {}", table[i].name, fmt::join(values, " ")));
  }
  if (!flags.unknown.empty()) refuse_flag(flags.unknown.front());
}

Settings read_all(const Flags& flags, const dropin::GivenFlags& others, const Environment& environment) {
  Settings settings;
  dropin::Draft draft{settings};
  for (const Setting& setting : setting_table()) {
    if (!setting.default_text.empty()) {
      store(settings, setting, {std::string(setting.default_text)}, std::string(setting.name));
    }
  }
  dropin::read_variables(draft, environment);
  const auto config_variable = environment.find("KINESISD_CONFIG");
  if (!flags.config.empty()) {
    read_file(settings, flags.config.back());
  } else if (config_variable != environment.end() && !config_variable->second.empty()) {
    read_file(settings, config_variable->second);
  }
  read_environment(settings, environment);
  dropin::read_flags(draft, others);
  read_flags(settings, flags);
  dropin::put_together(draft, !others.empty(), !flags.values.front().empty());
  if (settings.db == ":memory:" && settings.durability == Durability::full) {
    throw Refusal{"--durability full needs a disk, and --db :memory: uses none: change one of them."};
  }
  if (settings.tls_cert.has_value() != settings.tls_key.has_value()) {
    const bool has_key = settings.tls_key.has_value();
    throw Refusal{fmt::format("{} needs {} beside it: name the file of the {}.",
                              has_key ? "--tls-key" : "--tls-cert", has_key ? "--tls-cert" : "--tls-key",
                              has_key ? "certificate" : "private key")};
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
    std::vector<std::string> ours(arguments.begin(), arguments.end());
    dropin::take_off_wrappers(ours);
    const dropin::GivenFlags others = dropin::take_flags(ours);
    const Flags flags = parse_flags(ours);
    if (flags.help) return Exit{0, help_text()};
    if (flags.version) return Exit{0, "kinesisd " KINESISD_VERSION "\n"};
    return read_all(flags, others, environment);
  } catch (const Refusal& refusal) {
    return Exit{2, refusal.text + "\n"};
  } catch (const dropin::Refusal& refusal) {
    return Exit{2, refusal.text + "\n"};
  } catch (const document::Problem& problem) {
    return Exit{2, fmt::format("{}\n", problem.what())};
  }
}

std::vector<SettingHelp> setting_help() {
  std::vector<SettingHelp> out;
  out.reserve(setting_table().size());
  for (const Setting& s : setting_table())
    out.push_back({s.name, s.value, std::string(s.default_text), s.help});
  return out;
}

}  // namespace kinesisd::server
