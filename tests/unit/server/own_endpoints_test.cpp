// The server's own paths: which there are, who may change something, and what keys are said to be.
#include "server/own_endpoints.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "server/own/control.hpp"
#include "server/own/guard.hpp"
#include "server/own/json_body.hpp"
#include "storage/group_commit.hpp"
#include "storage/memory/memory_engine.hpp"
#include "tests/support/manual_clock.hpp"

namespace kinesisd::server {

namespace {

class Own {
 public:
  Own() : streams_(storage::StreamSettings{}, journal_, std::string(32, 'k')) {
    journal_.attach(
        streams_, clock_, [](storage::Settled) {}, [](const std::string&) {});
  }

  Response call(std::string method, std::string path, std::string body = {}) {
    Request request{.method = std::move(method),
                    .path = std::move(path),
                    .query = {},
                    .headers = {{"host", "localhost:4567"}, {"content-type", "application/json"}},
                    .body = std::move(body)};
    auto answer = answer_own(request, control_);
    ticket = answer.ticket;
    return std::move(answer.response);
  }
  std::string body(std::string method, std::string path, std::string body = {}) {
    return call(std::move(method), std::move(path), std::move(body)).body;
  }

  storage::Ticket ticket = storage::no_ticket;
  own::Readiness readiness;

 private:
  storage::MemoryEngine engine_;
  tests::ManualClock wall_;
  ServiceClock clock_{{}, {}, [this] { return wall_.now(); }};
  storage::GroupCommit journal_{engine_, {}};
  GuardedStreams streams_;
  std::ostringstream lines_;
  Log log_{LogLevel::error, LogFormat::text, lines_};
  const own::Control control_{
      .streams = streams_, .journal = journal_, .clock = clock_, .log = log_, .readiness = &readiness};
};

bool is_own_path(const std::string& path, const std::string& method = "GET") {
  return is_own({.method = method, .path = path, .query = {}, .headers = {}, .body = {}});
}

std::string allowed(const Response& response) {
  for (const Header& header : response.headers) {
    if (header.name == "Allow") return header.value;
  }
  return {};
}

}  // namespace

TEST_CASE("Own paths that are not there are answered with where to look") {
  Own own;
  for (const char* path :
       {"/_kinesisd/nothing", "/_kinesisd/healthy", "/_kinesisd/health/", "/_kinesisd/km"}) {
    INFO(path);
    CHECK(is_own_path(path));
    const Response response = own.call("GET", path);
    CHECK(response.status == 404);
    CHECK(response.body == R"({"error":"There is nothing at )" + std::string(path) +
                               "; GET /_kinesisd/ lists what there is.\"}");
  }
  CHECK_FALSE(is_own_path("/_kinesisd"));
  CHECK_FALSE(is_own_path("/stream/_kinesisd/health"));
}

TEST_CASE("The index of the own paths names each with its methods") {
  Own own;
  const Response response = own.call("GET", "/_kinesisd/");
  CHECK(response.status == 200);
  CHECK_THAT(response.body,
             Catch::StartsWith(R"({"paths":[{"path":"/_kinesisd/health","methods":"GET, HEAD",)"
                               R"("help":"200 once everything is there that was to be there at start."},)"));
}

TEST_CASE("A server is live at once, and ready when all of its start is there") {
  Own own;
  CHECK(own.body("GET", "/_kinesisd/health/live") == R"({"status":"live"})");
  for (const char* path : {"/_kinesisd/health", "/_kinesisd/health/ready"}) {
    INFO(path);
    const Response response = own.call("GET", path);
    CHECK(response.status == 503);
    CHECK(response.body == R"({"error":"The streams of the start are not all ACTIVE yet; try again."})");
  }
  own.readiness.set_started();
  CHECK(own.call("GET", "/_kinesisd/health").status == 200);
  CHECK(own.body("GET", "/_kinesisd/health/ready") == R"({"status":"ready"})");
}

