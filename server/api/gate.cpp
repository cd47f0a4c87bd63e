#include "server/api/gate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/errors.hpp"
#include "protocol/json.hpp"

namespace kinesisd::server {

namespace {

using protocol::Encoding;
using protocol::Error;
namespace errors = protocol::errors;

constexpr std::string_view json_type = "application/x-amz-json-1.1";
constexpr std::string_view cbor_type = "application/x-amz-cbor-1.1";
constexpr std::string_view plain_json_type = "application/json";

constexpr std::string_view access_denied_xml =
    "<AccessDeniedException>\n"
    "  <Message>Unable to determine service/operation name to be authorized</Message>\n"
    "</AccessDeniedException>\n";
constexpr std::string_view unknown_operation_xml = "<UnknownOperationException/>\n";
constexpr std::size_t service_letters_max = 64;  // of a name that is shown
constexpr std::string_view our_service = "kinesis";
// With AWS's blank at the end.
constexpr std::string_view other_service = "Credential should be scoped to correct service: 'kinesis'. ";

std::string_view content_type_of(Encoding encoding) {
  return encoding == Encoding::json ? json_type : cbor_type;
}

// The media type without its parameters.
std::string_view media_type(const Request& request) {
  const std::string* header = request.header("content-type");
  if (header == nullptr) return {};
  std::string_view type = std::string_view(*header).substr(0, header->find(';'));
  const std::size_t first = type.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return type.substr(first, type.find_last_not_of(" \t") - first + 1);
}

// X-Amz-Target split at its first dot; a part that is not there is empty.
struct Target {
  std::string_view service;
  std::string_view operation;
};

Target target_of(const Request& request) {
  const std::string* header = request.header("x-amz-target");
  if (header == nullptr) return {};
  const std::string_view text = *header;
  const std::size_t dot = std::min(text.find('.'), text.size());
  return {text.substr(0, dot), text.substr(std::min(dot + 1, text.size()))};
}

// The headers of every answer: CORS as the request asks, and ids.
std::vector<Header> common_headers(const Request& request) {
  std::vector<Header> headers;
  headers.reserve(6);
  headers.push_back({"x-amzn-RequestId", request.ids.id});
  headers.push_back({"x-amz-id-2", request.ids.id_2});
  if (request.header("origin") != nullptr) {
    headers.push_back({"Access-Control-Allow-Origin", "*"});
    headers.push_back(
        {"Access-Control-Expose-Headers",
         "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date"});
  }
  return headers;
}

Response answer_with(const Request& request, int status, std::string_view type, std::string body) {
  Response response{.status = status, .headers = common_headers(request), .body = std::move(body)};
  if (!type.empty()) response.headers.push_back({"Content-Type", std::string(type)});
  return response;
}

Response preflight(const Request& request) {
  Response response;
  response.headers = {{"x-amzn-RequestId", request.ids.id},
                      {"Access-Control-Allow-Origin", "*"},
                      {"Access-Control-Max-Age", "172800"}};
  if (const std::string* asked = request.header("access-control-request-headers")) {
    response.headers.push_back({"Access-Control-Allow-Headers", *asked});
  }
  if (const std::string* asked = request.header("access-control-request-method")) {
    response.headers.push_back({"Access-Control-Allow-Methods", *asked});
  }
  return response;
}

Refused refuse(const Request& request, Encoding encoding, const Error& error) {
  return {answer(request, encoding, error), protocol::sentence(error), error.type};
}

// AWS's answer does not say whose signature it was; the log does.
Refused refuse_caller(const Request& request, Encoding encoding, const Error& error, const Claim& claim) {
  Refused refused = refuse(request, encoding, error);
  refused.reason += fmt::format(" The access key id is {}.", caller_of(claim).access_key_id);
  return refused;
}

Refused refuse_as_xml(const Request& request, int status, std::string_view body) {
  return {
      answer_with(request, status, {}, std::string(body)),
      fmt::format("{} for {} with content type '{}'; a call of Kinesis is a POST with content type {} and "
                  "a header such as X-Amz-Target: Kinesis_20131202.ListStreams",
                  status, request.method, media_type(request), json_type),
      status == 404 ? protocol::ErrorType::UnknownOperationException
                    : protocol::ErrorType::AccessDeniedException};
}

// A call of a client that has one endpoint for all of AWS. AWS's answer says what is wrong and the log what
// to do.
Refused refuse_other_service(const Request& request, std::string_view type, std::string_view service) {
  const Error error{protocol::ErrorType::InvalidSignatureException, std::string(other_service)};
  Refused refused = type == json_type || type == cbor_type
                        ? refuse(request, encoding_of(request), error)
                        : refuse_as_xml(request, 403,
                                        fmt::format("<{0}>\n  <Message>{1}</Message>\n</{0}>\n",
                                                    name(error.type), error.message));
  refused.error = error.type;
  refused.reason = fmt::format(
      "it is meant for {0}, and this is Kinesis: set AWS_ENDPOINT_URL_KINESIS instead of AWS_ENDPOINT_URL, "
      "or have such calls passed on with --forward {0}=http://HOST:PORT",
      service.substr(0, service_letters_max));
  return refused;
}

// How the front end answers plain JSON, which never reaches an operation.
Refused refuse_as_plain_json(const Request& request, int status, const Error& error) {
  return {
      answer_with(request, status, plain_json_type,
                  fmt::format(R"({{"Output":{{"__type":"com.amazon.coral.service#{}"}},"Version":"1.0"}})",
                              name(error.type))),
      fmt::format("{}: content type {} is not the Kinesis protocol's, which is {}", name(error.type),
                  plain_json_type, json_type),
      error.type};
}

// The one refusal that needs no body: AWS answers it in CBOR unless the content type is exactly its JSON.
Refused refuse_empty(const Request& request, std::string_view type, bool known) {
  const Encoding encoding = type == json_type ? Encoding::json : Encoding::cbor;
  return refuse(request, encoding, known ? errors::unreadable_body() : errors::unknown_operation());
}

}  // namespace

Encoding encoding_of(const Request& request) {
  return media_type(request) == cbor_type ? Encoding::cbor : Encoding::json;
}

Response answer(const Request& request, Encoding encoding, std::string body) {
  return answer_with(request, 200, content_type_of(encoding), std::move(body));
}

Response answer(const Request& request, std::string_view media_type, std::shared_ptr<BodySource> source) {
  Response response = answer_with(request, 200, media_type, {});
  response.source = std::move(source);
  return response;
}

Response answer(const Request& request, Encoding encoding, int status, std::string_view type,
                std::string_view message) {
  std::string body = type.empty() ? std::string() : protocol::encode_error(type, message, encoding);
  return answer_with(request, status, content_type_of(encoding), std::move(body));
}

Response answer(const Request& request, Encoding encoding, const Error& error) {
  return answer_with(request, protocol::http_status(error.type), content_type_of(encoding),
                     protocol::encode_error(error, encoding));
}

std::variant<Admitted, Refused> gate(Request& request, KnowsOperation knows,
                                     const Verification* verification) {
  if (request.method == "OPTIONS" && request.header("origin") != nullptr) {
    return Refused{preflight(request), {}};
  }
  const std::string_view type = media_type(request);
  const Target target = target_of(request);
  const bool ours = target.service == "Kinesis_20131202";
  const std::string service = ours ? std::string() : signed_service(request);
  const bool foreign = !service.empty() && service != our_service;
  const bool readable = type == json_type || type == cbor_type;
  if (foreign && (request.method != "POST" || !readable)) return refuse_other_service(request, type, service);
  if (request.method != "POST") return refuse_as_xml(request, 403, access_denied_xml);

  const bool known = ours && knows(target.operation);
  if (request.body.empty()) return refuse_empty(request, type, known);
  if (!readable && type != plain_json_type) {
    if (target.service.empty() || target.operation.empty()) {
      return refuse_as_xml(request, 403, access_denied_xml);
    }
    return refuse_as_xml(request, 404, unknown_operation_xml);
  }

  const Encoding encoding = encoding_of(request);
  const std::string hash = verification == nullptr ? std::string() : payload_hash(request);
  auto body = protocol::parse(request.body, encoding);
  if (!body) {
    if (type == plain_json_type) return refuse_as_plain_json(request, 400, errors::unreadable_body());
    return refuse(request, encoding, body.error());
  }
  if (type == plain_json_type) return refuse_as_plain_json(request, 404, errors::unknown_operation());
  if (foreign) return refuse_other_service(request, type, service);
  if (!known) return refuse(request, encoding, errors::unknown_operation());

  const auto claim = authenticate(request);
  if (!claim) return refuse(request, encoding, claim.error());
  if (verification != nullptr) {
    const auto verified = verify_signature(request, claim.value(), hash, *verification);
    if (!verified) return refuse_caller(request, encoding, verified.error(), claim.value());
  }
  return Admitted{target.operation, encoding, std::move(body.value()), caller_of(claim.value())};
}

}  // namespace kinesisd::server
