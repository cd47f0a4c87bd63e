#include "server/cli/aws/arguments.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

#include "protocol/base64.hpp"
#include "server/cli/aws/operation_table.hpp"
#include "server/cli/aws/shorthand.hpp"
#include "server/cli/aws/usage_error.hpp"
#include "server/document/closest.hpp"
#include "server/support/instant.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;
using protocol::Shape;
using protocol::ShapeKind;

constexpr std::array global_values{"endpoint-url",
                                   "region",
                                   "output",
                                   "profile",
                                   "query",
                                   "ca-bundle",
                                   "color",
                                   "cli-read-timeout",
                                   "cli-connect-timeout",
                                   "cli-binary-format"};
constexpr std::array global_switches{"no-cli-pager", "no-verify-ssl", "no-sign-request",    "no-paginate",
                                     "debug",        "version",       "no-cli-auto-prompt", "help"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Value text_value(std::string text) {
  Value out;
  out.kind = Kind::text;
  out.text = std::move(text);
  return out;
}

Value base64_value(std::string_view bytes) {
  Value out = text_value({});
  protocol::base64::encode(bytes, out.text);
  return out;
}

// One member's value, from words or from JSON.
class Reader {
 public:
  Reader(std::string option, Binary binary) : option_(std::move(option)), binary_(binary) {}

  Value from_words(const Shape& shape, const std::vector<std::string>& words) {
    if (shape.kind == ShapeKind::list) return list_from_words(shape, words);
    if (words.size() != 1) throw UsageError(fmt::format("argument --{}: expected one argument", option_));
    return from_text(shape, words.front());
  }

  // What stands in JSON or in shorthand, where all but structures are texts.
  Value converted(const Shape& shape, const Value& value) {
    switch (shape.kind) {
      case ShapeKind::structure:
        return structure(shape, value);
      case ShapeKind::list: {
        Value out;
        out.kind = Kind::list;
        if (value.kind != Kind::list) {
          out.items.push_back(converted(*shape.item, value));
          return out;
        }
        for (const Value& item : value.items) out.items.push_back(converted(*shape.item, item));
        return out;
      }
      case ShapeKind::blob:
        return value.kind == Kind::text ? blob(value.text) : value;
      case ShapeKind::text:
      case ShapeKind::text_map:
        return value;
      default:
        return value.kind == Kind::text ? scalar(shape, value.text) : value;
    }
  }

 private:
  [[noreturn]] void refuse(std::string_view message) const {
    throw UsageError(fmt::format("Error parsing parameter '--{}': {}", option_, message));
  }

  Value list_from_words(const Shape& shape, const std::vector<std::string>& words) {
    if (words.empty())
      throw UsageError(fmt::format("argument --{}: expected at least one argument", option_));
    Value out;
    out.kind = Kind::list;
    for (const std::string& word : words) {
      const std::string text = expanded(option_, word);
      if (words.size() == 1 && text.find_first_not_of(" \n\t") != std::string::npos &&
          text[text.find_first_not_of(" \n\t")] == '[') {
        return converted(shape, json(text));
      }
      out.items.push_back(item_from_text(*shape.item, text));
    }
    return out;
  }

  Value item_from_text(const Shape& shape, const std::string& text) {
    return shape.kind == ShapeKind::structure ? structured(shape, text) : scalar(shape, text);
  }

  Value from_text(const Shape& shape, const std::string& word) {
    if (shape.kind == ShapeKind::blob && word.starts_with("fileb://"))
      return base64_value(expanded(option_, word));
    const std::string text = expanded(option_, word);
    if (shape.kind == ShapeKind::structure || shape.kind == ShapeKind::text_map)
      return structured(shape, text);
    return scalar(shape, text);
  }

  // A structure or a map, in JSON or in shorthand.
  Value structured(const Shape& shape, const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \n\t");
    if (first != std::string::npos && text[first] == '{') return converted(shape, json(text));
    try {
      return converted(shape, parse_shorthand(text));
    } catch (const UsageError& error) {
      refuse(error.what());
    }
  }

  Value json(const std::string& text) const {
    try {
      return document::parse_json(text).root;
    } catch (const document::Problem&) {
      refuse(fmt::format("Invalid JSON: {}", text));
    }
  }

  Value structure(const Shape& shape, const Value& value) {
    if (value.kind != Kind::object) refuse("expected an object");
    Value out;
    out.kind = Kind::object;
    for (const document::Member& member : value.members) {
      const auto known = std::find_if(shape.members.begin(), shape.members.end(),
                                      [&](const auto& one) { return one.name == member.key; });
      if (known == shape.members.end()) {
        std::string names;
        for (const auto& one : shape.members)
          names += fmt::format("{}{}", names.empty() ? "" : ", ", one.name);
        throw ValueError(fmt::format(
            "Parameter validation failed:\nUnknown parameter in input: \"{}\", must be one of: {}",
            member.key, names));
      }
      out.members.push_back({member.key, converted(*known->shape, member.value)});
    }
    return out;
  }

  Value scalar(const Shape& shape, const std::string& text) {
    switch (shape.kind) {
      case ShapeKind::integer: {
        Value out;
        out.kind = Kind::integer;
        const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out.integer);
        if (wrong == std::errc{} && end == text.data() + text.size()) return out;
        throw ValueError(fmt::format("invalid literal for int() with base 10: '{}'", text));
      }
      case ShapeKind::boolean: {
        Value out;
        out.kind = Kind::boolean;
        out.boolean = text == "true" || text == "True";
        return out;
      }
      case ShapeKind::timestamp: {
        const auto at = commands::parse_instant(text);
        if (!at) throw ValueError(fmt::format("Invalid timestamp \"{}\"", text));
        Value out;
        out.kind = Kind::real;
        out.real = static_cast<double>(at->time_since_epoch().count()) / 1000.0;
        return out;
      }
      case ShapeKind::blob:
        return blob(text);
      default:
        return text_value(text);
    }
  }

  Value blob(const std::string& text) const {
    if (binary_ == Binary::raw) return base64_value(text);
    std::string bytes;
    if (!protocol::base64::decode(text, bytes)) {
      throw ValueError(fmt::format(
          "Invalid base64: \"{}\"; --cli-binary-format raw-in-base64-out takes it as it is", text));
    }
    return text_value(text);
  }

  std::string option_;
  Binary binary_;
};

