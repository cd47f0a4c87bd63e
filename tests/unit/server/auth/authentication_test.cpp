// The shape of authentication: which parts have to be there, and AWS's sentence for those that are not.
#include "server/auth/authentication.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace kinesisd::server {

namespace {

struct Row {
  const char* why;
  std::vector<Header> headers;
  std::string query;
  protocol::ErrorType type;
  std::string message;
};

Request request_of(const Row& row) {
  return {.method = "POST", .path = "/", .query = row.query, .headers = row.headers, .body = "{}"};
}

}  // namespace

TEST_CASE("Authentication with a part missing is refused in AWS's words") {
  using enum protocol::ErrorType;
  const Header date{"x-amz-date", "20260101T000000Z"};
  const auto row = GENERATE_COPY(values<Row>({
      {"neither header nor query",
       {},
       "",
       MissingAuthenticationTokenException,
       "Missing Authentication Token"},
      {"an empty header is none",
       {{"authorization", ""}},
       "",
       MissingAuthenticationTokenException,
       "Missing Authentication Token"},
      {"a query without the algorithm is none",
       {},
       "X-Amz-Credential=a&X-Amz-Signature=b",
       MissingAuthenticationTokenException,
       "Missing Authentication Token"},
      {"header and query",
       {{"authorization", "AWS4 Credential=a"}},
       "X-Amz-Algorithm",
       InvalidSignatureException,
       "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."},
      {"a header of one word",
       {{"authorization", "X"}},
       "",
       IncompleteSignatureException,
       "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
       "parameter. "
       "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of "
       "either a "
       "'X-Amz-Date' or a 'Date' header. Authorization=X"},
      {"the first token is the algorithm, whatever it says",
       {{"authorization", "Credential=a Signature=b"}, date},
       "",
       IncompleteSignatureException,
       "Authorization header requires 'Credential' parameter. Authorization header requires 'SignedHeaders' "
       "parameter. "
       "Authorization=Credential=a Signature=b"},
      {"no date",
       {{"authorization", "AWS4 Credential=a,Signature=b,SignedHeaders=c"}},
       "",
       IncompleteSignatureException,
       "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
       "Authorization=AWS4 "
       "Credential=a,Signature=b,SignedHeaders=c"},
      {"a query with the algorithm alone, and that empty",
       {},
       "X-Amz-Algorithm",
       IncompleteSignatureException,
       "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include "
       "'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string "
       "parameters "
       "must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. "
       "Re-examine the "
       "query-string parameters."},
      {"a query with empty parts",
       {},
       "X-Amz-Algorithm=a&X-Amz-Credential=&X-Amz-Signature=b&X-Amz-SignedHeaders=c",
       IncompleteSignatureException,
       "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must "
       "include "
       "'X-Amz-Date'. Re-examine the query-string parameters."},
  }));
  CAPTURE(row.why);
  const Request request = request_of(row);
  const auto claim = authenticate(request);
  REQUIRE(!claim);
  CHECK(claim.error().type == row.type);
  CHECK(claim.error().message == row.message);
}

TEST_CASE("The credential scope names the caller and the region") {
  const auto row = GENERATE(values<Row>({
      {"header",
       {{"authorization",
         "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kinesis/aws4_request, "
         "SignedHeaders=host, Signature=s"},
        {"date", "x"}},
       "",
       {},
       {}},
      {"query, percent-encoded",
       {},
       "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260101%2Feu-west-1%2Fkinesis%2faws4_"
       "request&"
       "X-Amz-Date=d&X-Amz-SignedHeaders=h&X-Amz-Signature=s",
       {},
       {}},
  }));
  CAPTURE(row.why);
  const Request request = request_of(row);
  const auto claim = authenticate(request);
  REQUIRE(claim);
  const Caller caller = caller_of(claim.value());
  CHECK(caller.access_key_id == "AKID");
  CHECK(caller.region == "eu-west-1");
}

TEST_CASE("Values are not judged: a bare credential passes and names no region") {
  const Request request{
      .method = "POST",
      .path = "/",
      .query = {},
      .headers = {{"authorization", "AWS4 Credential=a,Signature=b,SignedHeaders=c"}, {"date", "d"}},
      .body = "{}"};
  const auto claim = authenticate(request);
  REQUIRE(claim);
  CHECK(caller_of(claim.value()).access_key_id == "a");
  CHECK(caller_of(claim.value()).region.empty());
}

}  // namespace kinesisd::server
