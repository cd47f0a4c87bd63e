// The table of settings: every flag with its default, its help and how its value is read. config.cpp looks
// here whatever the value's source; knows of no flag parser, environment or file.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/settings/config.hpp"

namespace kinesisd::server {

using SettingValues = std::vector<std::string>;
// What to do instead, as the end of a sentence; nullopt: the value was taken.
using SettingAdvice = std::optional<std::string>;

struct Setting {
  std::string_view name;
  std::string_view value;         // what stands for it in the help
  std::string_view default_text;  // "": none
  std::string_view help;
  SettingAdvice (*store)(Settings&, const SettingValues&);  // one value, or any number of them if repeatable
  bool repeatable = false;
};

std::span<const Setting> setting_table();

}  // namespace kinesisd::server
