// Why the server cannot serve TLS as it was told to.
#pragma once

#include <stdexcept>

namespace kinesisd::server::tls {

// One sentence for the user: the file and what to do about it.
struct TlsError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace kinesisd::server::tls
