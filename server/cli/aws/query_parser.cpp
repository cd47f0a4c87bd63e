#include "server/cli/aws/query_parser.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "server/cli/aws/usage_error.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view digits = "0123456789";

enum class Mark { end, name, quoted, literal, number, sign };

struct Token {
  Mark mark = Mark::end;
  std::string text = {};  // a sign's is the sign
  Value value = {};       // of a literal
};

bool is_sign(const Token& token, std::string_view sign) {
  return token.mark == Mark::sign && token.text == sign;
}

// How tightly a sign binds what stands before it; what ends an expression binds not at all.
int binding(const Token& token) {
  constexpr std::pair<std::string_view, int> powers[] = {
      {"|", 1},  {"||", 2}, {"&&", 3},  {"==", 5}, {"!=", 5}, {"<", 5},  {"<=", 5}, {">", 5}, {">=", 5},
      {"[]", 9}, {"*", 20}, {"[?", 21}, {".", 40}, {"!", 45}, {"{", 50}, {"[", 55}, {"(", 60}};
  if (token.mark != Mark::sign) return 0;
  for (const auto& [sign, power] : powers) {
    if (token.text == sign) return power;
  }
  return 0;
}
constexpr int of_flatten = 9;
constexpr int of_star = 20;
constexpr int of_filter = 21;
constexpr int of_dot = 40;
constexpr int of_not = 45;
constexpr int ends_projection = 10;  // what binds less applies to the whole list

class Parser {
 public:
  explicit Parser(std::string_view whole) : whole_(whole), rest_(whole) { advance(); }

  Node run() {
    Node out = expression(0);
    if (token_.mark != Mark::end) fail();
    return out;
  }

 private:
  [[noreturn]] void fail() const {
    throw UsageError(fmt::format("Bad value for --query {}: it is not understood near \"{}\"", whole_,
                                 token_.mark == Mark::end ? "its end" : token_.text));
  }

  // Tokens

  std::string taken(std::size_t count) {
    std::string out(rest_.substr(0, count));
    rest_.remove_prefix(out.size());
    return out;
  }

  std::string until(char quote) {
    std::string out;
    for (rest_.remove_prefix(1); !rest_.empty() && rest_.front() != quote; rest_.remove_prefix(1)) {
      if (rest_.front() == '\\' && rest_.size() > 1 && (rest_[1] == quote || (quote == '"'))) {
        if (quote == '"' && rest_[1] != '"') out += '\\';
        rest_.remove_prefix(1);
      }
      out += rest_.front();
    }
    if (rest_.empty()) fail();
    rest_.remove_prefix(1);
    return out;
  }

  // What is no JSON between backticks is the text itself.
  static Value literal_of(const std::string& text) {
    Value out;
    out.kind = Kind::text;
    out.text = text;
    try {
      return document::parse_json(text).root;
    } catch (const document::Problem&) {
      return out;
    }
  }

  void advance() {
    token_ = {};
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
    if (rest_.empty()) return;
    const char first = rest_.front();
    if (letters.find(first) != std::string_view::npos) {
      const std::size_t end =
          std::min(rest_.size(), rest_.find_first_not_of(std::string(letters) + std::string(digits)));
      token_ = {Mark::name, taken(end), {}};
    } else if (first == '"') {
      token_ = {Mark::quoted, until('"'), {}};
    } else if (first == '`') {
      token_ = {Mark::literal, "`", literal_of(until('`'))};
    } else if (first == '\'') {
      Value text;
      text.kind = Kind::text;
      text.text = until('\'');
      token_ = {Mark::literal, "'", std::move(text)};
    } else if (first == '-' || digits.find(first) != std::string_view::npos) {
      token_ = {Mark::number, taken(std::min(rest_.size(), rest_.find_first_not_of(digits, 1))), {}};
    } else {
      sign();
    }
  }

  void sign() {
    for (const std::string_view sign : {"||", "&&", "==", "!=", "<=", ">=", "[]", "[?", "|", "<", ">", "!",
                                        "[",  "]",  "(",  ")",  "{",  "}",  ".",  ",",  ":", "*", "@", "&"}) {
      if (!rest_.starts_with(sign)) continue;
      token_ = {Mark::sign, taken(sign.size()), {}};
      return;
    }
    token_.text = std::string(1, rest_.front());
    token_.mark = Mark::sign;
    fail();
  }

  bool skip(std::string_view sign) {
    if (!is_sign(token_, sign)) return false;
    advance();
    return true;
  }
  void expect(std::string_view sign) {
    if (!skip(sign)) fail();
  }

  // Expressions

  Node node(Step step, std::vector<Node> parts) {
    if (++nodes_ > query_nodes_max) fail();
    Node out;
    out.step = step;
    out.parts = std::move(parts);
    return out;
  }
  template <class... Parts>
  Node node(Step step, Parts... parts) {
    std::vector<Node> all;
    (all.push_back(std::move(parts)), ...);
    return node(step, std::move(all));
  }

  Node expression(int power) {
    if (++depth_ > query_depth_max) fail();
    Node left = first();
    while (power < binding(token_)) left = next(std::move(left));
    --depth_;
    return left;
  }

