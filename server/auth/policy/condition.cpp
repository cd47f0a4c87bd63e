#include "server/auth/policy/condition.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "server/auth/policy/wildcard.hpp"

namespace kinesisd::server::policy {

namespace {

bool same(std::string_view wanted, std::string_view actual) {
  return wanted == actual;
}

bool same_ignoring_case(std::string_view wanted, std::string_view actual) {
  return lower(wanted) == lower(actual);
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The request's number stands left of the sign, the policy's right.
template <class Compare>
bool compare_numbers(std::string_view wanted, std::string_view actual) {
  const std::optional<double> right = number(wanted);
  const std::optional<double> left = number(actual);
  return left && right && Compare{}(*left, *right);
}

// Dates, addresses and binary data: requests here have no key with such a value.
bool never(std::string_view /*wanted*/, std::string_view /*actual*/) {
  return false;
}

constexpr std::array comparisons{
    Comparison{.name = "StringEquals", .matches = same},
    Comparison{.name = "StringNotEquals", .matches = same, .negated = true},
    Comparison{.name = "StringEqualsIgnoreCase", .matches = same_ignoring_case},
    Comparison{.name = "StringNotEqualsIgnoreCase", .matches = same_ignoring_case, .negated = true},
    Comparison{.name = "StringLike", .matches = matches},
    Comparison{.name = "StringNotLike", .matches = matches, .negated = true},
    // For IAM the two of each pair are the same.
    Comparison{.name = "ArnEquals", .matches = arn_matches},
    Comparison{.name = "ArnLike", .matches = arn_matches},
    Comparison{.name = "ArnNotEquals", .matches = arn_matches, .negated = true},
    Comparison{.name = "ArnNotLike", .matches = arn_matches, .negated = true},
    Comparison{.name = "Bool", .matches = same_ignoring_case, .is_boolean = true},
    Comparison{.name = "Null", .matches = nullptr, .is_boolean = true},
    Comparison{.name = "NumericEquals", .matches = compare_numbers<std::equal_to<>>},
    Comparison{.name = "NumericNotEquals", .matches = compare_numbers<std::equal_to<>>, .negated = true},
    Comparison{.name = "NumericLessThan", .matches = compare_numbers<std::less<>>},
    Comparison{.name = "NumericLessThanEquals", .matches = compare_numbers<std::less_equal<>>},
    Comparison{.name = "NumericGreaterThan", .matches = compare_numbers<std::greater<>>},
    Comparison{.name = "NumericGreaterThanEquals", .matches = compare_numbers<std::greater_equal<>>},
    Comparison{.name = "DateEquals", .matches = never},
    Comparison{.name = "DateNotEquals", .matches = never, .negated = true},
    Comparison{.name = "DateLessThan", .matches = never},
    Comparison{.name = "DateLessThanEquals", .matches = never},
    Comparison{.name = "DateGreaterThan", .matches = never},
    Comparison{.name = "DateGreaterThanEquals", .matches = never},
    Comparison{.name = "BinaryEquals", .matches = never},
    Comparison{.name = "IpAddress", .matches = never},
    Comparison{.name = "NotIpAddress", .matches = never, .negated = true},
};

// Takes `prefix` off the text, if it is there.
bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool holds_without_value(const Operator& op) {
  if (op.if_exists) return true;
  if (op.among != Among::value) return op.among == Among::all_values;
  return op.comparison->negated;
}

}  // namespace

std::optional<Operator> find_operator(std::string_view spelling) {
  Operator op{};
  if (take_prefix(spelling, "ForAnyValue:")) {
    op.among = Among::any_value;
  } else if (take_prefix(spelling, "ForAllValues:")) {
    op.among = Among::all_values;
  }
  op.if_exists = take_suffix(spelling, "IfExists");
  const auto* found = std::find_if(comparisons.begin(), comparisons.end(),
                                   [&](const Comparison& one) { return one.name == spelling; });
  if (found == comparisons.end()) return std::nullopt;
  op.comparison = found;
  // Null itself asks whether there is a value: neither addition means anything.
  if (op.asks_for_absence() && (op.if_exists || op.among != Among::value)) return std::nullopt;
  return op;
}

bool holds(const Condition& condition, std::optional<std::string_view> actual) {
  const std::vector<std::string>& wanted = condition.values;
  if (condition.op.asks_for_absence()) {
    const std::string_view absent = actual ? "false" : "true";
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const std::string& one) { return same_ignoring_case(one, absent); });
  }
  if (!actual) return holds_without_value(condition.op);
  const Comparison& comparison = *condition.op.comparison;
  const bool found = std::any_of(wanted.begin(), wanted.end(),
                                 [&](const std::string& one) { return comparison.matches(one, *actual); });
  return found != comparison.negated;
}

}  // namespace kinesisd::server::policy
