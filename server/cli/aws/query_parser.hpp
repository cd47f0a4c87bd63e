// Reads JMESPath, AWS's language to choose from an answer, into a tree. Pure; knows no function's name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/document/value.hpp"

namespace kinesisd::server::aws {

inline constexpr int query_nodes_max = 500;  // of one expression
inline constexpr int query_depth_max = 32;   // of expressions in brackets inside each other

enum class Step {
  current,            // @
  literal,            // `5`, 'text'
  field,              // name
  index,              // [0]
  slice,              // [a:b:c]
  chain,              // the second of what the first gives
  pipe,               // the same, and no projection goes on behind it
  projection,         // the second of each of the list that the first gives
  value_projection,   // the second of each of the object's values
  filter_projection,  // the second of those for which the third holds
  flatten,
  list,  // [a, b]
  hash,  // {x: a}
  either,
  both,
  negation,
  comparison,  // `text` is the sign
  function,    // `text` is its name
  reference,   // &a, of a function
};

struct Node {
  Step step = Step::current;
  std::string text = {};
  document::Value value = {};
  std::vector<std::optional<std::int64_t>> numbers = {};
  std::vector<std::string> names = {};  // of a hash
  std::vector<Node> parts = {};
};

// Throws UsageError for what is not understood.
Node parse_query(std::string_view expression);

}  // namespace kinesisd::server::aws
