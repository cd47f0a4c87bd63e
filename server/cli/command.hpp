// What the executable can be told to do: one table of commands, chosen by the first argument or by the
// program's name. Knows nothing of what they do.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/settings/config.hpp"

namespace kinesisd::server::commands {

// What a command is started with.
struct Call {
  std::vector<std::string> arguments;  // without the program's name and the command's
  Environment environment;
};

struct Command {
  std::string_view name;
  std::string_view help;
  int (*run)(const Call& call);  // gives the exit code
};

std::span<const Command> command_table();

// The whole program: what `main` is to return. `arguments` begin with the program's name. Errors that stop a
// command are said on stderr in one sentence.
int run_program(std::span<const char* const> arguments, const char* const* environment);

}  // namespace kinesisd::server::commands
