// The flags and words of one command, with their help. CLI11 stays in flags.cpp; knows no command.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kinesisd::server::commands {

class Flags {
 public:
  // `about` is a sentence or two; `words` are the positional arguments as the help shows them, such as
  // "STREAM".
  Flags(std::string_view command, std::string_view about, std::string_view words = {})
      : command_(command), about_(about), words_(words) {}

  // What is declared is set by `parse` if it is given, and outlives this. `name` is without the dashes,
  // `value` stands for the value in the help.
  void text(std::string_view name, std::string_view value, std::string_view help,
            std::optional<std::string>& into);
  void texts(std::string_view name, std::string_view value, std::string_view help,
             std::vector<std::string>& into);
  void number(std::string_view name, std::string_view value, std::string_view help,
              std::optional<std::int64_t>& into, std::int64_t min = 1,
              std::int64_t max = std::numeric_limits<std::int64_t>::max());
  // `--name` sets `into` to `value_if_given`.
  void on(std::string_view name, std::string_view help, bool& into, bool value_if_given = true);
  void word(std::string_view name, std::string& into);

  // The exit code, if there is nothing to do but exit: the help or a refusal has then been printed.
  std::optional<int> parse(std::span<const std::string> arguments);

  // Prints `sentence` as a refusal; gives the exit code.
  int refuse(std::string_view sentence) const;

 private:
  struct Row {
    std::string_view name;
    std::string_view value;  // "": a switch
    std::string_view help;
    // Gives what to do instead, as the end of a sentence; "" when the values were taken.
    std::function<std::string(const std::vector<std::string>& values)> store;
  };
  struct Word {
    std::string_view name;
    std::string* into;
  };

  std::string help_text() const;
  std::string meant(std::string_view given) const;

  std::string_view command_;
  std::string_view about_;
  std::string_view words_;
  std::vector<Row> rows_;
  std::vector<Word> positional_;
};

}  // namespace kinesisd::server::commands
