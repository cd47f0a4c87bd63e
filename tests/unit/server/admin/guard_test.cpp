// Who may administer the server.
#include "server/admin/guard.hpp"

#include <catch2/catch.hpp>

namespace kinesisd::server::own {

namespace {

Request request_with(std::vector<Header> headers, bool from_loopback = true) {
  Request request;
  request.headers = std::move(headers);
  request.from_loopback = from_loopback;
  return request;
}

}  // namespace

TEST_CASE("The server is administered by tools, not from web pages of strangers") {
  struct Row {
    const char* why;
    std::vector<Header> headers;
    bool refused;
  };
  const auto page_at = [](std::string origin) {
    return std::vector<Header>{{"host", "localhost:4567"}, {"origin", std::move(origin)}};
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"localhost", {{"host", "localhost:4567"}}, false},
      {"in capitals", {{"host", "LocalHost"}}, false},
      {"an address", {{"host", "127.0.0.1:4567"}}, false},
      {"an address of a network", {{"host", "192.168.1.7"}}, false},
      {"an IPv6 address", {{"host", "[::1]:4567"}}, false},
      {"a container", {{"host", "kinesisd:4567"}}, false},
      {"below localhost", {{"host", "kinesis.localhost:4567"}}, false},
      {"LocalStack's name", {{"host", "localhost.localstack.cloud:4566"}}, false},
      {"Docker's name", {{"host", "host.docker.internal"}}, false},
      {"a name that was allowed", {{"host", "Kinesis.Test:4567"}}, false},
      {"below a name that was allowed", {{"host", "evil.kinesis.test"}}, true},
      {"a foreign name", {{"host", "evil.example:4567"}}, true},
      {"a name that looks like an address", {{"host", "127.0.0.1.evil.example"}}, true},
      {"a name that ends like localhost", {{"host", "evillocalhost.example"}}, true},
      {"no name at all", {{"host", ""}}, true},
      {"a broken address", {{"host", "[::1"}}, true},
      {"something else in brackets", {{"host", "[localhost]:4567"}}, true},
      {"no Host", {}, true},
      {"a page of this server", page_at("http://localhost:4567"), false},
      {"a page of another port", page_at("http://localhost:3000"), false},
      {"a page of another host", page_at("https://evil.example"), true},
      {"a page of another host on the same port", page_at("http://evil.example:4567"), true},
      {"a page without an origin", page_at("null"), true},
      {"a browser's word for it", {{"host", "localhost"}, {"sec-fetch-site", "Cross-Site"}}, true},
      {"another port, by a browser's word", {{"host", "localhost"}, {"sec-fetch-site", "same-site"}}, false},
      {"typed into the address bar", {{"host", "localhost"}, {"sec-fetch-site", "none"}}, false},
      {"a browser's word for the same", {{"host", "localhost"}, {"sec-fetch-site", "same-origin"}}, false},
  }));
  INFO(row.why);
  const auto refused =
      refuse_caller(request_with(row.headers), {.peers = AdminPeers::any, .hosts = {"kinesis.test"}});
  CHECK((refused ? refused->status : 0) == (row.refused ? 403 : 0));
}

TEST_CASE("The setting --admin says who may come") {
  struct Row {
    AdminPeers peers;
    bool from_loopback;
    bool refused;
  };
  const auto row = GENERATE(values<Row>({
      {AdminPeers::loopback, true, false},
      {AdminPeers::loopback, false, true},
      {AdminPeers::any, true, false},
      {AdminPeers::any, false, false},
      {AdminPeers::off, true, true},
      {AdminPeers::off, false, true},
  }));
  CAPTURE(static_cast<int>(row.peers), row.from_loopback);
  const auto refused =
      refuse_caller(request_with({{"host", "localhost"}}, row.from_loopback), {.peers = row.peers});
  CHECK(refused.has_value() == row.refused);
  if (refused) CHECK(refused->status == 403);
}

TEST_CASE("Whoever may not administer is told why, and nothing that a page could read") {
  struct Row {
    Admin admin;
    std::vector<Header> headers;
    const char* body;
  };
  const auto row = GENERATE(values<Row>({
      {{.peers = AdminPeers::off},
       {{"host", "localhost"}},
       R"({"error":"Administration is off (--admin off); start the server with --admin loopback or any."})"},
      {{.peers = AdminPeers::loopback},
       {{"host", "localhost"}},
       R"({"error":"Only callers on the server's own machine may administer it (--admin loopback); start it with --admin any to let others do so."})"},
      {{},
       {{"host", "evil.example"}},
       R"({"error":"The Host header says \"evil.example\"; call the server by its address, by localhost or by a name without dots to administer it, or name that host with --admin-host."})"},
      {{},
       {{"host", "localhost"}, {"origin", "https://evil.example"}},
       R"({"error":"The Origin header says \"https://evil.example\", which is not this server; it is not administered from a web page of another host."})"},
      {{},
       {{"host", "localhost"}, {"sec-fetch-site", "cross-site"}},
       R"({"error":"The Sec-Fetch-Site header says \"cross-site\"; this server is not administered from a web page of another host."})"},
  }));
  const auto refused = refuse_caller(request_with(row.headers, false), row.admin);
  REQUIRE(refused);
  CHECK(refused->body == std::string(row.body) + "\n");
  for (const Header& header : refused->headers) {
    CHECK_THAT(header.name, !Catch::StartsWith("Access-Control", Catch::CaseSensitive::No));
  }
}

TEST_CASE("What changes the server is declared to be JSON") {
  struct Row {
    const char* why;
    std::vector<Header> headers;
    bool refused;
  };
  const auto row = GENERATE(values<Row>({
      {"JSON", {{"content-type", "application/json"}}, false},
      {"with a charset", {{"content-type", "Application/JSON ; charset=utf-8"}}, false},
      {"a form", {{"content-type", "text/plain"}}, true},
      {"AWS's JSON", {{"content-type", "application/x-amz-json-1.1"}}, true},
      {"JSON and more", {{"content-type", "application/json5"}}, true},
      {"no type", {}, true},
  }));
  INFO(row.why);
  Request request = request_with(row.headers);
  request.method = "POST";
  request.body = "{}";
  const auto refused = refuse_body(request);
  CHECK((refused ? refused->status : 0) == (row.refused ? 415 : 0));
}

TEST_CASE("What no page can send unasked needs no word of its body") {
  struct Row {
    const char* method;
    const char* body;
    std::vector<Header> headers;
    bool refused;
  };
  const auto row = GENERATE(values<Row>({
      {"DELETE", "", {}, false},
      {"DELETE", "x", {{"content-type", "text/plain"}, {"origin", "http://localhost:3000"}}, false},
      {"POST", "", {}, false},
      {"PUT", "", {{"content-type", "application/x-www-form-urlencoded"}}, false},
      {"POST", "", {{"origin", "http://localhost:3000"}}, true},
      {"POST", "", {{"origin", "null"}}, true},
      {"POST", "", {{"sec-fetch-site", "same-origin"}}, true},
      {"POST", "", {{"content-type", "application/json"}, {"origin", "http://localhost:3000"}}, false},
      {"POST", "x", {}, true},
  }));
  INFO(row.method << " " << row.body);
  Request request = request_with(row.headers);
  request.method = row.method;
  request.body = row.body;
  CHECK(refuse_body(request).has_value() == row.refused);
}

TEST_CASE("A refused body is answered with the type it needs") {
  Request request;
  request.body = "{}";
  CHECK(refuse_body(request)->body ==
        "{\"error\":\"The Content-Type header says \\\"\\\"; send application/json.\"}\n");
}

}  // namespace kinesisd::server::own
