// The transport ladder, rung by rung: what AWS answers before it looks at the operation.
#include "server/api/gate.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "server/auth/amz_date.hpp"

namespace kinesisd::server {

namespace {

constexpr const char* json_type = "application/x-amz-json-1.1";
constexpr const char* credential =
    "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/kinesis/aws4_request, SignedHeaders=host, "
    "Signature=a";

bool knows(std::string_view operation) {
  return operation == "ListStreams";
}

Request request_with(std::vector<Header> headers, std::string body = "{}", std::string method = "POST") {
  return {.method = std::move(method),
          .path = "/",
          .query = {},
          .headers = std::move(headers),
          .body = std::move(body),
          .ids = {.id = "id", .id_2 = "id-2"}};
}

Request signed_request(std::string target, std::string body = "{}") {
  return request_with({{"content-type", json_type},
                       {"x-amz-target", std::move(target)},
                       {"authorization", credential},
                       {"x-amz-date", "20260101T000000Z"}},
                      std::move(body));
}

std::optional<std::string> header_of(const Response& response, std::string_view name) {
  for (const Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return std::nullopt;
}

Response refused(Request& request) {
  auto verdict = gate(request, &knows);
  REQUIRE(std::holds_alternative<Refused>(verdict));
  return std::get<Refused>(verdict).response;
}

struct Row {
  const char* why;
  Request request;
  int status;
  std::optional<std::string> content_type;
  std::string body;
};

}  // namespace

TEST_CASE("The gate answers what never reaches an operation as AWS does") {
  const std::string denied =
      "<AccessDeniedException>\n"
      "  <Message>Unable to determine service/operation name to be authorized</Message>\n"
      "</AccessDeniedException>\n";
  const std::string target = "Kinesis_20131202.ListStreams";
  const auto row = GENERATE_COPY(values<Row>({
      {"GET is denied", request_with({}, "", "GET"), 403, std::nullopt, denied},
      {"PUT is denied whatever it carries", request_with({{"x-amz-target", target}}, "{}", "PUT"), 403,
       std::nullopt, denied},
      {"OPTIONS without Origin is denied", request_with({}, "", "OPTIONS"), 403, std::nullopt, denied},
      {"an empty body with JSON type and unknown target", request_with({{"content-type", json_type}}, ""),
       400, json_type, R"({"__type":"UnknownOperationException"})"},
      {"an empty body with JSON type and known target",
       request_with({{"content-type", json_type}, {"x-amz-target", target}}, ""), 400, json_type,
       R"({"__type":"SerializationException"})"},
      {"an empty body without type is answered in CBOR", request_with({}, ""), 400,
       "application/x-amz-cbor-1.1", "\xa1\x66__type\x78\x19UnknownOperationException"},
      {"an empty body with plain JSON type is answered in CBOR",
       request_with({{"content-type", "application/json"}, {"x-amz-target", target}}, ""), 400,
       "application/x-amz-cbor-1.1", "\xa1\x66__type\x76SerializationException"},
      {"an unknown type without a target is denied", request_with({{"content-type", "text/plain"}}), 403,
       std::nullopt, denied},
      {"an unknown type with half a target is denied",
       request_with({{"content-type", "text/plain"}, {"x-amz-target", "Kinesis_20131202."}}), 403,
       std::nullopt, denied},
      {"an unknown type with any whole target is not found",
       request_with({{"content-type", "text/plain"}, {"x-amz-target", "a.b"}}), 404, std::nullopt,
       "<UnknownOperationException/>\n"},
      {"no type with a whole target is not found", request_with({{"x-amz-target", target}}), 404,
       std::nullopt, "<UnknownOperationException/>\n"},
      {"a body that does not parse", signed_request(target, "{"), 400, json_type,
       R"({"__type":"SerializationException"})"},
      {"a body that is a string", signed_request(target, "\"a\""), 400, json_type,
       R"({"__type":"SerializationException"})"},
      {"an unparsable body comes before the missing authentication",
       request_with({{"content-type", json_type}, {"x-amz-target", target}}, "nope"), 400, json_type,
       R"({"__type":"SerializationException"})"},
      {"JSON that says it is CBOR",
       request_with({{"content-type", "application/x-amz-cbor-1.1"}, {"x-amz-target", target}}, "{}"), 400,
       "application/x-amz-cbor-1.1", "\xa1\x66__type\x76SerializationException"},
      {"CBOR for another service",
       request_with({{"content-type", "application/x-amz-cbor-1.1"}, {"x-amz-target", "a.b"}}, "\xA0"), 400,
       "application/x-amz-cbor-1.1", "\xa1\x66__type\x78\x19UnknownOperationException"},
      {"CBOR without authentication",
       request_with({{"content-type", " application/x-amz-cbor-1.1 ;x"}, {"x-amz-target", target}}, "\xA0"),
       400, "application/x-amz-cbor-1.1",
       "\xa2\x66__type\x78\x23MissingAuthenticationTokenException\x67message\x78\x1c"
       "Missing Authentication Token"},
      {"plain JSON that does not parse", request_with({{"content-type", "application/json"}}, "{"), 400,
       "application/json",
       R"({"Output":{"__type":"com.amazon.coral.service#SerializationException"},"Version":"1.0"})"},
      {"plain JSON that parses", request_with({{"content-type", "application/json"}}), 404,
       "application/json",
       R"({"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"})"},
      {"another service", signed_request("DynamoDB_20120810.ListStreams"), 400, json_type,
       R"({"__type":"UnknownOperationException"})"},
      {"operations are case sensitive", signed_request("Kinesis_20131202.listStreams"), 400, json_type,
       R"({"__type":"UnknownOperationException"})"},
      {"an unknown operation comes before the missing authentication",
       request_with({{"content-type", json_type}, {"x-amz-target", "Kinesis_20131202.ListStream"}}), 400,
       json_type, R"({"__type":"UnknownOperationException"})"},
      {"no authentication", request_with({{"content-type", json_type}, {"x-amz-target", target}}), 400,
       json_type,
       R"({"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"})"},
  }));
  CAPTURE(row.why);
  Request request = row.request;
  const Response response = refused(request);
  CHECK(response.status == row.status);
  CHECK(header_of(response, "Content-Type") == row.content_type);
  CHECK(response.body == row.body);
  CHECK(header_of(response, "x-amzn-RequestId") == "id");
  CHECK(header_of(response, "x-amz-id-2") == "id-2");
}

TEST_CASE("The gate lets a complete request through with its caller") {
  const auto target = GENERATE("Kinesis_20131202.ListStreams");
  const auto type = GENERATE(as<std::string>{}, "application/x-amz-json-1.1",
                             "  application/x-amz-json-1.1 ; charset=utf-8");
  Request request = signed_request(target);
  request.headers[0].value = type;
  auto verdict = gate(request, &knows);
  REQUIRE(std::holds_alternative<Admitted>(verdict));
  const auto& admitted = std::get<Admitted>(verdict);
  CHECK(admitted.operation == "ListStreams");
  CHECK(admitted.encoding == protocol::Encoding::json);
  CHECK(admitted.caller.access_key_id == "123456789012");
  CHECK(admitted.caller.region == "eu-west-1");
}

TEST_CASE("With credentials the gate verifies signatures, as the last thing it does") {
  struct Row {
    const char* why;
    Request request;
    std::string body;
  };
  const auto row = GENERATE(values<Row>({
      {"an unparsable body", signed_request("Kinesis_20131202.ListStreams", "{"),
       R"({"__type":"SerializationException"})"},
      {"an unknown operation", signed_request("Kinesis_20131202.ListStream"),
       R"({"__type":"UnknownOperationException"})"},
      {"no authentication",
       request_with({{"content-type", json_type}, {"x-amz-target", "Kinesis_20131202.ListStreams"}}),
       R"({"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"})"},
      {"a key nobody has", signed_request("Kinesis_20131202.ListStreams"),
       R"({"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."})"},
  }));
  CAPTURE(row.why);
  Request request = row.request;
  const Credentials credentials({{"AKID", {"secret", ""}}});
  const Verification verification{credentials, *parse_amz_date("20260101T000000Z")};
  auto verdict = gate(request, &knows, &verification);
  REQUIRE(std::holds_alternative<Refused>(verdict));
  CHECK(std::get<Refused>(verdict).response.status == 400);
  CHECK(std::get<Refused>(verdict).response.body == row.body);
}

TEST_CASE("The gate signs for the body as it was sent, before it is parsed in place") {
  // Made with botocore's SigV4Auth.
  Request request =
      request_with({{"content-type", json_type},
                    {"host", "localhost:4567"},
                    {"x-amz-target", "Kinesis_20131202.ListStreams"},
                    {"x-amz-date", "20260101T000000Z"},
                    {"authorization",
                     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/kinesis/aws4_request, "
                     "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
                     "Signature=301e6ef3d202fc23a9230e9022189e19b83d66b80b827aa6c6691c758f4570e4"}},
                   R"({"a":"\u0041\n","b":"c"})");
  const Credentials credentials({{"AKIDEXAMPLE", {"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""}}});
  const Verification verification{credentials, *parse_amz_date("20260101T000000Z")};
  const auto verdict = gate(request, &knows, &verification);
  REQUIRE(std::holds_alternative<Admitted>(verdict));
  CHECK(std::get<Admitted>(verdict).caller.access_key_id == "AKIDEXAMPLE");
}

TEST_CASE("The log says whose signature was refused, though the answer does not") {
  Request request = signed_request("Kinesis_20131202.ListStreams");
  const Credentials credentials({{"AKID", {"secret", ""}}});
  const Verification verification{credentials, *parse_amz_date("20260101T000000Z")};
  const auto verdict = gate(request, &knows, &verification);
  CHECK(std::get<Refused>(verdict).reason ==
        "UnrecognizedClientException: The security token included in the request is invalid. The access key "
        "id is "
        "123456789012.");
}

TEST_CASE("A pre-flight request is answered without authentication and without an id-2") {
  Request request = request_with({{"origin", "http://a.example"},
                                  {"access-control-request-headers", "x-amz-target,authorization"},
                                  {"access-control-request-method", "POST"}},
                                 "", "OPTIONS");
  const Response response = refused(request);
  CHECK(response.status == 200);
  CHECK(response.body.empty());
  CHECK(header_of(response, "Access-Control-Allow-Origin") == "*");
  CHECK(header_of(response, "Access-Control-Max-Age") == "172800");
  CHECK(header_of(response, "Access-Control-Allow-Headers") == "x-amz-target,authorization");
  CHECK(header_of(response, "Access-Control-Allow-Methods") == "POST");
  CHECK(header_of(response, "Content-Type") == std::nullopt);
  CHECK(header_of(response, "x-amz-id-2") == std::nullopt);
}

TEST_CASE("Any other request with an Origin may read AWS's headers") {
  Request request = request_with({{"origin", "http://a.example"}}, "", "GET");
  const Response response = refused(request);
  CHECK(response.status == 403);
  CHECK(header_of(response, "Access-Control-Allow-Origin") == "*");
  CHECK(header_of(response, "Access-Control-Expose-Headers") ==
        "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date");
}

}  // namespace kinesisd::server
