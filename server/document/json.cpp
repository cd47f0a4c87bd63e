#include <fmt/core.h>

#include <cmath>
#include <set>
#include <utility>

#include "protocol/json.hpp"
#include "protocol/wire.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::document {

namespace {

namespace wire = protocol::wire;

class Conversion {
 public:
  explicit Conversion(const std::string& name) : name_(name) {}

  Value convert(const wire::Node& node) const {
    Value out;
    switch (node.kind) {
      case wire::Kind::null:
        out.kind = Kind::null;
        break;
      case wire::Kind::boolean:
        out.kind = Kind::boolean;
        out.boolean = node.boolean;
        break;
      case wire::Kind::integer:
        out.kind = Kind::integer;
        out.integer = node.integer;
        break;
      case wire::Kind::real:
        out.kind = Kind::real;
        out.real = node.real;
        break;
      case wire::Kind::text:
      case wire::Kind::bytes:
        out.kind = Kind::text;
        out.text = node.text();
        break;
      case wire::Kind::list:
        out.kind = Kind::list;
        convert_items(node, out);
        break;
      case wire::Kind::map:
        out.kind = Kind::object;
        convert_members(node, out);
        break;
    }
    return out;
  }

 private:
  void convert_items(const wire::Node& node, Value& out) const {
    const wire::Node* item = node.first();
    for (std::uint32_t i = 0; i < node.count; ++i, item = item->next()) out.items.push_back(convert(*item));
  }

  void convert_members(const wire::Node& node, Value& out) const {
    std::set<std::string_view> seen;
    const wire::Node* key = node.first();
    for (std::uint32_t i = 0; i < node.count; ++i) {
      const wire::Node* value = key->next();
      if (!seen.insert(key->text()).second) {
        throw Problem(fmt::format("{}\"{}\" stands twice in one object; remove one.",
                                  name_.empty() ? "" : name_ + ": ", key->text()));
      }
      out.members.push_back({std::string(key->text()), convert(*value)});
      key = value->next();
    }
  }

  const std::string& name_;
};

void write(std::string& out, const Value& value) {
  using protocol::json::Writer;
  bool first = true;
  const auto comma = [&] {
    if (!first) out += ',';
    first = false;
  };
  switch (value.kind) {
    case Kind::absent:
    case Kind::null:
      out += "null";
      break;
    case Kind::boolean:
      out += value.boolean ? "true" : "false";
      break;
    case Kind::integer:
      Writer(out).integer(value.integer);
      break;
    case Kind::real:  // JSON knows neither infinity nor what is no number
      out += std::isfinite(value.real) ? fmt::format("{}", value.real) : "null";
      break;
    case Kind::text:
    case Kind::date:
      Writer(out).text(value.text);
      break;
    case Kind::list:
      out += '[';
      for (const Value& item : value.items) {
        comma();
        write(out, item);
      }
      out += ']';
      break;
    case Kind::object:
      out += '{';
      for (const Member& member : value.members) {
        comma();
        Writer(out).text(member.key);
        out += ':';
        write(out, member.value);
      }
      out += '}';
      break;
  }
}

}  // namespace

Document parse_json(std::string text, std::string name) {
  const auto tree = protocol::json::parse(text);
  if (!tree) {
    throw Problem(fmt::format("{} is not JSON; write an object: {{ \"key\": value, ... }}.",
                              name.empty() ? "The body" : name));
  }
  Document out{.format = Format::json, .name = std::move(name)};
  out.root = Conversion(out.name).convert(tree.value().root());
  return out;
}

std::string to_json(const Value& value) {
  std::string out;
  write(out, value);
  return out;
}

}  // namespace kinesisd::server::document