const protocol::MemberShape* find_member(const Shape& shape, std::string_view option) {
  for (const protocol::MemberShape& member : shape.members) {
    if (kebab_case(member.name) == option) return &member;
  }
  return nullptr;
}

void set(Value& object, std::string_view name, Value value) {
  std::erase_if(object.members, [&](const document::Member& member) { return member.key == name; });
  object.members.push_back({std::string(name), std::move(value)});
}

// --x or --no-x of a boolean; nullptr: it is neither.
const protocol::MemberShape* find_switch(const Shape& shape, std::string_view option, bool& on) {
  const protocol::MemberShape* member = find_member(shape, option);
  on = member != nullptr;
  if (member == nullptr && option.starts_with("no-")) member = find_member(shape, option.substr(3));
  return member != nullptr && member->shape->kind == ShapeKind::boolean ? member : nullptr;
}

// The option that may have been meant, as the end of a message.
std::string meant(const Shape& shape, std::string_view given) {
  std::vector<std::string> options;
  for (const protocol::MemberShape& member : shape.members) options.push_back(kebab_case(member.name));
  options.insert(options.end(), global_values.begin(), global_values.end());
  options.insert(options.end(), global_switches.begin(), global_switches.end());
  const std::vector<std::string_view> names(options.begin(), options.end());
  const auto like = document::closest(given, names);
  return like ? fmt::format("; did you mean --{}?", *like) : std::string();
}

}  // namespace

std::optional<std::string> Globals::value(std::string_view name) const {
  const auto found = values.find(name);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

bool Globals::has(std::string_view name) const {
  return contains(switches, name);
}

Words sort_words(std::span<const std::string> arguments) {
  Words out;
  bool takes_words = false;  // the option before takes what follows
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (!word.starts_with("--")) {
      (takes_words ? out.options.back().second : out.command).push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    takes_words = false;
    if (contains(global_switches, name)) {
      out.globals.switches.push_back(name);
    } else if (contains(global_values, name)) {
      const bool here = equals != std::string::npos;
      if (!here && i + 1 == arguments.size())
        throw UsageError(fmt::format("argument --{}: expected one argument", name));
      out.globals.values[name] = here ? word.substr(equals + 1) : arguments[++i];
    } else {
      takes_words = true;
      auto& words = out.options.emplace_back(name, std::vector<std::string>()).second;
      if (equals != std::string::npos) words.push_back(word.substr(equals + 1));
    }
  }
  return out;
}

std::string expanded(const std::string& name, const std::string& text) {
  const bool binary = text.starts_with("fileb://");
  if (!binary && !text.starts_with("file://")) return text;
  const std::string path = text.substr(binary ? 8 : 7);
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw UsageError(
        fmt::format("Error parsing parameter '--{}': Unable to load paramfile {}: [Errno 2] No such file or "
                    "directory: '{}'",
                    name, text, path));
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

Value request_of(const Shape& shape,
                 std::span<const std::pair<std::string, std::vector<std::string>>> options, Value base,
                 Binary binary) {
  Value request = Reader("cli-input-json", Binary::base64).converted(shape, base);
  request.kind = Kind::object;
  std::string unknown;
  std::string hint;
  for (const auto& [name, words] : options) {
    bool on = false;
    if (const auto* flag = find_switch(shape, name, on); flag != nullptr && words.empty()) {
      Value value;
      value.kind = Kind::boolean;
      value.boolean = on;
      set(request, flag->name, std::move(value));
    } else if (const auto* member = find_member(shape, name)) {
      set(request, member->name, Reader(name, binary).from_words(*member->shape, words));
    } else {
      unknown += fmt::format("{}--{}", unknown.empty() ? "" : ", ", name);
      for (const std::string& word : words) unknown += fmt::format(", {}", word);
      if (hint.empty()) hint = meant(shape, name);
    }
  }
  std::string missing;
  for (const protocol::MemberShape& member : shape.members) {
    const bool there = std::any_of(request.members.begin(), request.members.end(),
                                   [&](const auto& one) { return one.key == member.name; });
    if (member.required && !there)
      missing += fmt::format("{}--{}", missing.empty() ? "" : ", ", kebab_case(member.name));
  }
  if (!missing.empty()) throw UsageError(fmt::format("the following arguments are required: {}", missing));
  if (!unknown.empty()) throw UsageError(fmt::format("Unknown options: {}{}", unknown, hint));
  return request;
}

}  // namespace kinesisd::server::aws