TEST_CASE("Each own path takes its methods") {
  struct Row {
    const char* method;
    const char* path;
    const char* allow;  // nullptr: answered
  };
  const auto row = GENERATE(values<Row>({
      {"GET", "/_kinesisd/health", nullptr},
      {"HEAD", "/_kinesisd/health", nullptr},
      {"PUT", "/_kinesisd/health", "GET, HEAD"},
      {"POST", "/_kinesisd/health", "GET, HEAD"},
      {"", "/_kinesisd/health", "GET, HEAD"},
      {"GET, HEAD", "/_kinesisd/health", "GET, HEAD"},
      {"GET", "/_kinesisd/kms", nullptr},
      {"PUT", "/_kinesisd/kms", "GET, HEAD"},
      {"HEAD", "/_kinesisd/kms/a", nullptr},
      {"DELETE", "/_kinesisd/kms/a", "GET, HEAD, PUT"},
  }));
  INFO(row.method << " " << row.path);
  Own own;
  own.readiness.set_started();
  const Response response = own.call(row.method, row.path);
  CHECK(response.status == (row.allow == nullptr ? 200 : 405));
  CHECK(allowed(response) == (row.allow == nullptr ? "" : row.allow));
}

TEST_CASE("Every key is enabled until it is said not to be") {
  Own own;
  CHECK(own.body("GET", "/_kinesisd/kms") == R"({"keys":[]})");
  CHECK(own.body("GET", "/_kinesisd/kms/alias/aws/kinesis") ==
        R"({"key":"alias/aws/kinesis","state":"enabled"})");
  CHECK(own.ticket == storage::no_ticket);
  for (const char* state : {"disabled", "pending_deletion", "access_denied", "not_found", "opt_in_required",
                            "throttling", "enabled"}) {
    INFO(state);
    const std::string answer = R"({"key":"alias/aws/kinesis","state":")" + std::string(state) + "\"}";
    CHECK(own.body("PUT", "/_kinesisd/kms/alias%2Faws%2fkinesis",
                   R"({"state":")" + std::string(state) + "\"}") == answer);
    CHECK(own.ticket != storage::no_ticket);
    CHECK(own.body("GET", "/_kinesisd/kms/alias/aws/kinesis") == answer);
  }
  const std::string arn = "arn:aws:kms:us-east-1:000000000000:key/1234";
  CHECK(own.body("PUT", "/_kinesisd/kms/" + arn, R"({"state":"disabled"})") ==
        R"({"key":")" + arn + R"(","state":"disabled"})");
  CHECK(own.body("GET", "/_kinesisd/kms") == R"({"keys":[{"key":"1234","state":"disabled"}]})");
  // What was said once may be said again, and is durable when it is answered.
  own.body("PUT", "/_kinesisd/kms/1234", R"({"state":"disabled"})");
  CHECK(own.ticket != storage::no_ticket);
}

TEST_CASE("What cannot be made of a key or its state is refused with a sentence that helps") {
  const std::string states =
      "enabled, disabled, pending_deletion, access_denied, not_found, opt_in_required, throttling";
  const std::string no_state =
      "The body names no state for key k; send {\\\"state\\\": \\\"disabled\\\"} or "
      "another of " +
      states + ".";
  const auto no_key = [](const std::string& as_sent) {
    return "\\\"" + as_sent +
           "\\\" names no key; put its id, its alias or its ARN into the path, as in "
           "/_kinesisd/kms/alias/aws/kinesis.";
  };
  struct Row {
    std::string path, body, sentence;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"k", "", no_state},
      {"k", "disabled", no_state},
      {"k", "[]", no_state},
      {"k", "{}", no_state},
      {"k", R"({"state":null})", no_state},
      {"k", R"({"state":["disabled"]})", no_state},
      {"k", R"({"inner":{"state":"disabled"}})", no_state},
      {"k", R"({"state":"off"})", "There is no state \\\"off\\\" for key k; the states are " + states + "."},
      {"k", R"({"state":""})", "There is no state \\\"\\\" for key k; the states are " + states + "."},
      {"", R"({"state":"disabled"})", no_key("")},
      {"%zz", R"({"state":"disabled"})", no_key("%zz")},
      {"a%", R"({"state":"disabled"})", no_key("a%")},
      {"%ff", R"({"state":"disabled"})", no_key("%ff")},
      {std::string(2049, 'k'), R"({"state":"disabled"})", no_key(std::string(2049, 'k'))},
  }));
  INFO(row.path << " " << row.body);
  Own own;
  const Response response = own.call("PUT", "/_kinesisd/kms/" + row.path, row.body);
  CHECK(response.status == 400);
  CHECK(response.body == "{\"error\":\"" + row.sentence + "\"}");
  CHECK(own.ticket == storage::no_ticket);
  CHECK(own.body("GET", "/_kinesisd/kms") == R"({"keys":[]})");
}

