#include "server/stubs/answer.hpp"

#include <fmt/core.h>

#include <utility>

#include "protocol/cbor.hpp"
#include "protocol/errors.hpp"
#include "protocol/json.hpp"
#include "protocol/wire.hpp"
#include "server/stubs/service.hpp"

namespace kinesisd::server::foreign {

namespace {

using protocol::ErrorType;

std::string_view content_type_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::json:
      return "application/x-amz-json-1.0";
    case Protocol::cbor:
      return "application/cbor";
    default:
      return "text/xml";
  }
}

Response response_to(const Call& call, int status, std::string request_id, std::string body) {
  Response response{.status = status,
                    .headers = {{"x-amzn-RequestId", std::move(request_id)},
                                {"Content-Type", std::string(content_type_of(call.protocol))}},
                    .body = std::move(body)};
  if (call.protocol == Protocol::cbor) {
    response.headers.push_back({"smithy-protocol", std::string(rpc_v2_cbor)});
  }
  return response;
}

// What XML 1.0 cannot hold becomes a question mark.
std::string as_xml_text(std::string_view text) {
  const bool readable = protocol::wire::is_utf8(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += (byte < 0x20 && c != '\t') || (byte >= 0x80 && !readable) ? '?' : c;
    }
  }
  return out;
}

std::string_view side_of(int status) {
  return status < 500 ? "Sender" : "Receiver";
}

template <class Writer>
void write_fault(const Fault& fault, Writer&& writer) {
  writer.begin_map(2);
  writer.key("__type");
  writer.text(fault.type);
  writer.key("message");
  writer.text(protocol::wire::is_utf8(fault.message) ? std::string_view(fault.message) : fault.code);
  writer.end_map();
}

std::string xml_of(const Call& call, const Fault& fault, std::string_view request_id) {
  return fmt::format(
      "<ErrorResponse xmlns=\"{}\">\n"
      "  <Error>\n"
      "    <Type>{}</Type>\n"
      "    <Code>{}</Code>\n"
      "    <Message>{}</Message>\n"
      "  </Error>\n"
      "  <RequestId>{}</RequestId>\n"
      "</ErrorResponse>\n",
      call.service->xml_namespace, side_of(fault.status), fault.code, as_xml_text(fault.message), request_id);
}

std::string xml_of(const Call& call, std::string_view result, std::string_view request_id) {
  return fmt::format(
      "<{0}Response xmlns=\"{1}\">\n"
      "{2}"
      "  <ResponseMetadata>\n"
      "    <RequestId>{3}</RequestId>\n"
      "  </ResponseMetadata>\n"
      "</{0}Response>\n",
      call.service->operation, call.service->xml_namespace, result, request_id);
}

// Code and status of an error where answers are XML.
std::pair<std::string_view, int> xml_name_of(ErrorType type) {
  switch (type) {
    case ErrorType::MissingAuthenticationTokenException:
      return {"MissingAuthenticationToken", 403};
    case ErrorType::InvalidSignatureException:
      return {"SignatureDoesNotMatch", 403};
    case ErrorType::UnrecognizedClientException:
      return {"InvalidClientTokenId", 403};
    default:
      return {"IncompleteSignature", 400};
  }
}

}  // namespace

Fault fault_of(const protocol::Error& error, Protocol protocol) {
  const auto [code, status] = xml_name_of(error.type);
  const bool xml = protocol == Protocol::query;
  const bool missing = error.type == ErrorType::MissingAuthenticationTokenException;
  return {
      .code = code,
      .type = name(error.type),
      .status = xml ? status : protocol::http_status(error.type),
      .message = xml && missing ? protocol::errors::missing_authentication_of_form().message : error.message};
}

Response success(const Call& call, std::string_view result, std::string id) {
  std::string body;
  if (call.protocol == Protocol::query) {
    body = xml_of(call, result, id);
  } else {
    body = call.protocol == Protocol::json ? "{}" : "\xA0";
  }
  return response_to(call, 200, std::move(id), std::move(body));
}

Response error(const Call& call, const Fault& fault, std::string id) {
  std::string body;
  if (call.protocol == Protocol::query) {
    body = xml_of(call, fault, id);
  } else if (call.protocol == Protocol::json) {
    write_fault(fault, protocol::json::Writer(body));
  } else {
    write_fault(fault, protocol::cbor::Writer(body));
  }
  Response response = response_to(call, fault.status, std::move(id), std::move(body));
  // SDKs that knew the service by its XML still give its errors their old names, which stand here.
  if (call.protocol != Protocol::query) {
    response.headers.push_back(
        {"x-amzn-query-error", fmt::format("{};{}", fault.code, side_of(fault.status))});
  }
  return response;
}

}  // namespace kinesisd::server::foreign
