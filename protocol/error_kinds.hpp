// Errors of the common types, for the files that hold the sentences. Nobody else makes an error from a text.
#pragma once

#include <string>
#include <utility>

#include "protocol/error.hpp"

namespace kinesisd::protocol::errors {

inline Error not_found(std::string message) {
  return {ErrorType::ResourceNotFoundException, std::move(message)};
}

inline Error in_use(std::string message) {
  return {ErrorType::ResourceInUseException, std::move(message)};
}

inline Error limit_exceeded(std::string message) {
  return {ErrorType::LimitExceededException, std::move(message)};
}

inline Error invalid_argument(std::string message) {
  return {ErrorType::InvalidArgumentException, std::move(message)};
}

}  // namespace kinesisd::protocol::errors