TEST_CASE("Changes come from tools, not from web pages of strangers") {
  struct Row {
    const char* why;
    std::vector<Header> headers;
    int status;  // 0: not refused
  };
  const auto json_for = [](std::string host, std::vector<Header> more = {}) {
    std::vector<Header> headers{{"host", std::move(host)}, {"content-type", "application/json"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"localhost", json_for("localhost:4567"), 0},
      {"in capitals", json_for("LocalHost"), 0},
      {"an address", json_for("127.0.0.1:4567"), 0},
      {"an address of a network", json_for("192.168.1.7"), 0},
      {"an IPv6 address", json_for("[::1]:4567"), 0},
      {"a container", json_for("kinesisd:4567"), 0},
      {"below localhost", json_for("kinesis.localhost:4567"), 0},
      {"LocalStack's name", json_for("localhost.localstack.cloud:4566"), 0},
      {"Docker's name", json_for("host.docker.internal"), 0},
      {"a foreign name", json_for("evil.example:4567"), 403},
      {"a name that looks like an address", json_for("127.0.0.1.evil.example"), 403},
      {"a name that ends like localhost", json_for("evillocalhost.example"), 403},
      {"no name at all", json_for(""), 403},
      {"a broken address", json_for("[::1"), 403},
      {"something else in brackets", json_for("[localhost]:4567"), 403},
      {"no Host", {{"content-type", "application/json"}}, 403},
      {"a page of this server", json_for("localhost:4567", {{"origin", "http://localhost:4567"}}), 0},
      {"a page of another port", json_for("localhost:4567", {{"origin", "http://localhost:3000"}}), 0},
      {"a page of another host", json_for("localhost:4567", {{"origin", "https://evil.example"}}), 403},
      {"a page without an origin", json_for("localhost:4567", {{"origin", "null"}}), 403},
      {"a browser's word for it", json_for("localhost:4567", {{"sec-fetch-site", "cross-site"}}), 403},
      {"a browser's word for the same", json_for("localhost:4567", {{"sec-fetch-site", "same-origin"}}), 0},
      {"with a charset", {{"host", "localhost"}, {"content-type", "Application/JSON ; charset=utf-8"}}, 0},
      {"a form", {{"host", "localhost"}, {"content-type", "text/plain"}}, 415},
      {"AWS's JSON", {{"host", "localhost"}, {"content-type", "application/x-amz-json-1.1"}}, 415},
      {"no type", {{"host", "localhost"}}, 415},
  }));
  INFO(row.why);
  Request request;
  request.headers = row.headers;
  const auto refused = own::refuse_change(request);
  CHECK((refused ? refused->status : 0) == row.status);
}

TEST_CASE("A refusal names the header and the remedy") {
  Request request;
  request.headers = {{"host", "evil.example"}};
  CHECK(
      own::refuse_change(request)->body ==
      R"({"error":"The Host header says \"evil.example\"; call the server by its address, by localhost or by a name without dots to change something."})");
  request.headers = {{"host", "localhost"}};
  CHECK(own::refuse_change(request)->body ==
        R"({"error":"The Content-Type header says \"\"; send application/json."})");
}

TEST_CASE("Percent-encoding is undone, and broken encoding is noticed") {
  CHECK(own::percent_decoded("a%2Fb%2fc") == "a/b/c");
  CHECK(own::percent_decoded("a+b") == "a+b");
  CHECK(own::percent_decoded("%C3%A9") == "\xC3\xA9");
  for (const char* broken : {"%", "%2", "%g0", "%0g", "%+1", "%-1", "%C3"}) {
    INFO(broken);
    CHECK_FALSE(own::percent_decoded(broken));
  }
}

}  // namespace kinesisd::server
