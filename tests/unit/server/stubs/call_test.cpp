// The calls to STS and CloudWatch, in every form that clients give them.
#include "server/stubs/call.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "server/auth/amz_date.hpp"

namespace kinesisd::server::foreign {

namespace {

constexpr const char* form = "application/x-www-form-urlencoded";
constexpr const char* who_am_i = "Action=GetCallerIdentity&Version=2011-06-15";
constexpr const char* metrics = "Action=PutMetricData&Version=2010-08-01&Namespace=a";
constexpr const char* rpc_path = "/service/GraniteServiceVersion20100801/operation/PutMetricData";

// Authenticated for a service; nullptr: not at all.
Request request_for(const char* service, std::vector<Header> headers, std::string body = {}) {
  Request request{
      .method = "POST", .path = "/", .query = {}, .headers = std::move(headers), .body = std::move(body)};
  if (service != nullptr) {
    request.headers.push_back(
        {"authorization", "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/" +
                              std::string(service) + "/aws4_request, SignedHeaders=host, Signature=a"});
    request.headers.push_back({"x-amz-date", "20260101T000000Z"});
  }
  return request;
}

Request form_for(const char* service, std::string body) {
  return request_for(service, {{"content-type", form}}, std::move(body));
}

Request query_for(const char* service, std::string query) {
  Request request = request_for(service, {});
  request.method = "GET";
  request.query = std::move(query);
  return request;
}

Request target_for(const char* service, const char* operation) {
  return request_for(service,
                     {{"content-type", "application/x-amz-json-1.0"},
                      {"x-amz-target", std::string("GraniteServiceVersion20100801.") + operation}},
                     "{}");
}

Request rpc_for(const char* service, const char* path = rpc_path) {
  Request request = request_for(
      service, {{"content-type", "application/cbor"}, {"smithy-protocol", "rpc-v2-cbor"}}, "\xA0");
  request.path = path;
  return request;
}

Request with(Request request, Header header) {
  request.headers.push_back(std::move(header));
  return request;
}

std::string account_of(const Caller& caller) {
  return caller.access_key_id.size() == 12 ? caller.access_key_id : "000000000000";
}

std::optional<std::string> header_of(const Response& response, std::string_view name) {
  for (const Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return std::nullopt;
}

// The answer, with `ID` for its request id.
Answer answered(Request request, const Verification* verification = nullptr) {
  request.ids.id = "6e0e9a4c-8d4f-e0b3-9e1c-0c3cb2f5a7d1";
  const auto call = call_in(request);
  REQUIRE(call);
  Answer answer = foreign::answer(request, *call, account_of, verification);
  const std::string id = header_of(answer.response, "x-amzn-RequestId").value_or("");
  REQUIRE(id == request.ids.id);
  const std::size_t at = answer.response.body.find(id);
  if (at != std::string::npos) answer.response.body.replace(at, id.size(), "ID");
  return answer;
}

std::string identity(const std::string& account) {
  return "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
         "  <GetCallerIdentityResult>\n"
         "    <Arn>arn:aws:iam::" +
         account +
         ":root</Arn>\n"
         "    <UserId>" +
         account +
         "</UserId>\n"
         "    <Account>" +
         account +
         "</Account>\n"
         "  </GetCallerIdentityResult>\n"
         "  <ResponseMetadata>\n"
         "    <RequestId>ID</RequestId>\n"
         "  </ResponseMetadata>\n"
         "</GetCallerIdentityResponse>\n";
}

const std::string metrics_taken =
    "<PutMetricDataResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">\n"
    "  <ResponseMetadata>\n"
    "    <RequestId>ID</RequestId>\n"
    "  </ResponseMetadata>\n"
    "</PutMetricDataResponse>\n";

std::string xml_error(const char* xml_namespace, const std::string& code, const std::string& message) {
  return "<ErrorResponse xmlns=\"" + std::string(xml_namespace) +
         "\">\n"
         "  <Error>\n"
         "    <Type>Sender</Type>\n"
         "    <Code>" +
         code +
         "</Code>\n"
         "    <Message>" +
         message +
         "</Message>\n"
         "  </Error>\n"
         "  <RequestId>ID</RequestId>\n"
         "</ErrorResponse>\n";
}

constexpr const char* sts_namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
constexpr const char* cloudwatch_namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/";

}  // namespace

TEST_CASE("The two calls are answered in each form") {
  struct Row {
    const char* why;
    Request request;
    const char* content_type;
    std::string body;
  };
  const std::string mine = identity("123456789012");
  const auto row = GENERATE_COPY(values<Row>({
      {"STS", form_for("sts", who_am_i), "text/xml", mine},
      {"STS with a charset",
       request_for("sts", {{"content-type", "Application/X-WWW-Form-URLencoded; charset=utf-8"}}, who_am_i),
       "text/xml", mine},
      {"STS in another order, encoded",
       form_for("sts", "Version=2011%2D06%2D15&x=&Action=GetCaller%49dentity"), "text/xml", mine},
      {"STS in the query", query_for("sts", who_am_i), "text/xml", mine},
      {"STS in a signed query",
       query_for(nullptr,
                 std::string(who_am_i) +
                     "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=123456789012%2F20260101%2F"
                     "eu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders="
                     "host&X-Amz-Signature=a"),
       "text/xml", mine},
      {"STS for a client that names no service",
       request_for(nullptr,
                   {{"content-type", form},
                    {"authorization", "a Credential=a, SignedHeaders=b, Signature=c"},
                    {"date", "d"}},
                   who_am_i),
       "text/xml", identity("000000000000")},
      {"CloudWatch by form", form_for("monitoring", metrics), "text/xml", metrics_taken},
      {"CloudWatch by form, compressed",
       with(form_for("monitoring", "\x1F\x8B\x08"), {"content-encoding", "gzip"}), "text/xml", metrics_taken},
      {"CloudWatch by target", target_for("monitoring", "PutMetricData"), "application/x-amz-json-1.0", "{}"},
      {"CloudWatch by target, compressed",
       with(target_for("monitoring", "PutMetricData"), {"content-encoding", "gzip"}),
       "application/x-amz-json-1.0", "{}"},
      {"CloudWatch by path", rpc_for("monitoring"), "application/cbor", "\xA0"},
      {"CloudWatch by path, compressed", with(rpc_for("monitoring"), {"content-encoding", "gzip"}),
       "application/cbor", "\xA0"},
  }));
  INFO(row.why);
  const Answer answer = answered(row.request);
  CHECK(answer.refusal.empty());
  CHECK(answer.response.status == 200);
  CHECK(header_of(answer.response, "Content-Type") == row.content_type);
  CHECK(answer.response.body == row.body);
  const bool cbor = std::string(row.content_type) == "application/cbor";
  CHECK(header_of(answer.response, "smithy-protocol") ==
        (cbor ? std::optional<std::string>("rpc-v2-cbor") : std::nullopt));
}

TEST_CASE("All else of these services is refused in their own protocol") {
  struct Row {
    const char* why;
    Request request;
    int status;
    std::string body;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"another action of STS", form_for("sts", "Action=AssumeRole&Version=2011-06-15"), 400,
       xml_error(sts_namespace, "InvalidAction",
                 "Of STS, kinesisd answers GetCallerIdentity only, not AssumeRole.")},
      {"an action that is no word", form_for("sts", "Action=%3Ca%3E&Version=2011-06-15"), 400,
       xml_error(sts_namespace, "InvalidAction", "Of STS, kinesisd answers GetCallerIdentity only.")},
      {"no action", form_for("sts", "a=b"), 400,
       xml_error(sts_namespace, "InvalidAction", "Of STS, kinesisd answers GetCallerIdentity only.")},
      {"a compressed call of STS, which there is none of",
       with(form_for("sts", who_am_i), {"content-encoding", "gzip"}), 400,
       xml_error(sts_namespace, "InvalidAction", "Of STS, kinesisd answers GetCallerIdentity only.")},
      {"the other service's action", form_for("monitoring", who_am_i), 400,
       xml_error(cloudwatch_namespace, "InvalidAction",
                 "Of CloudWatch, kinesisd answers PutMetricData only, not GetCallerIdentity.")},
      {"another target", target_for("monitoring", "ListMetrics"), 400,
       R"({"__type":"InvalidAction","message":"Of CloudWatch, kinesisd answers PutMetricData only, not ListMetrics."})"},
      {"another path", rpc_for("monitoring", "/service/GraniteServiceVersion20100801/operation/"), 400,
       "\xA2\x66__type\x6DInvalidAction\x67message\x78\x33Of CloudWatch, kinesisd answers PutMetricData "
       "only."},
      {"no authentication for STS", form_for(nullptr, who_am_i), 403,
       xml_error(sts_namespace, "MissingAuthenticationToken", "Request is missing Authentication Token")},
      {"no authentication for CloudWatch", form_for(nullptr, metrics), 403,
       xml_error(cloudwatch_namespace, "MissingAuthenticationToken",
                 "Request is missing Authentication Token")},
      {"no authentication by target", target_for(nullptr, "PutMetricData"), 400,
       R"({"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"})"},
      {"no authentication by path", rpc_for(nullptr), 400,
       "\xA2\x66__type\x78\x23MissingAuthenticationTokenException\x67message\x78\x1CMissing Authentication "
       "Token"},
      {"half an authentication",
       request_for(nullptr,
                   {{"content-type", form}, {"authorization", "a <Credential>=&\xFF\x01"}, {"date", "d"}},
                   who_am_i),
       400,
       xml_error(sts_namespace, "IncompleteSignature",
                 "Authorization header requires 'Credential' parameter. Authorization header requires "
                 "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
                 "Authorization=a &lt;Credential&gt;=&amp;??")},
  }));
  INFO(row.why);
  const Answer answer = answered(row.request);
  CHECK(answer.response.status == row.status);
  CHECK(answer.response.body == row.body);
  CHECK_FALSE(answer.refusal.empty());
}

