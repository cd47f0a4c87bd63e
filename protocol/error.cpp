#include "protocol/error.hpp"

#include <boost/describe/enum_to_string.hpp>

namespace kinesisd::protocol {

std::string_view name(ErrorType type) {
  return boost::describe::enum_to_string(type, "InternalFailure");
}

std::string sentence(const Error& error) {
  std::string text(name(error.type));
  return error.message.empty() ? text : text + ": " + error.message;
}

int http_status(ErrorType type) {
  switch (type) {
    case ErrorType::InternalFailure:
      return 500;
    case ErrorType::ServiceUnavailable:
      return 503;
    default:
      return 400;
  }
}

}  // namespace kinesisd::protocol
