#include "server/cli/aws/query.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/cli/aws/query_functions.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;

Value null_value() {
  Value out;
  out.kind = Kind::null;
  return out;
}

Value truth(bool value) {
  Value out;
  out.kind = Kind::boolean;
  out.boolean = value;
  return out;
}

bool is_null(const Value& value) {
  return value.kind == Kind::null || value.kind == Kind::absent;
}

// Numbers are true, even 0.
bool is_true(const Value& value) {
  switch (value.kind) {
    case Kind::boolean:
      return value.boolean;
    case Kind::list:
      return !value.items.empty();
    case Kind::object:
      return !value.members.empty();
    case Kind::integer:
    case Kind::real:
      return true;
    default:
      return !value.text.empty();
  }
}

Value list_of(std::vector<Value> items) {
  Value out;
  out.kind = Kind::list;
  out.items = std::move(items);
  return out;
}

Value member(const Value& value, std::string_view name) {
  for (const document::Member& one : value.members) {
    if (one.key == name) return one.value;
  }
  return null_value();
}

Value element(const Value& value, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(value.items.size());
  if (index < 0) index += size;
  return index < 0 || index >= size ? null_value() : value.items[static_cast<std::size_t>(index)];
}

// As Python slices: from, to, step.
Value sliced(const Value& value, std::vector<std::optional<std::int64_t>> numbers) {
  if (value.kind != Kind::list) return null_value();
  numbers.resize(3);
  const auto size = static_cast<std::int64_t>(value.items.size());
  const std::int64_t step = std::clamp<std::int64_t>(numbers[2].value_or(1), -size - 1, size + 1);
  std::vector<Value> out;
  if (step == 0) return list_of({});
  const std::int64_t lowest = step < 0 ? -1 : 0;
  const auto bounded = [&](std::int64_t at) {
    return std::clamp(at < 0 ? std::max(at, -size - 1) + size : at, lowest, size + lowest);
  };
  std::int64_t at = numbers[0] ? bounded(*numbers[0]) : (step < 0 ? size - 1 : 0);
  const std::int64_t end = numbers[1] ? bounded(*numbers[1]) : (step < 0 ? -1 : size);
  for (; step < 0 ? at > end : at < end; at += step) out.push_back(element(value, at));
  return list_of(std::move(out));
}

Value flattened(const Value& value) {
  if (value.kind != Kind::list) return null_value();
  std::vector<Value> out;
  for (const Value& item : value.items) {
    if (item.kind == Kind::list) {
      out.insert(out.end(), item.items.begin(), item.items.end());
    } else {
      out.push_back(item);
    }
  }
  return list_of(std::move(out));
}

// What gives nothing is left out.
Value projected(const Node& node, const Value& value, const Node* condition) {
  if (value.kind != Kind::list) return null_value();
  std::vector<Value> out;
  for (const Value& item : value.items) {
    if (condition != nullptr && !is_true(evaluate(*condition, item))) continue;
    Value one = evaluate(node, item);
    if (!is_null(one)) out.push_back(std::move(one));
  }
  return list_of(std::move(out));
}

Value values_of(const Value& value) {
  if (value.kind != Kind::object) return null_value();
  std::vector<Value> out;
  for (const document::Member& one : value.members) out.push_back(one.value);
  return list_of(std::move(out));
}

bool is_number(const Value& value) {
  return value.kind == Kind::integer || value.kind == Kind::real;
}

// Only numbers have an order.
Value compared(const std::string& sign, const Value& a, const Value& b) {
  if (sign == "==") return truth(is_same(a, b));
  if (sign == "!=") return truth(!is_same(a, b));
  if (!is_number(a) || !is_number(b)) return null_value();
  const double left = a.kind == Kind::real ? a.real : static_cast<double>(a.integer);
  const double right = b.kind == Kind::real ? b.real : static_cast<double>(b.integer);
  if (sign == "<") return truth(left < right);
  if (sign == "<=") return truth(left <= right);
  return truth(sign == ">" ? left > right : left >= right);
}

Value listed(const Node& node, const Value& value) {
  if (is_null(value)) return null_value();
  std::vector<Value> out;
  for (const Node& part : node.parts) out.push_back(evaluate(part, value));
  return list_of(std::move(out));
}

Value hashed(const Node& node, const Value& value) {
  if (is_null(value)) return null_value();
  Value out;
  out.kind = Kind::object;
  for (std::size_t i = 0; i < node.parts.size(); ++i)
    out.members.push_back({node.names[i], evaluate(node.parts[i], value)});
  return out;
}

}  // namespace

// Depth is bounded by query_nodes_max.
Value evaluate(const Node& node, const Value& value) {
  const auto part = [&](std::size_t i) { return evaluate(node.parts[i], value); };
  switch (node.step) {
    case Step::current:
      return value;
    case Step::literal:
      return node.value;
    case Step::field:
      return member(value, node.text);
    case Step::index:
      return element(value, *node.numbers.front());
    case Step::slice:
      return sliced(value, node.numbers);
    case Step::chain:
    case Step::pipe:
      return evaluate(node.parts[1], part(0));
    case Step::projection:
      return projected(node.parts[1], part(0), nullptr);
    case Step::value_projection:
      return projected(node.parts[1], values_of(part(0)), nullptr);
    case Step::filter_projection:
      return projected(node.parts[1], part(0), &node.parts[2]);
    case Step::flatten:
      return flattened(part(0));
    case Step::list:
      return listed(node, value);
    case Step::hash:
      return hashed(node, value);
    case Step::either: {
      Value first = part(0);
      return is_true(first) ? first : part(1);
    }
    case Step::both: {
      Value first = part(0);
      return is_true(first) ? part(1) : first;
    }
    case Step::negation:
      return truth(!is_true(part(0)));
    case Step::comparison:
      return compared(node.text, part(0), part(1));
    case Step::function:
      return apply_function(node, value);
    case Step::reference:
      break;  // by itself it is nothing
  }
  return null_value();
}

Node checked_query(std::string_view expression) {
  Node node = parse_query(expression);
  check_functions(node);
  return node;
}

Value query(std::string_view expression, const Value& value) {
  return evaluate(checked_query(expression), value);
}

}  // namespace kinesisd::server::aws
