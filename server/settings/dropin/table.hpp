// The one table of what users of kinesalite, kinesis-mock and LocalStack have in their files: variables and
// flags, what each becomes here and how its value is read. Knows no source of values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/settings/config.hpp"

namespace kinesisd::server::dropin {

// Where a name counts.
enum class Reach {
  anywhere,  // nobody else has it
  account,   // of AWS's own tools: counts anywhere, but may be of no use outside the image without harm
  image,     // other programs have it, too: counts in the image only
};

// What is gathered before it can be put together.
struct Draft {
  Settings& settings;
  std::vector<std::string> addresses = {};  // to listen at, as for --listen
  std::optional<std::uint16_t> tls_port = {};
  std::optional<std::uint16_t> plain_port = {};
  bool of_kinesalite = false;
  bool kinesalite_ssl = false;
  bool of_kinesis_mock = false;  // a variable of its own is set

  // kinesis-mock's three variables for one file, and LocalStack's three.
  bool persists = false;
  std::optional<std::string> persist_path = {};
  std::optional<std::string> persist_file = {};
  bool localstack_persists = false;
  bool kinesis_persists = true;
  std::optional<std::string> data_dir = {};
};

// As a setting's: what to do instead, as the end of a sentence; nullopt: the value was taken.
using Advice = std::optional<std::string>;

struct Row {
  std::string_view name;     // a variable, or a flag with its dashes
  std::string_view whose;    // "kinesalite", "kinesis-mock", "LocalStack"; several with commas
  std::string_view becomes;  // the setting of ours, or what else comes of it
  Reach reach;
  // `value` is bare and not empty.
  Advice (*take)(Draft& draft, const std::string& value);
  bool is_switch = false;  // a flag that needs no value
};

// The first of two rows that say the same wins.
std::span<const Row> table();

inline constexpr std::string_view kinesis_mock = "kinesis-mock";
// LocalStack takes each of its variables with this in front of it, too.
inline constexpr std::string_view localstack = "LocalStack";
inline constexpr std::string_view localstack_prefix = "LOCALSTACK_";

}  // namespace kinesisd::server::dropin
