// Bodies through parse and decode, as the server takes them.
#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <string>

#include "protocol/decode.hpp"
#include "protocol/operations.hpp"

namespace kinesisd::protocol {

inline std::ostream& operator<<(std::ostream& out, const Error& error) {
  return out << name(error.type) << ": " << error.message;
}

inline Error refused(std::string message) {
  return {ErrorType::ValidationException, std::move(message)};
}

inline Error mistyped(std::string message) {
  return {ErrorType::SerializationException, std::move(message)};
}

// What a body that should be refused is refused with.
template <class Request>
std::optional<Error> refusal_of(std::string body) {
  auto tree = parse(body, Encoding::json);
  if (!tree) return tree.error();
  auto request = decode<Request>(tree.value());
  if (!request) return request.error();
  return std::nullopt;
}

template <class Op>
std::optional<Error> refusal(std::string body) {
  return refusal_of<typename Op::Request>(std::move(body));
}

using Refusal = std::optional<Error> (*)(std::string body);

// The request of a body that should be accepted.
template <class Request>
Request decoded(std::string body) {
  auto tree = parse(body, Encoding::json);
  REQUIRE(tree.has_value());
  auto request = decode<Request>(tree.value());
  if (!request) FAIL(request.error());
  return std::move(request.value());
}

}  // namespace kinesisd::protocol
