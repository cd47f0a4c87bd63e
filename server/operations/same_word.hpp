// Storage's enumerations and the protocol's use the same words, AWS's, and do not know each other.
#pragma once

#include <stdexcept>
#include <string_view>

#include "protocol/schema.hpp"

namespace kinesisd::server {

// The enumerator of `To` that is spelt like `word`. A missing one is a bug.
template <class To, class From>
To same_word(From word) {
  const std::string_view text = protocol::enum_name(word);
  for (const To same : protocol::enum_values<To>) {
    if (protocol::enum_name(same) == text) return same;
  }
  throw std::logic_error("no enumerator for AWS's word");
}

}  // namespace kinesisd::server
