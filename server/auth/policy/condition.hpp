// The Condition of a policy statement: IAM's operators on keys that have one value or none. Knows no key.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kinesisd::server::policy {

// What the values of a condition are compared with.
enum class Among {
  value,       // the key's value
  any_value,   // ForAnyValue: at least one, so there must be one
  all_values,  // ForAllValues: each, which is true when there is none
};

// One of IAM's operators, without what may stand before and after its name.
struct Comparison {
  std::string_view name;
  bool (*matches)(std::string_view wanted, std::string_view actual);
  bool negated = false;     // none of the values may match, instead of one
  bool is_boolean = false;  // the values are true and false
};

// An operator as a policy spells it. `comparison` lives forever.
struct Operator {
  const Comparison* comparison;
  Among among = Among::value;
  bool if_exists = false;  // a key without a value is as good as a match

  // Null: asks whether the key has a value.
  bool asks_for_absence() const { return comparison->matches == nullptr; }
};

struct Condition {
  Operator op;
  std::string key;  // in lower case
  std::vector<std::string> values;
};

// Nothing for what is no operator of IAM.
std::optional<Operator> find_operator(std::string_view spelling);

// `actual` is the value of the condition's key in the request.
bool holds(const Condition& condition, std::optional<std::string_view> actual);

}  // namespace kinesisd::server::policy
