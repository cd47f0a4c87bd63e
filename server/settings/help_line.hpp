// How help texts are laid out, the same for settings and for commands. Pure.
#pragma once

#include <string>
#include <string_view>

namespace kinesisd::server {

// Appends `name` with its help beside it, which is folded at spaces into lines of at most 92 columns.
void help_line(std::string& out, std::string_view name, std::string_view help);

}  // namespace kinesisd::server
