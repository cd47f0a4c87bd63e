#include "server/commands/aws/query.hpp"

#include <fmt/core.h>

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/commands/aws/usage_error.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;

constexpr int depth_max = 32;  // of expressions inside each other

Value null_value() {
  Value out;
  out.kind = Kind::null;
  return out;
}

bool is_null(const Value& value) {
  return value.kind == Kind::null || value.kind == Kind::absent;
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
  if (value.kind != Kind::list) return null_value();
  if (index < 0) index += size;
  return index < 0 || index >= size ? null_value() : value.items[static_cast<std::size_t>(index)];
}

// Applies `step` to each of a projection, `levels` lists deep; what gives nothing is left out.
template <class Step>
Value apply(const Value& value, int levels, const Step& step) {
  if (levels == 0) return step(value);
  std::vector<Value> out;
  for (const Value& item : value.items) {
    Value one = apply(item, levels - 1, step);
    if (!is_null(one)) out.push_back(std::move(one));
  }
  return value.kind == Kind::list ? list_of(std::move(out)) : null_value();
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

// Reads an expression while it is evaluated: there is nothing to keep of it. An expression that is applied to
// each of a list is read again for each.
class Evaluator {
 public:
  Evaluator(std::string_view whole, int depth = 0) : whole_(whole), rest_(whole), depth_(depth) {
    if (depth > depth_max) fail();
  }

  Value run(const Value& root) {
    Value value = root;
    levels_ = 0;
    bool first = true;
    for (blanks(); !rest_.empty(); blanks()) {
      if (skip('|')) {
        blanks();
        if (first || rest_.empty() || rest_.front() == '|') fail();
        levels_ = 0;
        first = true;
      } else if (rest_.front() == '[') {
        value = bracket(value);
        first = false;
      } else {
        if (!first && !skip('.')) fail();
        blanks();
        value = part(value);
        first = false;
      }
    }
    return value;
  }

 private:
  [[noreturn]] void fail() const {
    throw UsageError(fmt::format(
        "--query {} is not understood; names, [0], [], [*], [?a=='b'], [a,b], {{x:a}}, | and length() are.",
        whole_));
  }

  void blanks() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view name() {
    if (skip('"')) return until('"');
    const std::size_t end =
        rest_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    const std::string_view found = rest_.substr(0, end);
    if (found.empty()) fail();
    rest_.remove_prefix(found.size());
    return found;
  }

  std::string_view until(char end) {
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) fail();
    const std::string_view found = rest_.substr(0, at);
    rest_.remove_prefix(at + 1);
    return found;
  }

  // Up to the bracket that closes the one that has been read.
  std::string_view inside(char open, char close) {
    int nested = 1;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == open) ++nested;
      if (rest_[i] == close && --nested == 0) {
        const std::string_view found = rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return found;
      }
    }
    fail();
  }

  Value sub(std::string_view expression, const Value& value) const {
    return Evaluator(expression, depth_ + 1).run(value);
  }

  // A name, {x: a}, [a, b], @ or length(a).
  Value part(const Value& value) {
    if (skip('@')) return value;
    if (skip('{')) return hash(value, inside('{', '}'));
    if (skip('[')) return several(value, inside('[', ']'));
    const std::string_view word = name();
    if (!skip('(')) return apply(value, levels_, [&](const Value& one) { return member(one, word); });
    if (word != "length") fail();
    const std::string_view argument = inside('(', ')');
    return apply(value, levels_, [&](const Value& one) {
      const Value counted = sub(argument, one);
      Value out;
      out.kind = Kind::integer;
      out.integer = static_cast<std::int64_t>(counted.kind == Kind::list     ? counted.items.size()
                                              : counted.kind == Kind::object ? counted.members.size()
                                                                             : counted.text.size());
      return is_null(counted) ? null_value() : out;
    });
  }

  static std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> out;
    int nested = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (std::string_view("([{").find(text[i]) != std::string_view::npos) ++nested;
      if (std::string_view(")]}").find(text[i]) != std::string_view::npos) --nested;
      if (text[i] != ',' || nested != 0) continue;
      out.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
    out.push_back(text.substr(begin));
    return out;
  }

  Value hash(const Value& value, std::string_view pairs) const {
    return apply(value, levels_, [&](const Value& one) {
      if (is_null(one)) return null_value();
      Value out;
      out.kind = Kind::object;
      for (const std::string_view pair : split(pairs)) {
        Evaluator reader(pair, depth_ + 1);
        reader.blanks();
        const std::string_view key = reader.name();
        reader.blanks();
        if (!reader.skip(':')) fail();
        out.members.push_back({std::string(key), sub(reader.rest_, one)});
      }
      return out;
    });
  }

  Value bracket(const Value& value) {
    skip('[');
    const std::string_view text = inside('[', ']');
    if (text.empty()) {
      Value flat = levels_ <= 1 ? flattened(value) : null_value();
      levels_ = 1;
      return flat;
    }
    if (text == "*") {
      ++levels_;
      return value;
    }
    if (text.front() == '?') {
      Value kept = apply(value, levels_, [&](const Value& one) { return filtered(one, text.substr(1)); });
      ++levels_;
      return kept;
    }
    std::int64_t index = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (wrong == std::errc{} && end == text.data() + text.size())
      return apply(value, levels_, [&](const Value& one) { return element(one, index); });
    return several(value, text);
  }

  // [a, b]
  Value several(const Value& value, std::string_view expressions) const {
    return apply(value, levels_, [&](const Value& one) {
      if (is_null(one)) return null_value();
      std::vector<Value> out;
      for (const std::string_view expression : split(expressions)) out.push_back(sub(expression, one));
      return list_of(std::move(out));
    });
  }

  // a=='b' or a!='b', with the literal in quotes of either kind.
  Value filtered(const Value& value, std::string_view condition) const {
    const std::size_t at = condition.find_first_of("=!");
    if (at == std::string_view::npos || at + 2 > condition.size() || condition[at + 1] != '=') fail();
    const bool wants_same = condition[at] == '=';
    std::string_view literal = condition.substr(at + 2);
    while (literal.starts_with(' ')) literal.remove_prefix(1);
    while (literal.ends_with(' ')) literal.remove_suffix(1);
    if (literal.size() < 2 || literal.front() != literal.back() ||
        (literal.front() != '\'' && literal.front() != '`'))
      fail();
    literal = literal.substr(1, literal.size() - 2);
    if (literal.size() > 1 && literal.front() == '"') literal = literal.substr(1, literal.size() - 2);
    if (value.kind != Kind::list) return null_value();
    std::vector<Value> out;
    for (const Value& item : value.items) {
      const Value found = sub(condition.substr(0, at), item);
      const bool same = found.kind == Kind::text ? found.text == literal
                                                 : !is_null(found) && document::to_json(found) == literal;
      if (same == wants_same) out.push_back(item);
    }
    return list_of(std::move(out));
  }

  std::string_view whole_;
  std::string_view rest_;
  int depth_;
  int levels_ = 0;  // lists that later steps are applied inside of
};

}  // namespace

Value query(std::string_view expression, const Value& value) {
  return Evaluator(expression).run(value);
}

}  // namespace kinesisd::server::aws
