#include "server/settings/dropin/dropin.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "server/net/address.hpp"
#include "server/settings/dropin/values.hpp"

namespace kinesisd::server::dropin {

namespace {

constexpr std::string_view drop_in_mark = "KINESISD_DROP_IN";
constexpr std::string_view scripts_mark = "KINESISD_INIT_SCRIPTS";
constexpr std::string_view default_address = "localhost:4567";
constexpr std::uint16_t default_tls_port = 4567;
constexpr std::uint16_t default_plain_port = 4568;
constexpr std::string_view localstack_folder = "/var/lib/localstack";
constexpr std::string_view kinesis_mock_folder = "data";

std::string_view value_of(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : bare(found->second);
}

bool is_set(const Environment& environment, std::string_view mark) {
  return parse_truth(value_of(environment, std::string(mark))) == true;
}

void read(Draft& draft, const Row& row, const std::string& variable, const std::string& value) {
  if (row.whose == kinesis_mock) draft.of_kinesis_mock = true;
  const Advice advice = row.take(draft, value);
  if (!advice) return;
  if (row.reach != Reach::account || draft.settings.wishes.in_image) {
    throw Refusal{fmt::format("{}={}: {}.", variable, value, *advice)};
  }
  // It may be meant for something else altogether, and that must not keep the server from starting.
  draft.settings.wishes.warnings.push_back(
      fmt::format("{}={} is passed over: {}.", variable, value, *advice));
}

const Row* find_flag(std::string_view name) {
  for (const Row& row : table()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::uint16_t port_of(const std::string& address) {
  const auto parsed = parse_listen_address(address);
  return parsed ? parsed->port : std::uint16_t{0};
}

// Whether listening there, too, would meet a port that is taken by ourselves.
bool is_covered(const std::vector<std::string>& listen, const std::string& address) {
  const auto wanted = parse_listen_address(address);
  return std::any_of(listen.begin(), listen.end(), [&](const std::string& one) {
    const auto there = parse_listen_address(one);
    if (!there || !wanted || there->port != wanted->port) return false;
    if (!there->ip || !wanted->ip) return true;
    const bool same_family = there->ip->is_v6() == wanted->ip->is_v6();
    return *there->ip == *wanted->ip ||
           (same_family && (there->ip->is_unspecified() || wanted->ip->is_unspecified()));
  });
}

// In the image every port is one more: whatever is mapped to it keeps working. Elsewhere they stand instead
// of the default.
void listen(Draft& draft, bool flags_given) {
  std::vector<std::string>& ours = draft.settings.listen;
  const bool is_default = ours == std::vector<std::string>{std::string(default_address)};
  if (draft.addresses.empty()) return;
  if (!draft.settings.wishes.in_image) {
    if (!is_default && !flags_given) return;
    ours.clear();
  }
  for (const std::string& address : draft.addresses) {
    if (!is_covered(ours, address)) ours.push_back(address);
  }
}

void keep(const Draft& draft) {
  std::optional<Folder>& keep_in = draft.settings.wishes.keep_in;
  if (keep_in) return;
  const std::string ours(database_name);
  if (draft.persists) {
    const std::string file =
        std::filesystem::path(draft.persist_file.value_or(ours)).replace_extension(".db").filename();
    keep_in = Folder{.path = draft.persist_path.value_or(std::string(kinesis_mock_folder)),
                     .file = file,
                     .asked_by = "SHOULD_PERSIST_DATA"};
  } else if (draft.data_dir && draft.kinesis_persists) {
    keep_in = Folder{.path = *draft.data_dir, .file = ours, .asked_by = "DATA_DIR"};
  } else if (draft.localstack_persists && draft.kinesis_persists) {
    keep_in = Folder{.path = std::string(localstack_folder), .file = ours, .asked_by = "PERSISTENCE"};
  }
}

bool listens_on(const Settings& settings, std::uint16_t port) {
  return std::any_of(settings.listen.begin(), settings.listen.end(),
                     [&](const std::string& address) { return port_of(address) == port; });
}

// Log lines that start scripts and test code of theirs wait for, in their words.
void announce(const Draft& draft) {
  Wishes& wishes = draft.settings.wishes;
  if (draft.of_kinesis_mock) {
    const std::uint16_t tls_port = draft.tls_port.value_or(default_tls_port);
    const std::uint16_t plain_port = draft.plain_port.value_or(default_plain_port);
    if (listens_on(draft.settings, tls_port)) {
      wishes.lines.push_back(fmt::format("Starting Kinesis TLS Mock Service on port {}", tls_port));
    }
    if (listens_on(draft.settings, plain_port)) {
      wishes.lines.push_back(fmt::format("Starting Kinesis Plain Mock Service on port {}", plain_port));
    }
  }
  if (draft.of_kinesalite && wishes.in_image) {
    const std::uint16_t port = draft.addresses.empty() ? default_tls_port : port_of(draft.addresses.back());
    wishes.lines.push_back(
        fmt::format("Listening at {}://:::{}", draft.kinesalite_ssl ? "https" : "http", port));
  }
}

}  // namespace

bool is_mark(std::string_view variable) {
  return variable == drop_in_mark || variable == scripts_mark;
}

void take_off_wrappers(std::vector<std::string>& arguments) {
  constexpr std::array<std::string_view, 12> wrappers{"--",           "-g",      "tini",          "dumb-init",
                                                      "docker-init",  "node",    "kinesalite",    "cli.js",
                                                      "kinesis-mock", "main.js", "kinesis-local", "npx"};
  const auto is_wrapper = [&](const std::string& word) {
    const std::string_view name = std::string_view(word).substr(word.rfind('/') + 1);
    return std::find(wrappers.begin(), wrappers.end(), name) != wrappers.end();
  };
  arguments.erase(arguments.begin(), std::find_if_not(arguments.begin(), arguments.end(), is_wrapper));
}

GivenFlags take_flags(std::vector<std::string>& arguments) {
  GivenFlags flags;
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::size_t equals = std::min(argument.find('='), argument.size());
    const Row* row = argument.starts_with('-') ? find_flag(argument.substr(0, equals)) : nullptr;
    const bool has_next = i + 1 < arguments.size() && !arguments[i + 1].starts_with("--");
    if (row == nullptr) {
      rest.push_back(argument);
    } else if (equals != argument.size()) {
      flags.emplace_back(row, argument.substr(equals + 1));
    } else if (row->is_switch) {
      const bool says = has_next && parse_truth(arguments[i + 1]);
      flags.emplace_back(row, says ? arguments[++i] : "true");
    } else if (has_next) {
      flags.emplace_back(row, arguments[++i]);
    } else {
      throw Refusal{fmt::format("{} needs a value; kinesisd --help lists the settings.", argument)};
    }
  }
  arguments = std::move(rest);
  return flags;
}

void read_variables(Draft& draft, const Environment& environment) {
  draft.settings.wishes.in_image = is_set(environment, drop_in_mark);
  draft.settings.wishes.scripts_reported = is_set(environment, scripts_mark);
  const auto rows = table();
  // Backwards, so that of two rows the first has the last word.
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (row->name.starts_with('-')) continue;
    if (row->reach == Reach::image && !draft.settings.wishes.in_image) continue;
    std::string variable(row->name);
    std::string_view value = value_of(environment, variable);
    if (value.empty() && row->whose == localstack) {
      variable = fmt::format("{}{}", localstack_prefix, row->name);
      value = value_of(environment, variable);
    }
    if (!value.empty()) read(draft, *row, variable, std::string(value));
  }
}

void read_flags(Draft& draft, const GivenFlags& flags) {
  for (const auto& [row, value] : flags) {
    const std::string text(bare(value));
    const Advice advice = text.empty() ? Advice("give a value") : row->take(draft, text);
    if (advice) throw Refusal{fmt::format("{} {}: {}.", row->name, value, *advice)};
    // As flags do, it wins over our own variable and file.
    if (row->name == draft.settings.wishes.keep_in.value_or(Folder{}).asked_by) draft.settings.db.reset();
  }
}

void put_together(Draft& draft, bool flags_given, bool listen_flag) {
  Wishes& wishes = draft.settings.wishes;
  if (!listen_flag) listen(draft, flags_given);
  keep(draft);
  announce(draft);
  if (!wishes.unmet.empty()) {
    wishes.warnings.push_back(fmt::format("Of what is set for another emulator this has no effect: {}.",
                                          fmt::join(wishes.unmet, "; ")));
  }
}

}  // namespace kinesisd::server::dropin
