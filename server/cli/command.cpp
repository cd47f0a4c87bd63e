#include "server/cli/command.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>

#include "server/cli/commands.hpp"
#include "server/document/closest.hpp"
#include "server/settings/dropin/dropin.hpp"
#include "server/settings/help_line.hpp"

namespace kinesisd::server::commands {

namespace {

constexpr std::array table{
    Command{"serve", "Answers the API; what kinesisd does when no command is named.", serve},
    Command{"health", "Exits 0 if the server of these settings is ready to answer.", health},
    Command{"put", "Puts records into a stream, here or on AWS.", put},
    Command{"tail", "Prints a stream's records as they come, through every resharding.", tail},
    Command{"replay", "Puts back what serve --capture FILE recorded, here or on AWS.", replay},
    Command{"aws", "AWS's kinesis commands; also done by links named aws and awslocal.", aws_cli},
    Command{"version", "Prints the version.", version},
};

constexpr std::string_view help_word = "help";
constexpr std::string_view help_flag = "--help";

void print_help(const Call& call) {
  std::string out = "Usage: kinesisd [COMMAND] [--FLAG VALUE]...\n\n";
  for (const Command& command : table) help_line(out, command.name, command.help);
  help_line(out, help_word, "Explains the command that follows; without one prints this.");
  out +=
      "\nkinesisd COMMAND --help explains a command, too. Without one, kinesisd serves with the settings\n"
      "that stand below.\n\n";
  fmt::print("{}", out);
  serve({.arguments = {std::string(help_flag)}, .environment = call.environment});
}

int refuse(std::string_view word) {
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const Command& command : table) names.push_back(command.name);
  const auto like = document::closest(word, names);
  fmt::print(stderr, "{} is not a command; {}kinesisd --help lists them.\n", word,
             like ? fmt::format("{} is one, and ", *like) : std::string());
  return 2;
}

int choose_and_run(std::string_view program, Call call) {
  const std::string_view name = program.substr(program.rfind('/') + 1);
  if (name == "aws" || name == "awslocal") return aws_cli(call);
  dropin::take_off_wrappers(call.arguments);
  // `help COMMAND` is `COMMAND --help`.
  if (!call.arguments.empty() && call.arguments.front() == help_word) {
    call.arguments.erase(call.arguments.begin());
    if (call.arguments.empty() || call.arguments.back() != help_flag) call.arguments.emplace_back(help_flag);
  }
  if (call.arguments.size() == 1 && (call.arguments[0] == help_flag || call.arguments[0] == "-h")) {
    print_help(call);
    return 0;
  }
  if (call.arguments.empty() || call.arguments.front().starts_with('-')) return serve(call);
  const std::string word = call.arguments.front();
  call.arguments.erase(call.arguments.begin());
  const auto* found =
      std::find_if(table.begin(), table.end(), [&](const Command& one) { return one.name == word; });
  if (found != table.end()) return found->run(call);
  return refuse(word);
}

}  // namespace

std::span<const Command> command_table() {
  return table;
}

int run_program(std::span<const char* const> arguments, const char* const* environment) {
  // A reader that has gone is an error of that one write.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return choose_and_run(arguments.empty() ? "" : arguments.front(),
                          {.arguments = {arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end()},
                           .environment = environment_of(environment)});
  } catch (const std::exception& bug) {
    fmt::print(stderr, "kinesisd stopped: {}\n", bug.what());
    return 1;
  }
}

}  // namespace kinesisd::server::commands