  Node first() {
    const Token token = token_;
    advance();
    if (token.mark == Mark::name || token.mark == Mark::quoted) {
      Node out = node(Step::field);
      out.text = token.text;
      if (token.mark == Mark::name && skip("(")) return function(token.text);
      return out;
    }
    if (token.mark == Mark::literal) {
      Node out = node(Step::literal);
      out.value = token.value;
      return out;
    }
    if (is_sign(token, "@")) return node(Step::current);
    if (is_sign(token, "!")) return node(Step::negation, expression(of_not));
    if (is_sign(token, "&")) return node(Step::reference, expression(0));
    if (is_sign(token, "{")) return hash();
    if (is_sign(token, "*")) return node(Step::value_projection, node(Step::current), rest_of_each(of_star));
    if (is_sign(token, "[?")) return filter(node(Step::current));
    if (is_sign(token, "[]")) return flatten(node(Step::current));
    if (is_sign(token, "[")) return bracket(node(Step::current), true);
    if (is_sign(token, "(")) {
      Node out = expression(0);
      expect(")");
      return out;
    }
    token_ = token;
    fail();
  }

  Node next(Node left) {
    const Token token = token_;
    advance();
    const int power = binding(token);
    if (is_sign(token, ".")) {
      if (skip("*")) return node(Step::value_projection, std::move(left), rest_of_each(of_dot));
      return node(Step::chain, std::move(left), behind_dot(of_dot));
    }
    if (is_sign(token, "|")) return node(Step::pipe, std::move(left), expression(power));
    if (is_sign(token, "||")) return node(Step::either, std::move(left), expression(power));
    if (is_sign(token, "&&")) return node(Step::both, std::move(left), expression(power));
    if (is_sign(token, "[?")) return filter(std::move(left));
    if (is_sign(token, "[]")) return flatten(std::move(left));
    if (is_sign(token, "[")) return bracket(std::move(left), false);
    if (power == binding({Mark::sign, "==", {}})) {
      Node out = node(Step::comparison, std::move(left), expression(power));
      out.text = token.text;
      return out;
    }
    token_ = token;
    fail();
  }

  // What is applied to each of a projection.
  Node rest_of_each(int power) {
    if (binding(token_) < ends_projection) return node(Step::current);
    if (is_sign(token_, "[") || is_sign(token_, "[?")) return expression(power);
    expect(".");
    return behind_dot(power);
  }

  Node behind_dot(int power) {
    if (token_.mark == Mark::name || token_.mark == Mark::quoted || is_sign(token_, "*"))
      return expression(power);
    if (skip("[")) return list();
    if (skip("{")) return hash();
    fail();
  }

  Node filter(Node left) {
    Node condition = expression(0);
    expect("]");
    Node rest = is_sign(token_, "[]") ? node(Step::current) : rest_of_each(of_filter);
    return node(Step::filter_projection, std::move(left), std::move(rest), std::move(condition));
  }

  Node flatten(Node left) {
    Node flat = node(Step::flatten, std::move(left));
    return node(Step::projection, std::move(flat), rest_of_each(of_flatten));
  }

  // Behind [: a number, a slice, * or, where it begins an expression, a list.
  Node bracket(Node left, bool may_be_list) {
    if (token_.mark == Mark::number || is_sign(token_, ":")) return numbered(std::move(left));
    if (is_sign(token_, "*")) {
      const auto before = std::pair(token_, rest_);
      advance();
      if (skip("]")) return node(Step::projection, std::move(left), rest_of_each(of_star));
      std::tie(token_, rest_) = before;
    }
    if (!may_be_list) fail();
    return list();
  }

  Node numbered(Node left) {
    std::vector<std::optional<std::int64_t>> numbers(1);
    while (!is_sign(token_, "]")) {
      if (skip(":")) {
        numbers.emplace_back();
        if (numbers.size() > 3) fail();
        continue;
      }
      std::int64_t number = 0;
      const char* end = token_.text.data() + token_.text.size();
      if (token_.mark != Mark::number || numbers.back() ||
          std::from_chars(token_.text.data(), end, number).ptr != end)
        fail();
      numbers.back() = number;
      advance();
    }
    expect("]");
    const bool one = numbers.size() == 1;
    Node pick = node(one ? Step::index : Step::slice);
    pick.numbers = std::move(numbers);
    Node picked = node(Step::chain, std::move(left), std::move(pick));
    if (one) return picked;
    return node(Step::projection, std::move(picked), rest_of_each(of_star));
  }

  Node list() {
    std::vector<Node> parts;
    do parts.push_back(expression(0));
    while (skip(","));
    expect("]");
    return node(Step::list, std::move(parts));
  }

  Node hash() {
    std::vector<Node> parts;
    std::vector<std::string> names;
    do {
      if (token_.mark != Mark::name && token_.mark != Mark::quoted) fail();
      names.push_back(token_.text);
      advance();
      expect(":");
      parts.push_back(expression(0));
    } while (skip(","));
    expect("}");
    Node out = node(Step::hash, std::move(parts));
    out.names = std::move(names);
    return out;
  }

  Node function(const std::string& name) {
    std::vector<Node> parts;
    if (!is_sign(token_, ")")) {
      do parts.push_back(expression(0));
      while (skip(","));
    }
    expect(")");
    Node out = node(Step::function, std::move(parts));
    out.text = name;
    return out;
  }

  std::string_view whole_;
  std::string_view rest_;
  Token token_;
  int nodes_ = 0;
  int depth_ = 0;
};

}  // namespace

Node parse_query(std::string_view expression) {
  return Parser(expression).run();
}

}  // namespace kinesisd::server::aws
