#include "server/cli/aws/output.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;
using protocol::Shape;
using protocol::ShapeKind;

// 2026-01-31T10:30:00.250000+01:00; whole seconds have no decimals.
std::string local_time(double seconds) {
  const auto all = static_cast<std::int64_t>(std::llround(seconds * 1000));
  const std::time_t whole = all / 1000;
  std::tm parts{};
  localtime_r(&whole, &parts);
  const long minutes_east = parts.tm_gmtoff / 60;
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  if (all % 1000 != 0) out += fmt::format(".{:03}000", all % 1000);
  const long distance = std::abs(minutes_east);
  return out + fmt::format("{}{:02}:{:02}", minutes_east < 0 ? '-' : '+', distance / 60, distance % 60);
}

void write_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? fmt::format("\\u{:04x}", static_cast<unsigned>(c))
                                                    : std::string(1, c);
    }
  }
  out += '"';
}

void write(std::string& out, const Value& value, std::size_t level);

template <class Items, class WriteItem>
void write_items(std::string& out, const Items& items, std::string_view brackets, std::size_t level,
                 WriteItem write_item) {
  constexpr std::size_t indentation = 4;
  out += brackets[0];
  bool first = true;
  for (const auto& item : items) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append((level + 1) * indentation, ' ');
    write_item(item);
  }
  if (!first) {
    out += '\n';
    out.append(level * indentation, ' ');
  }
  out += brackets[1];
}

// Nesting is bounded by the parser.
void write(std::string& out, const Value& value, std::size_t level) {
  switch (value.kind) {
    case Kind::boolean:
      out += value.boolean ? "true" : "false";
      break;
    case Kind::integer:
      out += std::to_string(value.integer);
      break;
    case Kind::real:
      out += fmt::format("{}", value.real);
      break;
    case Kind::text:
    case Kind::date:
      write_text(out, value.text);
      break;
    case Kind::list:
      write_items(out, value.items, "[]", level, [&](const Value& item) { write(out, item, level + 1); });
      break;
    case Kind::object:
      write_items(out, value.members, "{}", level, [&](const document::Member& member) {
        write_text(out, member.key);
        out += ": ";
        write(out, member.value, level + 1);
      });
      break;
    default:
      out += "null";
  }
}

}  // namespace

Value shaped(const Shape& shape, const Value& answer) {
  Value out = answer;
  if (shape.kind == ShapeKind::structure && answer.kind == Kind::object) {
    out.members.clear();
    for (const protocol::MemberShape& member : shape.members) {
      const auto found = std::find_if(answer.members.begin(), answer.members.end(),
                                      [&](const auto& one) { return one.key == member.name; });
      if (found == answer.members.end() || found->value.kind == Kind::null) continue;
      out.members.push_back({found->key, shaped(*member.shape, found->value)});
    }
  } else if (shape.kind == ShapeKind::list) {
    for (Value& item : out.items) item = shaped(*shape.item, item);
  } else if (shape.kind == ShapeKind::timestamp) {
    out.kind = Kind::text;
    out.text = local_time(answer.kind == Kind::integer ? static_cast<double>(answer.integer) : answer.real);
  }
  return out;
}

std::string as_json(const Value& value) {
  std::string out;
  write(out, value, 0);
  return out + "\n";
}

bool is_word(const Value& value) {
  return value.kind != Kind::list && value.kind != Kind::object;
}

std::string as_word(const Value& value) {
  switch (value.kind) {
    case Kind::boolean:
      return value.boolean ? "True" : "False";
    case Kind::text:
    case Kind::date:
      return value.text;
    case Kind::null:
    case Kind::absent:
      return "None";
    default: {
      std::string out;
      write(out, value, 0);
      return out;
    }
  }
}

}  // namespace kinesisd::server::aws
