#include <fmt/core.h>

#include <toml++/toml.h>
#include <algorithm>
#include <sstream>
#include <utility>

#include "server/document/value.hpp"

namespace kinesisd::server::document {

namespace {

// The library's tree as ours.
class Conversion {
 public:
  explicit Conversion(const std::string& name) : name_(name) {}

  Value convert(const toml::node& node, std::int64_t line_around, std::size_t depth) const {
    Value out;
    out.line = node.source().begin.line == 0 ? line_around : node.source().begin.line;
    if (depth > depth_max) refuse(out.line, fmt::format("is nested deeper than {} levels", depth_max));
    if (const auto* table = node.as_table()) {
      out.kind = Kind::object;
      convert_members(*table, out, depth);
    } else if (const auto* array = node.as_array()) {
      out.kind = Kind::list;
      for (const toml::node& item : *array) out.items.push_back(convert(item, out.line, depth + 1));
    } else {
      convert_scalar(node, out);
    }
    return out;
  }

 private:
  [[noreturn]] void refuse(std::int64_t line, std::string_view what) const {
    throw Problem(fmt::format("{}, line {} {}; write less into one another.", name_, line, what));
  }

  // The library sorts them by key; people number the lines.
  void convert_members(const toml::table& table, Value& out, std::size_t depth) const {
    struct Row {
      const toml::key* key;
      const toml::node* node;
    };
    std::vector<Row> rows;
    for (const auto& [key, node] : table) rows.push_back({&key, &node});
    const auto place = [](const Row& row) {
      return std::pair(row.key->source().begin.line, row.key->source().begin.column);
    };
    std::sort(rows.begin(), rows.end(),
              [&](const Row& left, const Row& right) { return place(left) < place(right); });
    for (const Row& row : rows) {
      const std::int64_t line = row.key->source().begin.line;
      Value value = convert(*row.node, line == 0 ? out.line : line, depth + 1);
      out.members.push_back({std::string(row.key->str()), std::move(value)});
    }
  }

  static void convert_scalar(const toml::node& node, Value& out) {
    if (const auto* text = node.as_string()) {
      out.kind = Kind::text;
      out.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
      out.kind = Kind::integer;
      out.integer = integer->get();
    } else if (const auto* real = node.as_floating_point()) {
      out.kind = Kind::real;
      out.real = real->get();
    } else if (const auto* boolean = node.as_boolean()) {
      out.kind = Kind::boolean;
      out.boolean = boolean->get();
    } else {
      out.kind = Kind::date;
      std::ostringstream written;
      if (const auto* date = node.as_date()) written << date->get();
      if (const auto* time = node.as_time()) written << time->get();
      if (const auto* both = node.as_date_time()) written << both->get();
      out.text = written.str();
    }
  }

  const std::string& name_;
};

}  // namespace

Document parse_toml(std::string_view text, std::string name) {
  try {
    const toml::table table = toml::parse(text);
    Document out{.format = Format::toml, .name = std::move(name)};
    out.root = Conversion(out.name).convert(table, 1, 0);
    out.root.line = 1;
    return out;
  } catch (const toml::parse_error& error) {
    throw Problem(
        fmt::format("{}, line {} is not TOML: {}.", name, error.source().begin.line, error.description()));
  }
}

}  // namespace kinesisd::server::document
