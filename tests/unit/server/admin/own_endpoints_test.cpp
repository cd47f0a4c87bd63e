// The server's own paths: which there are, who may change something, and what keys are said to be.
#include "server/admin/own_endpoints.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "server/admin/control.hpp"
#include "server/admin/json_body.hpp"
#include "storage/journal/group_commit.hpp"
#include "storage/memory/memory_engine.hpp"
#include "storage/state/state.hpp"
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
    REQUIRE(answer.response.body.ends_with("\n"));
    answer.response.body.pop_back();
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
  GuardedState streams_;
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
  for (const char* path : {"/_kinesisd/nothing", "/_kinesisd/healthy", "/_kinesisd/km"}) {
    INFO(path);
    CHECK(is_own_path(path));
    const Response response = own.call("GET", path);
    CHECK(response.status == 404);
    CHECK(response.body == R"({"error":"There is nothing at )" + std::string(path) +
                               "; GET /_kinesisd/ lists what there is.\"}");
  }
  CHECK(is_own_path("/_kinesisd"));
  CHECK_FALSE(is_own_path("/_kinesisd", "POST"));
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
