#include "server/cli/aws/query_functions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "server/cli/aws/query.hpp"
#include "server/cli/aws/usage_error.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;

// One call: the arguments, and what they were evaluated on for those that are references.
struct Call {
  const Node& node;
  std::vector<Value> arguments;

  [[noreturn]] void refuse(const Value& value) const {
    throw ValueError(
        fmt::format("In function {}(), invalid type for value: {}", node.text, document::to_json(value)));
  }
  const Value& of_kind(std::size_t i, Kind kind) const {
    if (arguments[i].kind != kind) refuse(arguments[i]);
    return arguments[i];
  }
};

Value text_value(std::string text) {
  Value out;
  out.kind = Kind::text;
  out.text = std::move(text);
  return out;
}

Value truth(bool value) {
  Value out;
  out.kind = Kind::boolean;
  out.boolean = value;
  return out;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

double number_of(const Value& value) {
  return value.kind == Kind::real ? value.real : static_cast<double>(value.integer);
}

// Texts by their bytes, which is the order of their characters; numbers by size.
bool is_less(const Call& call, const Value& a, const Value& b) {
  if (a.kind == Kind::text && b.kind == Kind::text) return a.text < b.text;
  const auto is_number = [](const Value& value) {
    return value.kind == Kind::integer || value.kind == Kind::real;
  };
  if (!is_number(a)) call.refuse(a);
  if (!is_number(b)) call.refuse(b);
  return number_of(a) < number_of(b);
}

Value length(const Call& call) {
  const Value& counted = call.arguments[0];
  Value out;
  out.kind = Kind::integer;
  switch (counted.kind) {
    case Kind::list:
      out.integer = static_cast<std::int64_t>(counted.items.size());
      return out;
    case Kind::object:
      out.integer = static_cast<std::int64_t>(counted.members.size());
      return out;
    case Kind::text:
      out.integer = static_cast<std::int64_t>(characters(counted.text));
      return out;
    default:
      call.refuse(counted);
  }
}

Value contains(const Call& call) {
  const Value& where = call.arguments[0];
  const Value& what = call.arguments[1];
  if (where.kind == Kind::text)
    return truth(what.kind == Kind::text && where.text.find(what.text) != std::string::npos);
  const auto& items = call.of_kind(0, Kind::list).items;
  return truth(
      std::any_of(items.begin(), items.end(), [&](const Value& item) { return is_same(item, what); }));
}

Value starts_with(const Call& call) {
  return truth(call.of_kind(0, Kind::text).text.starts_with(call.of_kind(1, Kind::text).text));
}

Value ends_with(const Call& call) {
  return truth(call.of_kind(0, Kind::text).text.ends_with(call.of_kind(1, Kind::text).text));
}

Value join(const Call& call) {
  const std::string& between = call.of_kind(0, Kind::text).text;
  std::string out;
  for (const Value& item : call.of_kind(1, Kind::list).items) {
    if (item.kind != Kind::text) call.refuse(item);
    if (&item != &call.arguments[1].items.front()) out += between;
    out += item.text;
  }
  return text_value(std::move(out));
}

Value reverse(const Call& call) {
  if (call.arguments[0].kind == Kind::text) {
    // Characters, not bytes: those of one character are turned back.
    std::string out = call.arguments[0].text;
    std::reverse(out.begin(), out.end());
    const auto goes_on = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    for (auto begin = out.begin(); begin != out.end();) {
      auto end = std::find_if_not(begin, out.end(), goes_on);
      if (end != out.end()) ++end;
      std::reverse(begin, end);
      begin = end;
    }
    return text_value(std::move(out));
  }
  Value out = call.of_kind(0, Kind::list);
  std::reverse(out.items.begin(), out.items.end());
  return out;
}

Value sort(const Call& call) {
  Value out = call.of_kind(0, Kind::list);
  std::stable_sort(out.items.begin(), out.items.end(),
                   [&](const Value& a, const Value& b) { return is_less(call, a, b); });
  return out;
}

Value sort_by(const Call& call) {
  Value out = call.of_kind(0, Kind::list);
  if (call.node.parts[1].step != Step::reference) call.refuse(call.arguments[1]);
  const Node& key = call.node.parts[1].parts.front();
  std::stable_sort(out.items.begin(), out.items.end(), [&](const Value& a, const Value& b) {
    return is_less(call, evaluate(key, a), evaluate(key, b));
  });
  return out;
}

Value first_or_null(const Value& sorted, bool last) {
  Value null;
  null.kind = Kind::null;
  if (sorted.items.empty()) return null;
  return last ? sorted.items.back() : sorted.items.front();
}

Value members(const Call& call, bool names) {
  Value out;
  out.kind = Kind::list;
  for (const document::Member& member : call.of_kind(0, Kind::object).members)
    out.items.push_back(names ? text_value(member.key) : member.value);
  return out;
}

Value to_string(const Call& call) {
  const Value& value = call.arguments[0];
  return value.kind == Kind::text ? value : text_value(document::to_json(value));
}

Value not_null(const Call& call) {
  for (const Value& value : call.arguments) {
    if (value.kind != Kind::null && value.kind != Kind::absent) return value;
  }
  return first_or_null({}, false);
}

constexpr std::size_t any_number = 0;

struct Function {
  std::string_view name;
  std::size_t arguments;
  Value (*run)(const Call& call);
};

constexpr std::array functions{
    Function{"length", 1, length},
    Function{"contains", 2, contains},
    Function{"starts_with", 2, starts_with},
    Function{"ends_with", 2, ends_with},
    Function{"join", 2, join},
    Function{"reverse", 1, reverse},
    Function{"sort", 1, sort},
    Function{"sort_by", 2, sort_by},
    Function{"max", 1, [](const Call& call) { return first_or_null(sort(call), true); }},
    Function{"min", 1, [](const Call& call) { return first_or_null(sort(call), false); }},
    Function{"max_by", 2, [](const Call& call) { return first_or_null(sort_by(call), true); }},
    Function{"min_by", 2, [](const Call& call) { return first_or_null(sort_by(call), false); }},
    Function{"keys", 1, [](const Call& call) { return members(call, true); }},
    Function{"values", 1, [](const Call& call) { return members(call, false); }},
    Function{"to_string", 1, to_string},
    Function{"not_null", any_number, not_null},
};

const Function* find_function(std::string_view name) {
  const auto* found =
      std::find_if(functions.begin(), functions.end(), [&](const Function& one) { return one.name == name; });
  return found == functions.end() ? nullptr : found;
}

}  // namespace

