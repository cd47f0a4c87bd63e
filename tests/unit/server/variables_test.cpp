// Variables of the environment that are ours, of others, and only look like either.
#include <catch2/catch.hpp>

#include "server/settings/config.hpp"

using namespace kinesisd::server;

namespace {

Settings accepted(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  auto result = read_settings(arguments, environment);
  if (const Exit* refused = std::get_if<Exit>(&result)) FAIL(refused->text);
  return std::get<Settings>(result);
}

std::string refusal(const Environment& environment) {
  const auto result = read_settings({}, environment);
  REQUIRE(std::holds_alternative<Exit>(result));
  CHECK(std::get<Exit>(result).code == 2);
  return std::get<Exit>(result).text;
}

}  // namespace

TEST_CASE("Variables of tests, and those Kubernetes sets for services of our name, are not settings") {
  accepted({}, {{"KINESISD_SERVICE_MODEL", "x"},
                {"KINESISD_NEWER_SERVICE_MODEL", "x"},
                {"KINESISD_TEST_ROUNDS", "x"},
                {"KINESISD_SERVICE_HOST", "10.0.0.1"},
                {"KINESISD_SERVICE_PORT", "4567"},
                {"KINESISD_SERVICE_PORT_HTTP", "4567"},
                {"KINESISD_PORT", "tcp://10.0.0.1:4567"},
                {"KINESISD_PORT_4567_TCP", "tcp://10.0.0.1:4567"},
                {"KINESISD_PORT_4567_TCP_PROTO", "tcp"},
                {"KINESISD_PORT_4567_TCP_PORT", "4567"},
                {"KINESISD_PORT_4567_TCP_ADDR", "10.0.0.1"},
                {"KINESISD_WEB_PORT", "udp://10.0.0.1:4567"},
                {"KINESISD_WEB_SERVICE_HOST", "10.0.0.1"},
                {"KINESISD_WEB_PORT_4567_UDP_ADDR", "10.0.0.1"}});
}

TEST_CASE("What only looks like a variable of Kubernetes is refused like every unknown setting") {
  CHECK(refusal({{"KINESISD_PORT", "9999"}}) ==
        "KINESISD_PORT=9999 is not a setting; KINESISD_LISTEN=localhost:9999 is one, and kinesisd --help "
        "lists the settings.\n");
  CHECK(refusal({{"KINESISD_PORT", "here"}}) ==
        "KINESISD_PORT=here is not a setting; KINESISD_LISTEN=localhost:4567 is one, and kinesisd --help "
        "lists the settings.\n");
  for (const char* name : {"KINESISD_PORTS", "KINESISD_PORT_4567", "KINESISD_PORT_HTTP", "KINESISD_PORT__TCP",
                           "KINESISD_SERVICE", "KINESISD_SERVICE_PORTS", "KINESISD_SERVICE_NAME"}) {
    CHECK_THAT(refusal({{name, "9999"}}), Catch::StartsWith(std::string(name) + " is not a setting; ") &&
                                              Catch::EndsWith("kinesisd --help lists the settings.\n"));
  }
}

TEST_CASE("What kinesis-mock's users wait for is said only where its variables are used") {
  const Environment image = {{"KINESISD_DROP_IN", "1"}};
  const auto lines = [&](const Environment& more, std::vector<std::string> flags = {}) {
    Environment all = image;
    all.insert(more.begin(), more.end());
    return accepted(flags, all).wishes.lines;
  };
  const std::vector<std::string> tls = {"Starting Kinesis TLS Mock Service on port 4567"};
  CHECK(lines({}).empty());
  CHECK(lines({{"KINESIS_INITIALIZE_STREAMS", "a:1"}}).empty());
  CHECK(lines({}, {"--ssl"}) == std::vector<std::string>{"Listening at https://:::4567"});
  CHECK(lines({{"INITIALIZE_STREAMS", "a:1"}}) == tls);
  CHECK(lines({{"CREATE_STREAM_DURATION", "0ms"}}) == tls);
}

TEST_CASE("Calls for other services go where --forward says") {
  const auto texts = [](const Settings& settings) {
    std::vector<std::string> out;
    for (const auto& target : settings.forward) out.push_back(target.text());
    return out;
  };
  const std::vector<std::string> both = {"dynamodb=http://localhost:8000", "s3=http://[::1]"};
  CHECK(texts(accepted({})).empty());
  CHECK(texts(accepted({"--forward", both[0], "--forward", both[1]})) == both);
  CHECK(texts(accepted({}, {{"KINESISD_FORWARD", both[0] + "," + both[1]}})) == both);
  CHECK(texts(accepted({"--forward", both[1] + "/"})) == std::vector<std::string>{both[1]});
}
