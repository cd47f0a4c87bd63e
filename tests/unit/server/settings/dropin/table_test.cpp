#include "server/settings/dropin/table.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "server/settings/dropin/dropin.hpp"
#include "server/settings/dropin/values.hpp"

namespace kinesisd::server::dropin {

namespace {

// Where the manual lists what is translated; moto and floci have paths alone.
std::string section() {
  std::ifstream file(KINESISD_SOURCE_DIR "/docker/coming-from.md");
  std::ostringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
  const std::size_t end = text.find("\n## moto and floci\n");
  REQUIRE(end != std::string::npos);
  return text.substr(0, end);
}

// What stands between backticks in the first column of its tables.
std::set<std::string> listed() {
  std::set<std::string> names;
  std::istringstream lines(section());
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string first = line.substr(2, line.find(" | ", 2) - 2);
    for (std::size_t at = first.find('`'); at != std::string::npos;) {
      const std::size_t end = first.find('`', at + 1);
      names.insert(first.substr(at + 1, end - at - 1));
      at = first.find('`', end + 1);
    }
  }
  return names;
}

}  // namespace

TEST_CASE("The manual lists every variable and flag of other emulators, and no other") {
  std::set<std::string> names;
  for (const Row& row : table()) {
    CAPTURE(row.name);
    CHECK(names.insert(std::string(row.name)).second);
  }
  CHECK(listed() == names);
}

TEST_CASE("Commands for other images lose what stands before their flags") {
  struct Case {
    const char* why;
    std::vector<std::string> given, left;
  };
  const Case row = GENERATE(values<Case>({
      {"nothing before them", {"--port", "1"}, {"--port", "1"}},
      {"an init process and the script it starts", {"--", "/usr/a/kinesalite/cli.js", "--ssl"}, {"--ssl"}},
      {"the program by its name", {"kinesalite", "--ssl"}, {"--ssl"}},
      {"node and a script", {"/usr/bin/node", "main.js"}, {}},
      {"a command of ours", {"health", "node"}, {"health", "node"}},
  }));
  CAPTURE(row.why);
  auto arguments = row.given;
  take_off_wrappers(arguments);
  CHECK(arguments == row.left);
}

TEST_CASE("Streams are written name:shards:region") {
  using Streams = std::vector<InitialStream>;
  CHECK(parse_streams("a") == Streams{{"a", 4, {}}});
  CHECK(parse_streams("a:1,b::eu-west-1, c:2:us-west-2 ,") ==
        Streams{{"a", 1, {}}, {"b", 4, "eu-west-1"}, {"c", 2, "us-west-2"}});
  for (const char* wrong : {"a:0", "a:x", ":1", "a:1:b:c", "a:100001", "a b"}) {
    CHECK_FALSE(parse_streams(wrong));
  }
}

TEST_CASE("Addresses may leave out the host") {
  using Addresses = std::vector<std::string>;
  CHECK(parse_addresses("4566", true) == Addresses{"0.0.0.0:4566", "[::]:4566"});
  CHECK(parse_addresses(":4566", false) == Addresses{"localhost:4566"});
  CHECK(parse_addresses("[::]:4566", false) == Addresses{"[::]:4566"});
  CHECK(parse_addresses("host:4566", true).empty());
  CHECK(parse_addresses("0", true).empty());
}

}  // namespace kinesisd::server::dropin
