// Signatures by another's hand: all were made with botocore's SigV4Auth and SigV4QueryAuth at
// 20260101T000000Z.
#include "server/auth/signature.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "server/auth/amz_date.hpp"

namespace kinesisd::server {

namespace {

using std::chrono::seconds;

constexpr const char* key = "AKIDEXAMPLE";
constexpr const char* secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr const char* token = "IQoJ//token+==";
constexpr const char* scope = "AKIDEXAMPLE/20260101/eu-west-1/kinesis/aws4_request";
const std::string signed_at = "20260101T000000Z";

const Header type{"content-type", "application/x-amz-json-1.1"};
const Header host{"host", "localhost:4567"};
const Header target{"x-amz-target", "Kinesis_20131202.ListStreams"};
const Header date{"x-amz-date", signed_at};

Header authorization(const std::string& signed_headers, const std::string& signature,
                     const std::string& credential = scope) {
  return {"authorization", "AWS4-HMAC-SHA256 Credential=" + credential + ", SignedHeaders=" + signed_headers +
                               ", Signature=" + signature};
}

// A request that is signed as it should be, to be spoilt by tests.
Request plain() {
  return {.method = "POST",
          .path = "/",
          .query = {},
          .headers = {type, host, target, date,
                      authorization("content-type;host;x-amz-date;x-amz-target",
                                    "1bcfd14728d8554860ab83a146c22d3426a172484c9b04fdde72dc816d3f3cef")},
          .body = "{}"};
}

Request presigned() {
  return {.method = "POST",
          .path = "/",
          .query =
              "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260101%2Feu-west-1%2F"
              "kinesis%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders="
              "content-type%3Bhost%3Bx-amz-target&X-Amz-Signature="
              "5d0267a03be0d1a9f486e4398793087a17f6fb1a9750612736bfd1b994a2f0f8",
          .headers = {type, host, target},
          .body = "{}"};
}

std::string& header(Request& request, std::string_view name) {
  for (Header& one : request.headers) {
    if (one.name == name) return one.value;
  }
  throw std::logic_error("no such header");
}

std::string& replace(std::string& text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

// "": it holds. `late` is how long after the signature it is looked at.
std::string verdict(const Request& request, seconds late = seconds(0), const char* session_token = "",
                    const char* known_secret = secret) {
  const Credentials credentials({{key, {known_secret, session_token}}});
  const auto claim = authenticate(request);
  if (!claim) return protocol::sentence(claim.error());
  const auto held = verify_signature(request, claim.value(), payload_hash(request),
                                     {credentials, *parse_amz_date(signed_at) + late});
  return held ? std::string() : protocol::sentence(held.error());
}

const std::string mismatch =
    "InvalidSignatureException: The request signature we calculated does not match the signature you "
    "provided. "
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
const std::string unrecognized =
    "UnrecognizedClientException: The security token included in the request is invalid.";

}  // namespace

TEST_CASE("A signature that another signer made holds") {
  struct Row {
    const char* why;
    std::string path;
    std::string query;
    std::vector<Header> headers;
    std::string body;
    const char* session_token;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"as SDKs sign", "/", "", plain().headers, "{}", ""},
      {"a header that is not signed, one that is, and a body beyond ASCII",
       "/",
       "",
       {type,
        host,
        target,
        date,
        {"user-agent", "anything"},
        {"amz-sdk-request", "attempt=1"},
        authorization("amz-sdk-request;content-type;host;x-amz-date;x-amz-target",
                      "5089a0b5d8b5c3101ad3fcdfbe2eaec7f1c3e37353b7d061bda51050e20c61fb")},
       R"({"StreamName":"s","Data":"YQ==","PartitionKey":"é"})",
       ""},
      {"blanks in a value, and a header twice",
       "/",
       "",
       {type,
        host,
        target,
        date,
        {"x-note", "  a   b\t c  "},
        {"x-note", "d"},
        authorization("content-type;host;x-amz-date;x-amz-target;x-note",
                      "7ddb4d644c6e8dc9104e942094e7534328cf4d2f0f90cfbd1ed62d387b5818a2")},
       "{}",
       ""},
      {"a session token",
       "/",
       "",
       {type,
        host,
        target,
        date,
        {"x-amz-security-token", token},
        authorization("content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
                      "fd673c6dcee988f95e6eb09cae5f18ad6dc9561cc16077ed7b7a95e9f55940b5")},
       "{}",
       token},
      {"a Date header",
       "/",
       "",
       {type,
        host,
        target,
        {"date", "Thu, 01 Jan 2026 00:00:00 -0000"},
        authorization("content-type;date;host;x-amz-target",
                      "3857c94acba8791900dcaffdca329f7f8c787df9e6c46056973e0342ad25a369")},
       "{}",
       ""},
      {"a body that is not signed",
       "/",
       "",
       {type,
        host,
        target,
        date,
        {"x-amz-content-sha256", "UNSIGNED-PAYLOAD"},
        authorization("content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target",
                      "490f4826d82dd9a7a99927d83d0aac31ace6354c8220113ebbe1e06c7b7123cf")},
       R"({"any":"body"})",
       ""},
      {"a path to be normalised and a query to be sorted",
       "/a/./b//../c%20d/",
       "b=2&a=z&a=%20%2F&c&a-b=1",
       {type, host, target, date,
        authorization("content-type;host;x-amz-date;x-amz-target",
                      "6d9cb64befb9045800b5f5957ec6c34d0fe23c19e34419a722ae69f5ee56a7dd")},
       "{}",
       ""},
      {"the host twice, as HTTP/2 may have it",
       "/",
       "",
       {host, type, host, target, date, plain().headers.back()},
       "{}",
       ""},
      {"in the query", "/", presigned().query, {type, host, target}, "{}", ""},
      {"in the query with a session token",
       "/",
       "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260101%2Feu-west-1%2Fkinesis%"
       "2Faws4_"
       "request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-"
       "amz-"
       "target&X-Amz-Security-Token=IQoJ%2F%2Ftoken%2B%3D%3D&X-Amz-Signature="
       "7deb50f9608ad2529ebbe4c0372b0ccf6c24d0325b131a2bd6b7fa72c8143b5f",
       {type, host, target},
       "{}",
       token},
  }));
  CAPTURE(row.why);
  const Request request{
      .method = "POST", .path = row.path, .query = row.query, .headers = row.headers, .body = row.body};
  CHECK(verdict(request, seconds(0), row.session_token).empty());
}

