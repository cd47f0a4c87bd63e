// What goes wrong in AWS's words: an error type, its sentence, and the Result every fallible call returns.
// Pure: knows no stream, no HTTP.
#pragma once

#include <boost/describe/enum.hpp>
#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/try.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace kinesisd::protocol {

// Spelt as they stand in `__type`.
enum class ErrorType {
  AccessDeniedException,
  DryRunOperationException,
  ExpiredIteratorException,
  ExpiredNextTokenException,
  ExpiredTokenException,
  IncompleteSignatureException,
  InternalFailure,
  InvalidArgumentException,
  InvalidSignatureException,
  KMSAccessDeniedException,
  KMSDisabledException,
  KMSInvalidStateException,
  KMSNotFoundException,
  KMSOptInRequired,
  KMSThrottlingException,
  LimitExceededException,
  MissingAuthenticationTokenException,
  ProvisionedThroughputExceededException,
  ResourceInUseException,
  ResourceNotFoundException,
  SerializationException,
  ServiceUnavailable,
  ThrottlingException,
  UnknownOperationException,
  UnrecognizedClientException,
  ValidationException,
};
BOOST_DESCRIBE_ENUM(ErrorType, AccessDeniedException, DryRunOperationException, ExpiredIteratorException,
                    ExpiredNextTokenException, ExpiredTokenException, IncompleteSignatureException,
                    InternalFailure, InvalidArgumentException, InvalidSignatureException,
                    KMSAccessDeniedException, KMSDisabledException, KMSInvalidStateException,
                    KMSNotFoundException, KMSOptInRequired, KMSThrottlingException, LimitExceededException,
                    MissingAuthenticationTokenException, ProvisionedThroughputExceededException,
                    ResourceInUseException, ResourceNotFoundException, SerializationException,
                    ServiceUnavailable, ThrottlingException, UnknownOperationException,
                    UnrecognizedClientException, ValidationException)

struct Error {
  ErrorType type;
  std::string message;  // empty: the answer has no message member at all

  friend bool operator==(const Error&, const Error&) = default;
};

// The type as `__type` spells it.
std::string_view name(ErrorType type);

// Type and message as one line, for people.
std::string sentence(const Error& error);

// The HTTP status of a JSON or CBOR answer with this type: 400, 500 (InternalFailure) or 503
// (ServiceUnavailable).
int http_status(ErrorType type);

template <class T>
using Result =
    BOOST_OUTCOME_V2_NAMESPACE::basic_result<T, Error, BOOST_OUTCOME_V2_NAMESPACE::policy::terminate>;

}  // namespace kinesisd::protocol
