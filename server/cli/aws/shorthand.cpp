#include "server/cli/aws/shorthand.hpp"

#include <fmt/core.h>

#include <string>
#include <utility>

#include "server/cli/aws/usage_error.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), rest_(text) {}

  Value whole() {
    Value object = pairs('\0');
    if (!rest_.empty()) fail("the end");
    return object;
  }

 private:
  [[noreturn]] void fail(std::string_view wanted) const {
    throw UsageError(fmt::format("Expected: {}, received: '{}' for input:\n{}\n{:>{}}", wanted,
                                 rest_.empty() ? "EOF" : std::string(1, rest_.front()), text_, "^",
                                 text_.size() - rest_.size() + 1));
  }

  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // key=value pieces up to `end` or the end of the text.
  Value pairs(char end) {
    Value object;
    object.kind = Kind::object;
    while (!rest_.empty() && rest_.front() != end) {
      while (skip(' ')) continue;
      std::string key(take_until("="));
      if (!skip('=') || key.empty()) fail("'='");
      object.members.push_back({std::move(key), value(end)});
      // What follows a comma without an equals sign of its own is one more item of the same value.
      while (rest_.starts_with(',') && !next_is_pair()) {
        skip(',');
        add_item(object.members.back().value, value(end));
      }
      if (!skip(',') && !rest_.empty() && rest_.front() != end) fail("','");
    }
    return object;
  }

  bool next_is_pair() const {
    const std::string_view after = rest_.substr(1);
    const std::size_t stop = after.find_first_of(",=\"'[{}]");
    return after.empty() || (stop != std::string_view::npos && after[stop] == '=');
  }

  static void add_item(Value& list, Value item) {
    if (list.kind != Kind::list) {
      Value first = std::move(list);
      list = Value{};
      list.kind = Kind::list;
      list.items.push_back(std::move(first));
    }
    list.items.push_back(std::move(item));
  }

  Value value(char end) {
    if (skip('{')) {
      Value object = pairs('}');
      if (!skip('}')) fail("'}'");
      return object;
    }
    if (skip('[')) return list();
    Value out;
    out.kind = Kind::text;
    if (rest_.starts_with('"') || rest_.starts_with('\'')) {
      out.text = quoted();
    } else {
      const std::string ends = end == '\0' ? "," : fmt::format(",{}", end);
      out.text = take_until(ends);
    }
    return out;
  }

  Value list() {
    Value out;
    out.kind = Kind::list;
    while (!rest_.starts_with(']')) {
      if (rest_.empty()) fail("']'");
      out.items.push_back(value(']'));
      if (!skip(',') && !rest_.starts_with(']')) fail("','");
    }
    skip(']');
    return out;
  }

  std::string quoted() {
    const char quote = rest_.front();
    skip(quote);
    std::string out;
    while (!skip(quote)) {
      if (rest_.empty()) fail(std::string_view(&quote, 1));
      if (rest_.size() > 1 && rest_[0] == '\\' && (rest_[1] == quote || rest_[1] == '\\')) skip('\\');
      out += rest_.front();
      rest_.remove_prefix(1);
    }
    return out;
  }

  std::string_view take_until(std::string_view ends) {
    const std::string_view taken = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view text_;
  std::string_view rest_;
};

}  // namespace

Value parse_shorthand(std::string_view text) {
  return Parser(text).whole();
}

}  // namespace kinesisd::server::aws
