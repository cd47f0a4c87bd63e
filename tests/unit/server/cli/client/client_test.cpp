// What a client makes of its surroundings, and that the server believes its signatures.
#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "server/auth/signature.hpp"
#include "server/cli/client/target.hpp"

namespace kinesisd::server::client {

namespace {

std::string url_of(const char* text) {
  const auto endpoint = parse_endpoint(text);
  return endpoint ? endpoint->url() : "none";
}

Target target_of(const TargetOptions& options, Environment environment) {
  environment["AWS_CONFIG_FILE"] = environment["AWS_SHARED_CREDENTIALS_FILE"] = "/no/such/file";
  return find_target(options, environment);
}

}  // namespace

TEST_CASE("Endpoints are URLs with a host") {
  CHECK(url_of("http://localhost:4567") == "http://localhost:4567");
  CHECK(url_of("https://kinesis.us-east-1.amazonaws.com/") == "https://kinesis.us-east-1.amazonaws.com");
  CHECK(url_of("http://[::1]:80/x?y") == "http://[::1]");
  CHECK(url_of("https://a:4567#b") == "https://a:4567");
  for (const char* bad :
       {"localhost:4567", "ftp://a", "http://", "http://a:0", "http://a:65536", "http://a:x"})
    CHECK(url_of(bad) == "none");
}

TEST_CASE("Whoever says nothing talks to a server here, as test") {
  const Target target = target_of({}, {});
  CHECK(target.endpoint.url() == "http://localhost:4567");
  CHECK(target.signer.region == "us-east-1");
  CHECK(target.signer.access_key_id == "test");
}

TEST_CASE("Flags win over the environment") {
  const Environment environment{{"AWS_ENDPOINT_URL", "http://a:1"},
                                {"AWS_ENDPOINT_URL_KINESIS", "http://b:1"},
                                {"AWS_DEFAULT_REGION", "r1"},
                                {"AWS_REGION", "r2"},
                                {"AWS_CA_BUNDLE", "pem"}};
  CHECK(target_of({}, environment).endpoint.host == "b");
  CHECK(target_of({}, environment).signer.region == "r2");
  CHECK(target_of({}, environment).trust.bundle == "pem");
  const TargetOptions options{.endpoint = "http://c:1", .region = "r3", .profile = {}, .ca_bundle = "other"};
  CHECK(target_of(options, environment).endpoint.host == "c");
  CHECK(target_of(options, environment).signer.region == "r3");
  CHECK(target_of(options, environment).trust.bundle == "other");
}

TEST_CASE("AWS itself is found by the region, and wants credentials") {
  const TargetOptions aws{.endpoint = "aws", .region = "cn-north-1", .profile = {}, .ca_bundle = {}};
  CHECK_THROWS_AS(target_of(aws, {}), TargetError);
  const Target target = target_of(aws, {{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "b"}});
  CHECK(target.endpoint.url() == "https://kinesis.cn-north-1.amazonaws.com.cn");
}

TEST_CASE("What is signed here is verified there") {
  const auto now = std::chrono::sys_seconds(std::chrono::seconds(1'769'851'800));
  const std::string token = GENERATE(std::string(), std::string("token=="));
  Request request{.method = "POST",
                  .path = "/",
                  .query = {},
                  .headers = {{"host", "localhost:4567"}, {"x-amz-target", "Kinesis_20131202.ListStreams"}},
                  .body = "{}"};
  sign(request, {.access_key_id = "AKID", .credential = {"secret", token}, .region = "r"}, now);
  const Credentials known({{"AKID", {"secret", token}}});
  const auto claim = authenticate(request);
  REQUIRE(claim);
  CHECK(verify_signature(request, claim.value(), payload_hash(request), {known, now}));
  Request other = request;
  other.body = "{ }";
  const auto same_claim = authenticate(other);
  CHECK_FALSE(verify_signature(other, same_claim.value(), payload_hash(other), {known, now}));
}

}  // namespace kinesisd::server::client
