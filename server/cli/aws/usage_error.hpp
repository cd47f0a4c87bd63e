// Arguments that AWS's command line would refuse before it asks the service. A value.
#pragma once

#include <stdexcept>

namespace kinesisd::server::aws {

// `what()` is the message, without the usage that is printed before it.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The same, printed without the usage, as a wrong use all the same.
struct PlainUsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Wrong values, printed without the usage.
struct ValueError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace kinesisd::server::aws
