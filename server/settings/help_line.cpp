#include "server/settings/help_line.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace kinesisd::server {

void help_line(std::string& out, std::string_view name, std::string_view help) {
  constexpr std::size_t name_columns = 28;
  constexpr std::size_t help_columns = 64;
  const bool own_line = name.size() > name_columns - 2;
  out += fmt::format("  {:<{}}{}", name, name_columns - 2, own_line ? "\n" : "");
  for (bool first = !own_line; !help.empty(); first = false) {
    std::size_t end = help.size();
    if (end > help_columns) end = help.rfind(' ', help_columns);
    out += fmt::format("{:<{}}{}\n", "", first ? 0 : name_columns, help.substr(0, end));
    help.remove_prefix(std::min(end + 1, help.size()));
  }
}

}  // namespace kinesisd::server