TEST_CASE("Whatever a signature covers cannot be changed") {
  const auto original = GENERATE(&plain, &presigned);
  Request request = original();
  SECTION("body") {
    request.body += ' ';
  }
  SECTION("method") {
    request.method = "PUT";
  }
  SECTION("path") {
    request.path = "/x";
  }
  SECTION("query") {
    request.query += "&a=b";
  }
  SECTION("target") {
    header(request, "x-amz-target") += 'x';
  }
  SECTION("type") {
    header(request, "content-type") += "; x";
  }
  SECTION("host") {
    header(request, "host") = "localhost";
  }
  SECTION("a second header of the name") {
    request.headers.push_back(target);
  }
  SECTION("a header left out") {
    std::erase_if(request.headers, [](const Header& h) { return h == target; });
  }
  CHECK(verdict(request) == mismatch);
}

TEST_CASE("A signature that does not hold is refused in AWS's words") {
  Request request = plain();
  std::string& auth = header(request, "authorization");
  const char* known_secret = secret;
  SECTION("another secret") {
    known_secret = "other";
  }
  SECTION("another second") {
    header(request, "x-amz-date") = "20260101T000001Z";
  }
  SECTION("another region") {
    replace(auth, "eu-west-1", "eu-west-2");
  }
  SECTION("another algorithm") {
    replace(auth, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512");
  }
  SECTION("capitals") {
    replace(auth, "Signature=1bcf", "Signature=1BCF");
  }
  SECTION("half a signature") {
    auth.resize(auth.size() - 32);
  }
  SECTION("a header less") {
    replace(auth, ";x-amz-target", "");
  }
  SECTION("a body that claims not to be signed") {
    request.headers.push_back({"x-amz-content-sha256", "UNSIGNED-PAYLOAD"});
  }
  CHECK(verdict(request, seconds(0), "", known_secret) == mismatch);
}

TEST_CASE("Credentials that nobody has are not recognized") {
  Request request = plain();
  SECTION("a key") {
    replace(header(request, "authorization"), "AKIDEXAMPLE", "AKIDOTHER");
  }
  SECTION("a token for a key that has none") {
    request.headers.push_back({"x-amz-security-token", token});
  }
  CHECK(verdict(request) == unrecognized);
}

TEST_CASE("A key with a session token needs that token") {
  CHECK(verdict(plain(), seconds(0), token) == unrecognized);
  Request request = plain();
  request.headers.push_back({"x-amz-security-token", "another"});
  CHECK(verdict(request, seconds(0), token) == unrecognized);
}

TEST_CASE("A signature holds within five minutes of the clock, or for as long as its query says") {
  struct Row {
    const char* why;
    Request (*request)();
    int late_s;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"five minutes late", &plain, 300, ""},
      {"more", &plain, 301,
       "InvalidSignatureException: Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z "
       "(20260101T000501Z - 5 min.)"},
      {"five minutes early", &plain, -300, ""},
      {"earlier", &plain, -301,
       "InvalidSignatureException: Signature not yet current: 20260101T000000Z is still later than "
       "20251231T235959Z (20251231T235459Z + 5 min.)"},
      {"presigned for fifteen minutes", &presigned, 900, ""},
      {"presigned and late", &presigned, 901,
       "InvalidSignatureException: Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z "
       "(20260101T001501Z - 15 min.)"},
      {"presigned and early", &presigned, -301,
       "InvalidSignatureException: Signature not yet current: 20260101T000000Z is still later than "
       "20251231T235959Z (20251231T235459Z + 5 min.)"},
  }));
  CAPTURE(row.why);
  CHECK(verdict(row.request(), seconds(row.late_s)) == row.expected);
}

