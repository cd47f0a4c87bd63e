// The checks a request passes before its operation is looked at: method, CORS, content type, body, target and
// the shape of its authentication, and its signature if that is wanted, in AWS's order. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/encode.hpp"
#include "protocol/error.hpp"
#include "protocol/wire.hpp"
#include "server/auth/authentication.hpp"
#include "server/auth/signature.hpp"
#include "server/http/http_message.hpp"

namespace kinesisd::server {

// A request that may go on to its operation.
struct Admitted {
  std::string_view operation;  // a view into the request's header
  protocol::Encoding encoding;
  protocol::wire::Tree body;  // views into the request's body
  Caller caller;
};

// A request that is answered here.
struct Refused {
  Response response;
  std::string reason;                             // for the log: type and message
  std::optional<protocol::ErrorType> error = {};  // unset: it is no refusal, but CORS's question answered
};

// Whether an operation of this name exists.
using KnowsOperation = bool (*)(std::string_view name);

// Parses `request.body` in place; the request must outlive what is admitted. Without a verification any
// credentials and signatures pass; with one the request has to have all of its headers.
std::variant<Admitted, Refused> gate(Request& request, KnowsOperation knows,
                                     const Verification* verification = nullptr);

// How a request's content type says that its body, and so the answer, is encoded; JSON if it does not say.
protocol::Encoding encoding_of(const Request& request);

// The answer to an admitted request: an encoded body, empty for operations without output.
Response answer(const Request& request, protocol::Encoding encoding, std::string body);
// The same with a body of this media type that is still to come.
Response answer(const Request& request, std::string_view media_type, std::shared_ptr<BodySource> source);
// An answer of this status that names an error of this type, and no body if that is empty.
Response answer(const Request& request, protocol::Encoding encoding, int status, std::string_view type,
                std::string_view message);
// The answer with AWS's status and body for `error`.
Response answer(const Request& request, protocol::Encoding encoding, const protocol::Error& error);

}  // namespace kinesisd::server
