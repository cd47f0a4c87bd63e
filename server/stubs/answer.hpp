// Answers of other services in the protocol of the call. Knows nothing of what was asked.
#pragma once

#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "server/stubs/call.hpp"

namespace kinesisd::server::foreign {

inline constexpr std::string_view rpc_v2_cbor = "rpc-v2-cbor";  // of the header smithy-protocol

struct Fault {
  std::string_view code;  // in XML, and for clients that know the service from its XML
  std::string_view type;  // in JSON and CBOR
  int status;
  std::string message;
};

// An error of authentication as services with this protocol have it: XML has other names and statuses.
Fault fault_of(const protocol::Error& error, Protocol protocol);

// `result` is used where the protocol is XML; the other answers have no members. `id`: of the request.
Response success(const Call& call, std::string_view result, std::string id);
Response error(const Call& call, const Fault& fault, std::string id);

}  // namespace kinesisd::server::foreign
