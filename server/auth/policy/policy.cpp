#include "server/auth/policy/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "protocol/errors.hpp"
#include "protocol/wire.hpp"
#include "server/auth/policy/evaluate.hpp"
#include "server/auth/policy/principals.hpp"
#include "server/auth/policy/wildcard.hpp"
#include "server/support/limits.hpp"

namespace kinesisd::server::policy {

namespace {

using protocol::Error;
using protocol::Result;
using protocol::wire::Kind;
using protocol::wire::Node;

using Members = std::map<std::string_view, const Node*>;
using Texts = std::vector<std::string>;

// The elements of a policy and of a statement that are looked for in more than one place.
constexpr std::string_view statement_element = "Statement";
constexpr std::string_view condition_element = "Condition";

// Either of an element and its negation.
struct Pair {
  std::string_view positive;
  std::string_view negative;
};
constexpr Pair principal{"Principal", "NotPrincipal"};
constexpr Pair action{"Action", "NotAction"};
constexpr Pair resource{"Resource", "NotResource"};

constexpr std::array<std::string_view, 3> policy_elements{"Version", "Id", statement_element};
constexpr std::array<std::string_view, 9> statement_elements{
    "Sid",           "Effect",          principal.positive, principal.negative, action.positive,
    action.negative, resource.positive, resource.negative,  condition_element};

Result<void> nothing() {
  return Result<void>{BOOST_OUTCOME_V2_NAMESPACE::in_place_type<void>};
}

struct Chosen {
  const Node* node;
  bool negated;
};

// One pass over a policy; remembers where it is for the sake of what it has to say.
class Reader {
 public:
  explicit Reader(std::string_view resource_arn) : resource_arn_(resource_arn) {}

  Result<Policy> policy(const Node& root);

 private:
  template <class... Args>
  Error malformed(fmt::format_string<Args...> why, const Args&... args) const;

  Result<Members> members(const Node& node, std::string_view what) const;
  template <std::size_t Count>
  Result<Members> elements(const Node& node, std::string_view what,
                           const std::array<std::string_view, Count>& known) const;
  Result<std::string> scalar(const Node& node, std::string_view what, bool texts_only) const;
  Result<Texts> texts(const Node& node, std::string_view what, bool texts_only = true) const;
  Result<Chosen> one_of(const Members& members, const Pair& pair) const;

  Result<Statement> statement(const Node& node);
  Result<void> sid(const Members& members);
  Result<Effect> effect(const Members& members) const;
  Result<Selection<Principals>> principals(const Members& members, Effect effect) const;
  Result<Selection<Texts>> actions(const Members& members) const;
  Result<Selection<Texts>> resources(const Members& members) const;
  Result<std::vector<Condition>> conditions(const Members& members) const;
  Result<void> conditions_of(std::string_view operator_name, const Node& node,
                             std::vector<Condition>& conditions) const;

  std::string_view resource_arn_;  // empty: any
  std::size_t statement_ = 0;      // counted from 1; 0 outside all of them
  std::set<std::string, std::less<>> sids_;
};

template <class... Args>
Error Reader::malformed(fmt::format_string<Args...> why, const Args&... args) const {
  const std::string sentence = fmt::vformat(why, fmt::make_format_args(args...));
  if (statement_ == 0) return protocol::errors::policy_malformed(sentence);
  return protocol::errors::policy_malformed(fmt::format("Statement {}: {}", statement_, sentence));
}

Result<Members> Reader::members(const Node& node, std::string_view what) const {
  if (node.kind != Kind::map) return malformed("{} must be an object.", what);
  Members found;
  const Node* key = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const Node* value = key->next();
    if (!found.emplace(key->text(), value).second) {
      return malformed("{} has {} twice.", what, key->text());
    }
    key = value->next();
  }
  return found;
}

template <std::size_t Count>
Result<Members> Reader::elements(const Node& node, std::string_view what,
                                 const std::array<std::string_view, Count>& known) const {
  BOOST_OUTCOME_TRY(auto found, members(node, what));
  for (const auto& [name, value] : found) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return malformed("{} has the unknown element {}.", what, name);
    }
  }
  return found;
}