TEST_CASE("How long a query is to hold has to be a number of at most a week") {
  struct Row {
    const char* lifetime;
    std::string expected;
  };
  const std::string no_number = "IncompleteSignatureException: X-Amz-Expires should be a number";
  const auto row = GENERATE_COPY(values<Row>({
      {"", mismatch},  // as if it were not there: five minutes, but what was signed is another
      {"604800", mismatch},
      {"604801",
       "IncompleteSignatureException: X-Amz-Expires must be less than a week (in seconds); that is, the "
       "given "
       "X-Amz-Expires must be less than 604800 seconds"},
      {"-1", no_number},
      {"9x", no_number},
      {"99999999999999999999", no_number},
  }));
  CAPTURE(row.lifetime);
  Request request = presigned();
  replace(request.query, "=900", std::string("=") + row.lifetime);
  CHECK(verdict(request) == row.expected);
}

TEST_CASE("A scope that is not Kinesis's of that day is refused in AWS's words") {
  struct Row {
    const char* why;
    std::string credential;
    std::string expected;
  };
  const std::string invalid = "InvalidSignatureException: ";
  const auto row = GENERATE_COPY(values<Row>({
      {"another day", "AKIDEXAMPLE/20251231/eu-west-1/kinesis/aws4_request",
       invalid + "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                 "'20251231' != '20260101', from '20260101T000000Z'."},
      {"another service", "AKIDEXAMPLE/20260101/eu-west-1/s3/aws4_request",
       invalid + "Credential should be scoped to correct service: 'kinesis'."},
      {"another end", "AKIDEXAMPLE/20260101/eu-west-1/kinesis/aws5_request",
       invalid + "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."},
      {"two at once", "AKIDEXAMPLE/20260101/eu-west-1/s3/x",
       invalid +
           "Credential should be scoped to correct service: 'kinesis'. Credential should be scoped with a "
           "valid terminator: 'aws4_request', not 'x'."},
      {"an unknown key comes later", "X/20260101/eu-west-1/s3/aws4_request",
       invalid + "Credential should be scoped to correct service: 'kinesis'."},
      {"too few parts", "AKIDEXAMPLE",
       "IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, e.g. "
       "keyid/date/region/service/term, got 'AKIDEXAMPLE'"},
      {"too many parts", "A/B/20260101/eu-west-1/kinesis/aws4_request",
       "IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, e.g. "
       "keyid/date/region/service/term, got 'A/B/20260101/eu-west-1/kinesis/aws4_request'"},
  }));
  CAPTURE(row.why);
  Request request = plain();
  request.headers.back() = authorization("host", "0", row.credential);
  CHECK(verdict(request) == row.expected);
}

TEST_CASE("The host has to be signed") {
  Request request = plain();
  request.headers.back() = authorization("content-type;x-amz-date", "0");
  CHECK(
      verdict(request) ==
      "InvalidSignatureException: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
}

TEST_CASE("A date that is none is refused before anything is made of it") {
  const auto text = GENERATE(as<std::string>{}, "", "2026-01-01T00:00:00Z", "20260101T000000",
                             "20260230T000000Z", "20260101T240000Z", "20260101T000000ZZ", "2026010aT000000Z",
                             "Thu, 01 Jan 2026 00:00:00 CET", "Thu, 01 Foo 2026 00:00:00 GMT");
  Request request = plain();
  header(request, "x-amz-date") = text;
  CHECK(verdict(request) == "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '" +
                                text + "'. See http://en.wikipedia.org/wiki/ISO_8601");
}

TEST_CASE("Many signed headers cost no more than they say") {
  Request request = plain();
  std::string names = "host";
  for (int i = 0; i < 10'000; ++i) {
    names += ";a";
    request.headers.push_back({"a", "b"});
  }
  request.headers[4] = authorization(names, "0");
  CHECK(verdict(request) == mismatch);
}

}  // namespace kinesisd::server
