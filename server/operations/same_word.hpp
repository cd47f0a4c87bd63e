// Storage's enumerations and the protocol's use the same words, AWS's, and do not know each other.
#pragma once

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <stdexcept>

namespace kinesisd::server {

// The enumerator of `To` that is spelt like `word`. A missing one is a bug.
template <class To, class From>
To same_word(From word) {
  const char* text = boost::describe::enum_to_string(word, "");
  To same{};
  if (!boost::describe::enum_from_string(text, same)) {
    throw std::logic_error("no enumerator for AWS's word");
  }
  return same;
}

}  // namespace kinesisd::server