// Values of conditions may be written as numbers and booleans; they are compared as texts all the same.
Result<std::string> Reader::scalar(const Node& node, std::string_view what, bool texts_only) const {
  if (node.kind == Kind::text) return std::string(node.text());
  if (!texts_only && node.kind == Kind::boolean) return std::string(node.boolean ? "true" : "false");
  if (!texts_only && node.kind == Kind::integer) return fmt::format("{}", node.integer);
  if (!texts_only && node.kind == Kind::real) return fmt::format("{}", node.real);
  return malformed("{} must be a string or a list of strings.", what);
}

Result<Texts> Reader::texts(const Node& node, std::string_view what, bool texts_only) const {
  Texts found;
  if (node.kind != Kind::list) {
    BOOST_OUTCOME_TRY(auto only, scalar(node, what, texts_only));
    found.push_back(std::move(only));
    return found;
  }
  const Node* item = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i, item = item->next()) {
    BOOST_OUTCOME_TRY(auto text, scalar(*item, what, texts_only));
    found.push_back(std::move(text));
  }
  if (found.empty()) return malformed("{} must not be empty.", what);
  return found;
}

Result<Chosen> Reader::one_of(const Members& members, const Pair& pair) const {
  const auto positive = members.find(pair.positive);
  const auto negative = members.find(pair.negative);
  if ((positive == members.end()) == (negative == members.end())) {
    return malformed("exactly one of {} and {} must be given.", pair.positive, pair.negative);
  }
  if (positive != members.end()) return Chosen{positive->second, false};
  return Chosen{negative->second, true};
}

Result<void> Reader::sid(const Members& members) {
  const auto found = members.find("Sid");
  if (found == members.end()) return nothing();
  if (found->second->kind != Kind::text) return malformed("Sid must be a string.");
  const std::string_view text = found->second->text();
  if (!text.empty() && !sids_.emplace(text).second) return malformed("the Sid {} is taken.", text);
  return nothing();
}

Result<Effect> Reader::effect(const Members& members) const {
  const auto found = members.find("Effect");
  if (found != members.end() && found->second->kind == Kind::text) {
    if (found->second->text() == "Allow") return Effect::allow;
    if (found->second->text() == "Deny") return Effect::deny;
  }
  return malformed("Effect must be Allow or Deny.");
}

Result<Selection<Principals>> Reader::principals(const Members& members, Effect effect) const {
  BOOST_OUTCOME_TRY(const auto chosen, one_of(members, principal));
  if (chosen.negated && effect == Effect::allow) return malformed("NotPrincipal cannot be allowed.");
  const std::string_view what = chosen.negated ? principal.negative : principal.positive;
  Selection<Principals> found{{}, chosen.negated};
  if (chosen.node->kind == Kind::text && chosen.node->text() == "*") {
    found.named.anyone = true;
    return found;
  }
  BOOST_OUTCOME_TRY(const auto kinds, this->members(*chosen.node, what));
  if (kinds.empty()) return malformed("{} must not be empty.", what);
  for (const auto& [kind, node] : kinds) {
    BOOST_OUTCOME_TRY(const auto names, texts(*node, kind));
    for (const std::string& name : names) {
      if (!add_principal(found.named, kind, name)) return malformed("{}: {} is no principal.", kind, name);
    }
  }
  return found;
}

Result<Selection<Texts>> Reader::actions(const Members& members) const {
  BOOST_OUTCOME_TRY(const auto chosen, one_of(members, action));
  BOOST_OUTCOME_TRY(auto patterns, texts(*chosen.node, "Action"));
  for (const std::string& pattern : patterns) {
    constexpr std::string_view service = "kinesis:";
    const bool is_ours = pattern.size() > service.size() && lower(pattern).starts_with(service);
    if (pattern != "*" && !is_ours) return malformed("{} is no action of Kinesis.", pattern);
  }
  return Selection<Texts>{std::move(patterns), chosen.negated};
}

Result<Selection<Texts>> Reader::resources(const Members& members) const {
  BOOST_OUTCOME_TRY(const auto chosen, one_of(members, resource));
  BOOST_OUTCOME_TRY(auto patterns, texts(*chosen.node, "Resource"));
  for (const std::string& pattern : patterns) {
    const bool is_arn = pattern.starts_with("arn:") && !arn_part(pattern, 5).empty();
    if (pattern != "*" && !is_arn) return malformed("{} is no ARN.", pattern);
  }
  Selection<Texts> found{std::move(patterns), chosen.negated};
  if (!resource_arn_.empty() && !covers(found, resource_arn_)) {
    return malformed("its Resource is not {}.", resource_arn_);
  }
  return found;
}

