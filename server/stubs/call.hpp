// The two calls to other services that Kinesis's clients make at their start, answered on the same port, and
// nothing more of those services: who the caller is (STS), and metrics (CloudWatch), which are discarded.
// Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/auth/authentication.hpp"
#include "server/auth/signature.hpp"
#include "server/http/http_message.hpp"

namespace kinesisd::server::foreign {

struct Service;  // a row of the table

// How a client of another service writes its call.
enum class Protocol {
  query,  // a form, answered in XML
  json,   // X-Amz-Target
  cbor,   // Smithy RPC v2
};

struct Call {
  const Service* service;
  Protocol protocol;
  std::string operation;  // as the client names it; empty: it does not, or not so that it can be read
};

// The call to another service that the request is; nullopt: it is for Kinesis, or nobody's. The form of the
// request decides, and then the service its credentials are for; where they name none, the form's version.
std::optional<Call> call_in(const Request& request);

struct Answer {
  Response response;
  std::string refusal;  // for the log: why; empty: it was answered
};

// The account of a caller, by the rule for all requests.
using AccountOf = std::function<std::string(const Caller&)>;

// Bodies are not read. Without a verification any credentials and signatures pass.
Answer answer(const Request& request, const Call& call, const AccountOf& account_of,
              const Verification* verification = nullptr);

}  // namespace kinesisd::server::foreign
