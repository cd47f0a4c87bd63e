#include "server/cli/flags.hpp"

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <charconv>
#include <cstdio>
#include <memory>

#include "server/document/closest.hpp"
#include "server/settings/help_line.hpp"

namespace kinesisd::server::commands {

void Flags::text(std::string_view name, std::string_view value, std::string_view help,
                 std::optional<std::string>& into) {
  rows_.push_back({name, value, help, [&into](const auto& values) {
                     into = values.back();
                     return std::string();
                   }});
}

void Flags::texts(std::string_view name, std::string_view value, std::string_view help,
                  std::vector<std::string>& into) {
  rows_.push_back({name, value, help, [&into](const auto& values) {
                     into = values;
                     return std::string();
                   }});
}

void Flags::number(std::string_view name, std::string_view value, std::string_view help,
                   std::optional<std::int64_t>& into, std::int64_t min, std::int64_t max) {
  rows_.push_back({name, value, help, [&into, min, max](const auto& values) -> std::string {
                     const std::string& text = values.back();
                     std::int64_t number = 0;
                     const auto [end, wrong] =
                         std::from_chars(text.data(), text.data() + text.size(), number);
                     const bool whole = wrong == std::errc{} && end == text.data() + text.size();
                     if (!whole || number < min || number > max) {
                       if (max == std::numeric_limits<std::int64_t>::max())
                         return fmt::format("choose a whole number of {} or more", min);
                       return fmt::format("choose a whole number from {} to {}", min, max);
                     }
                     into = number;
                     return {};
                   }});
}

void Flags::on(std::string_view name, std::string_view help, bool& into, bool value_if_given) {
  rows_.push_back({name, "", help, [&into, value_if_given](const auto&) {
                     into = value_if_given;
                     return std::string();
                   }});
}

void Flags::word(std::string_view name, std::string& into) {
  positional_.push_back({name, &into});
}

int Flags::refuse(std::string_view sentence) const {
  fmt::print(stderr, "{}\n", sentence);
  return 2;
}

// The flag that the user may have meant, as the middle of a sentence.
std::string Flags::meant(std::string_view given) const {
  const std::size_t begins = given.find_first_not_of('-');
  if (begins == 0 || begins == std::string_view::npos) return {};
  std::vector<std::string_view> names;
  for (const Row& row : rows_) names.push_back(row.name);
  const auto closest = document::closest(given.substr(begins, given.find('=') - begins), names);
  return closest ? fmt::format("--{} is, and ", *closest) : std::string();
}

std::optional<int> Flags::parse(std::span<const std::string> arguments) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  bool help = false;
  std::vector<std::vector<std::string>> values(rows_.size());
  const auto switches = std::make_unique<bool[]>(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::string name = fmt::format("--{}", rows_[i].name);
    if (rows_[i].value.empty()) {
      app.add_flag(name, switches[i]);
    } else {
      app.add_option(name, values[i])
          ->expected(1)
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
  app.add_flag("--help,-h", help);
  const std::string see = fmt::format("kinesisd {} --help explains it", command_);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ArgumentMismatch&) {
    return refuse(fmt::format("{} needs a value; {}.", arguments.back(), see));
  } catch (const CLI::ParseError& error) {
    return refuse(fmt::format("{}; {}.", error.what(), see));
  }
  if (help) {
    fmt::print("{}", help_text());
    return 0;
  }
  std::size_t word = 0;
  for (const std::string& extra : app.remaining()) {
    if (extra.starts_with("--") || word == positional_.size()) {
      return refuse(fmt::format("{} is not for kinesisd {}; {}{}.", extra, command_, meant(extra), see));
    }
    *positional_[word++].into = extra;
  }
  if (word < positional_.size()) {
    return refuse(fmt::format("kinesisd {} needs a {}; {}.", command_, positional_[word].name, see));
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].value.empty() ? !switches[i] : values[i].empty()) continue;
    if (const std::string advice = rows_[i].store(values[i]); !advice.empty()) {
      return refuse(fmt::format("--{} {}: {}.", rows_[i].name, values[i].back(), advice));
    }
  }
  return std::nullopt;
}

std::string Flags::help_text() const {
  std::string out = fmt::format("{}\n\nUsage: kinesisd {}{}{}{}\n\n", about_, command_,
                                words_.empty() ? "" : " ", words_, rows_.empty() ? "" : " [--FLAG VALUE]...");
  for (const Row& row : rows_) {
    help_line(out, fmt::format("--{}{}{}", row.name, row.value.empty() ? "" : " ", row.value), row.help);
  }
  help_line(out, "--help", "Prints this.");
  return out;
}

}  // namespace kinesisd::server::commands
