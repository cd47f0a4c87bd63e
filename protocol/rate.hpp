// How often AWS lets an operation of the control plane be called. Declared with the operation, as `rate`; one
// that declares none is not limited. Who counts the calls is not known here.
#pragma once

#include <cstdint>

namespace kinesisd::protocol {

enum class RateScope {
  account,  // all of the account's calls in a region together
  stream    // the calls for each stream
};

struct Rate {
  std::int64_t per_second;
  RateScope scope;
};

template <class Op>
concept Rated = requires {
  Op::rate;
};

}  // namespace kinesisd::protocol