bool is_same(const Value& a, const Value& b) {
  const auto is_nothing = [](const Value& value) {
    return value.kind == Kind::null || value.kind == Kind::absent;
  };
  if (is_nothing(a) || is_nothing(b)) return is_nothing(a) && is_nothing(b);
  const auto is_number = [](const Value& value) {
    return value.kind == Kind::integer || value.kind == Kind::real;
  };
  if (is_number(a) && is_number(b)) return number_of(a) == number_of(b);
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::object) {
    return a.members.size() == b.members.size() &&
           std::all_of(a.members.begin(), a.members.end(), [&](const document::Member& one) {
             return std::any_of(b.members.begin(), b.members.end(), [&](const document::Member& other) {
               return one.key == other.key && is_same(one.value, other.value);
             });
           });
  }
  return a.boolean == b.boolean && a.text == b.text &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), is_same);
}

Value apply_function(const Node& function, const Value& value) {
  Call call{.node = function, .arguments = {}};
  for (const Node& part : function.parts) call.arguments.push_back(evaluate(part, value));
  return find_function(function.text)->run(call);
}

void check_functions(const Node& node) {
  if (node.step == Step::function) {
    const Function* found = find_function(node.text);
    if (found == nullptr) {
      std::string names;
      for (const Function& one : functions) names += fmt::format("{}{}", names.empty() ? "" : ", ", one.name);
      throw UsageError(fmt::format("--query: {}() is not here; {} are.", node.text, names));
    }
    if (node.parts.empty() || (found->arguments != any_number && found->arguments != node.parts.size()))
      throw UsageError(fmt::format("--query: {}() takes {} arguments, not {}.", node.text,
                                   std::max<std::size_t>(found->arguments, 1), node.parts.size()));
  }
  for (const Node& part : node.parts) check_functions(part);
}

}  // namespace kinesisd::server::aws
