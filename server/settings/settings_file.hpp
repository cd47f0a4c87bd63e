// The file that --config names: its keys with their values as texts. Knows no setting.
#pragma once

#include <string>
#include <vector>

#include "server/settings/setting_table.hpp"

namespace kinesisd::server {

struct FileSetting {
  std::string name;
  SettingValues values;  // one, or those of a list
  bool is_list;
  std::string place;  // `kinesisd.toml, line 3: `
};

// In the order of the file. Numbers and true and false may stand without quotes. Throws document::Problem.
std::vector<FileSetting> read_settings_file(const std::string& path);

}  // namespace kinesisd::server