TEST_CASE("Errors in JSON and CBOR also carry the names they have in XML") {
  const auto code = [](const Request& request) {
    return header_of(answered(request).response, "x-amzn-query-error");
  };
  CHECK(code(target_for("monitoring", "ListMetrics")) == "InvalidAction;Sender");
  CHECK(code(rpc_for(nullptr)) == "MissingAuthenticationToken;Sender");
  CHECK(code(target_for("monitoring", "PutMetricData")) == std::nullopt);
  CHECK(code(form_for("sts", "a=b")) == std::nullopt);
}

TEST_CASE("What is for Kinesis or for nobody is left to the gate") {
  struct Row {
    const char* why;
    Request request;
  };
  Request put = form_for("sts", who_am_i);
  put.method = "PUT";
  Request no_post = target_for("monitoring", "PutMetricData");
  no_post.method = "GET";
  const auto row = GENERATE_COPY(values<Row>({
      {"a Kinesis request", request_for("kinesis",
                                        {{"content-type", "application/x-amz-json-1.1"},
                                         {"x-amz-target", "Kinesis_20131202.ListStreams"}},
                                        "{}")},
      {"a Kinesis target with another service's credentials",
       request_for("sts", {{"content-type", form}, {"x-amz-target", "Kinesis_20131202.ListStreams"}},
                   who_am_i)},
      {"a form with Kinesis's credentials", form_for("kinesis", who_am_i)},
      {"a form of no version that is known",
       form_for(nullptr, "Action=GetCallerIdentity&Version=2012-11-05")},
      {"a form of no version", form_for(nullptr, "Action=GetCallerIdentity")},
      {"a compressed form without credentials",
       with(form_for(nullptr, who_am_i), {"content-encoding", "gzip"})},
      {"an empty form", form_for("sts", "")},
      {"no form", request_for("sts", {{"content-type", "text/plain"}}, who_am_i)},
      {"no type", request_for("sts", {}, who_am_i)},
      {"a query without an action", query_for("sts", "Version=2011-06-15")},
      {"another method", put},
      {"a target with another method", no_post},
      {"a target that only begins so",
       request_for("monitoring", {{"x-amz-target", "GraniteServiceVersion20100801x.PutMetricData"}}, "{}")},
      {"a path that only begins so",
       rpc_for("monitoring", "/service/GraniteServiceVersion20100801/x/PutMetricData")},
      {"another service's path", rpc_for("logs", "/service/Logs_20140328/operation/PutLogEvents")},
      {"the path without its protocol",
       [] {
         Request request = request_for("monitoring", {}, "\xA0");
         request.path = rpc_path;
         return request;
       }()},
  }));
  INFO(row.why);
  CHECK_FALSE(call_in(row.request).has_value());
}

}  // namespace kinesisd::server::foreign