Result<void> Reader::conditions_of(std::string_view operator_name, const Node& node,
                                   std::vector<Condition>& conditions) const {
  const auto op = find_operator(operator_name);
  if (!op) return malformed("the condition operator {} is unknown.", operator_name);
  BOOST_OUTCOME_TRY(const auto keys, members(node, operator_name));
  for (const auto& [key, values_node] : keys) {
    // As in aws:SourceArn: whose key it is comes first.
    const std::size_t colon = key.find(':');
    if (colon == 0 || colon == key.npos || colon + 1 == key.size()) {
      return malformed("the condition key {} is unknown.", key);
    }
    BOOST_OUTCOME_TRY(auto values, texts(*values_node, key, false));
    const auto is_boolean = [](const std::string& value) {
      return lower(value) == "true" || lower(value) == "false";
    };
    if (op->comparison->is_boolean && !std::all_of(values.begin(), values.end(), is_boolean)) {
      return malformed("{} of {} must be true or false.", operator_name, key);
    }
    conditions.push_back({*op, lower(key), std::move(values)});
  }
  return nothing();
}

Result<std::vector<Condition>> Reader::conditions(const Members& members) const {
  std::vector<Condition> found;
  const auto element = members.find(condition_element);
  if (element == members.end()) return found;
  BOOST_OUTCOME_TRY(const auto operators, this->members(*element->second, condition_element));
  for (const auto& [name, node] : operators) {
    BOOST_OUTCOME_TRY(conditions_of(name, *node, found));
  }
  return found;
}

Result<Statement> Reader::statement(const Node& node) {
  ++statement_;
  BOOST_OUTCOME_TRY(const auto members, elements(node, "a statement", statement_elements));
  BOOST_OUTCOME_TRY(sid(members));
  Statement found;
  BOOST_OUTCOME_TRY(found.effect, effect(members));
  BOOST_OUTCOME_TRY(found.principals, principals(members, found.effect));
  BOOST_OUTCOME_TRY(found.actions, actions(members));
  BOOST_OUTCOME_TRY(found.resources, resources(members));
  BOOST_OUTCOME_TRY(found.conditions, conditions(members));
  return found;
}

Result<Policy> Reader::policy(const Node& root) {
  BOOST_OUTCOME_TRY(const auto members, elements(root, "a policy", policy_elements));
  if (const auto version = members.find("Version"); version != members.end()) {
    const Node& node = *version->second;
    if (node.kind != Kind::text || (node.text() != "2012-10-17" && node.text() != "2008-10-17")) {
      return malformed("Version must be 2012-10-17 or 2008-10-17.");
    }
  }
  if (const auto id = members.find("Id"); id != members.end() && id->second->kind != Kind::text) {
    return malformed("Id must be a string.");
  }
  const auto statements = members.find(statement_element);
  if (statements == members.end()) return malformed("Statement is missing.");
  const Node& node = *statements->second;
  Policy found;
  const bool is_list = node.kind == Kind::list;
  const Node* item = is_list ? node.first() : &node;
  for (std::uint32_t left = is_list ? node.count : 1; left != 0; --left, item = item->next()) {
    BOOST_OUTCOME_TRY(auto one, statement(*item));
    found.statements.push_back(std::move(one));
  }
  if (found.statements.empty()) return malformed("Statement must not be empty.");
  return found;
}

}  // namespace

protocol::Result<Policy> parse_policy(std::string_view json) {
  return parse_policy(json, {});
}

protocol::Result<Policy> parse_policy(std::string_view json, std::string_view resource_arn) {
  if (json.size() > limits.policy_bytes) {
    return protocol::errors::policy_too_long(static_cast<std::int64_t>(limits.policy_bytes));
  }
  std::string text(json);  // parsed in place
  const auto tree = protocol::parse(text, protocol::Encoding::json);
  if (!tree) return protocol::errors::policy_malformed("It is not JSON.");
  return Reader(resource_arn).policy(tree.value().root());
}

}  // namespace kinesisd::server::policy
