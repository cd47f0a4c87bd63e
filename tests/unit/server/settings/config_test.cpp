#include "server/settings/config.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace kinesisd::server;

namespace {

Settings accepted(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  auto result = read_settings(arguments, environment);
  if (const Exit* refused = std::get_if<Exit>(&result)) FAIL(refused->text);
  return std::get<Settings>(result);
}

std::string refusal(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  const auto result = read_settings(arguments, environment);
  REQUIRE(std::holds_alternative<Exit>(result));
  CHECK(std::get<Exit>(result).code == 2);
  return std::get<Exit>(result).text;
}

// A settings file that is gone after the test.
class File {
 public:
  explicit File(const std::string& text) { std::ofstream(path_) << text; }
  ~File() { std::remove(path_.c_str()); }
  std::string path() const { return path_; }
  std::vector<std::string> flags() const { return {"--config", path_}; }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() /
                       ("kinesisd_config_test_" + std::to_string(::getpid()) + ".toml"))
                          .string();
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("Without settings the defaults hold") {
  const Settings settings = accepted({});
  CHECK(settings.listen == std::vector<std::string>{"localhost:4567"});
  CHECK_FALSE(settings.db);
  CHECK(settings.init.empty());
  CHECK(settings.durability == Durability::process);
  CHECK(settings.limits == EnforcedLimits::writes);
  CHECK(settings.transitions == kinesisd::storage::Transitions{});
  CHECK(settings.account_id == "000000000000");
  CHECK(settings.region == "us-east-1");
  CHECK(settings.shard_limit == 20000);
  CHECK(settings.on_demand_limit == 50);
  CHECK_FALSE(settings.credentials);
  CHECK(settings.tls == TlsMode::on);
  CHECK_FALSE(settings.tls_cert);
  CHECK_FALSE(settings.tls_key);
  CHECK(settings.tls_names.empty());
  CHECK(settings.worlds == Worlds::account);
  CHECK(settings.admin == AdminPeers::loopback);
  CHECK(settings.admin_hosts.empty());
  CHECK(settings.threads >= 1);
  CHECK(settings.memory_mb == 256);
  CHECK(settings.log_level == LogLevel::info);
  CHECK(settings.log_format == LogFormat::text);
}

TEST_CASE("--transition-ms takes units, wherever it stands") {
  using kinesisd::storage::Lasting;
  const File file("transition-ms = \"auto,create=1.5s\"\n");
  CHECK(accepted({"--transition-ms", "2s"}).transitions == kinesisd::storage::Transitions{false, 2000});
  CHECK(accepted({"--transition-ms", "24h"}).transitions ==
        kinesisd::storage::Transitions{false, 86'400'000});
  CHECK(accepted({}, {{"KINESISD_TRANSITION_MS", "250ms"}}).transitions ==
        kinesisd::storage::Transitions{false, 250});
  CHECK(accepted(file.flags()).transitions.exception(Lasting::create)->after_ms == 1500);
  CHECK(
      refusal({"--transition-ms", "25h"}) ==
      "--transition-ms 25h: choose auto or a time up to 24h such as 2s or 500 (milliseconds), and behind it "
      "exceptions such as auto,create=2s,split=500.\n");
}

TEST_CASE("A switch alone is on") {
  CHECK(accepted({"--strict"}).strict);
  CHECK(accepted({"--strict", "--region", "eu-west-1"}).strict);
  CHECK_FALSE(accepted({"--strict", "off"}).strict);
  CHECK(refusal({"--strict", "maybe"}) == "--strict maybe: choose off or on.\n");
}

TEST_CASE("Every flag is stored") {
  const Settings settings = accepted({"--listen",
                                      "127.0.0.1:0",
                                      "--listen=[::1]:4568",
                                      "--db",
                                      "a b.db",
                                      "--init",
                                      "a b.toml",
                                      "--init=c.toml",
                                      "--durability",
                                      "full",
                                      "--limits",
                                      "off",
                                      "--transition-ms",
                                      "0",
                                      "--account-id",
                                      "123456789012",
                                      "--region",
                                      "eu-west-1",
                                      "--shard-limit",
                                      "unlimited",
                                      "--on-demand-limit",
                                      "7",
                                      "--credentials",
                                      "a b.ini",
                                      "--tls",
                                      "only",
                                      "--tls-cert",
                                      "a b.pem",
                                      "--tls-key",
                                      "c.pem",
                                      "--tls-name",
                                      "*.kinesis.test",
                                      "--tls-name",
                                      "10.0.0.1",
                                      "--worlds",
                                      "key",
                                      "--admin",
                                      "any",
                                      "--admin-host",
                                      "Kinesis.Test",
                                      "--threads",
                                      "64",
                                      "--memory-mb",
                                      "8",
                                      "--forward",
                                      "dynamodb=http://localhost:8000",
                                      "--log-level",
                                      "debug",
                                      "--log-format",
                                      "json"});
  CHECK(settings.listen == std::vector<std::string>{"127.0.0.1:0", "[::1]:4568"});
  CHECK(settings.db == "a b.db");
  CHECK(settings.init == std::vector<std::string>{"a b.toml", "c.toml"});
  CHECK(settings.durability == Durability::full);
  CHECK(settings.limits == EnforcedLimits::off);
  CHECK(settings.transitions == kinesisd::storage::Transitions{false, 0});
  CHECK(settings.account_id == "123456789012");
  CHECK(settings.region == "eu-west-1");
  CHECK_FALSE(settings.shard_limit);
  CHECK(settings.on_demand_limit == 7);
  CHECK(settings.credentials == "a b.ini");
  CHECK(settings.tls == TlsMode::only);
  CHECK(settings.tls_cert == "a b.pem");
  CHECK(settings.tls_key == "c.pem");
  CHECK(settings.tls_names == std::vector<std::string>{"*.kinesis.test", "10.0.0.1"});
  CHECK(settings.worlds == Worlds::key);
  CHECK(settings.admin == AdminPeers::any);
  CHECK(settings.admin_hosts == std::vector<std::string>{"kinesis.test"});
  CHECK(settings.threads == 64);
  CHECK(settings.memory_mb == 8);
  CHECK(settings.log_level == LogLevel::debug);
  CHECK(settings.log_format == LogFormat::json);
}

TEST_CASE("--limits says how much is enforced, each word more than the one before") {
  const auto word = [](const char* text) { return accepted({"--limits", text}).limits; };
  CHECK(word("off") < word("writes"));
  CHECK(word("writes") < word("data"));
  CHECK(word("data") < word("all"));
}

TEST_CASE("A flag wins over the environment, which wins over the file") {
  const File file("memory-mb = 9\nregion = \"from-file\"\nthreads = 3  # of them\n");
  const Environment environment = {{"KINESISD_CONFIG", file.path()},
                                   {"KINESISD_MEMORY_MB", "10"},
                                   {"KINESISD_THREADS", "4"},
                                   {"KINESISD_LOG_LEVEL", ""},
                                   {"HOME", "/"}};
  const Settings settings = accepted({"--threads", "5"}, environment);
  CHECK(settings.region == "from-file");
  CHECK(settings.memory_mb == 10);
  CHECK(settings.threads == 5);
  CHECK(settings.log_level == LogLevel::info);
}

TEST_CASE("Several addresses come with several flags, with commas or as an array") {
  const std::vector<std::string> both = {"127.0.0.1:1", "localhost:2"};
  const File file("listen = [\"127.0.0.1:1\",\n  \"localhost:2\"]\n");
  CHECK(accepted({"--listen", "127.0.0.1:1", "--listen", "localhost:2"}).listen == both);
  CHECK(accepted({}, {{"KINESISD_LISTEN", "127.0.0.1:1,localhost:2"}}).listen == both);
  CHECK(accepted(file.flags()).listen == both);
}

TEST_CASE("The last of two equal flags holds") {
  CHECK(accepted({"--threads", "2", "--threads", "3"}).threads == 3);
}

TEST_CASE("A bad flag is refused with one sentence") {
  struct Row {
    const char* why;
    std::vector<std::string> arguments;
    const char* expected;
  };
  const Row row = GENERATE(values<Row>({
      {"below the range", {"--threads", "0"}, "--threads 0: choose a number from 1 to 64.\n"},
      {"above the range", {"--threads=65"}, "--threads 65: choose a number from 1 to 64.\n"},
      {"not a number", {"--memory-mb", "1G"}, "--memory-mb 1G: choose a number from 8 to 1048576.\n"},
      {"negative",
       {"--transition-ms", "-1"},
       "--transition-ms -1: choose auto or a time up to 24h such as 2s or 500 (milliseconds), and behind it "
       "exceptions such as auto,create=2s,split=500.\n"},
      {"not a choice", {"--limits", "some"}, "--limits some: choose off, writes, data or all.\n"},
      {"choices of more than two",
       {"--log-level", "warning"},
       "--log-level warning: choose debug, info, warn or error.\n"},
      {"short account", {"--account-id", "1234"}, "--account-id 1234: choose 12 digits.\n"},
      {"no region", {"--region", "Paris"}, "--region Paris: choose a region such as us-east-1.\n"},
      {"no name of a file",
       {"--credentials", ""},
       "--credentials : choose the path of a file of AWS credentials.\n"},
      {"no port",
       {"--listen", "127.0.0.1"},
       "--listen 127.0.0.1: choose ADDR:PORT, such as 127.0.0.1:4567, [::1]:4567 or localhost:4567.\n"},
      {"unknown flag",
       {"--thread", "4"},
       "--thread is not a setting; --threads is one, and kinesisd --help lists the settings.\n"},
      {"an unknown flag with its value",
       {"--limit=all"},
       "--limit=all is not a setting; --limits is one, and kinesisd --help lists the settings.\n"},
      {"the beginning of a flag",
       {"--mem", "64"},
       "--mem is not a setting; --memory-mb is one, and kinesisd --help lists the settings.\n"},
      {"one hyphen too few, capitals and an underscore",
       {"-MEMORY_MB", "64"},
       "-MEMORY_MB is not a setting; --memory-mb is one, and kinesisd --help lists the settings.\n"},
      {"a flag like no other",
       {"--frobnicate"},
       "--frobnicate is not a setting; kinesisd --help lists the settings.\n"},
      {"a word", {"serve"}, "serve is not a setting; kinesisd --help lists the settings.\n"},
      {"no value at the end", {"--db"}, "--db needs a value; kinesisd --help lists the settings.\n"},
      {"no value", {"--db", "--threads", "4"}, "--db needs a value; kinesisd --help lists the settings.\n"},
      {"no file",
       {"--config", "/no/such.toml"},
       "/no/such.toml cannot be read (No such file or directory); name another file with --config.\n"},
      {"no mode", {"--tls", "yes"}, "--tls yes: choose off, on or only.\n"},
      {"no name a host can have",
       {"--tls-name", "a b"},
       "--tls-name a b: choose a host name such as kinesis.test or *.test, or an address.\n"},
      {"a certificate without its key",
       {"--tls-cert", "a.pem"},
       "--tls-cert needs --tls-key beside it: name the file of the private key.\n"},
      {"a key without its certificate",
       {"--tls-key", "a.pem"},
       "--tls-key needs --tls-cert beside it: name the file of the certificate.\n"},
      {"no name of a file of certificates",
       {"--tls-cert", "", "--tls-key", ""},
       "--tls-cert : choose the path of a PEM file.\n"},
      {"settings that do not fit",
       {"--db", ":memory:", "--durability", "full"},
       "--durability full needs a disk, and --db :memory: uses none: change one of them.\n"},
  }));
  CAPTURE(row.why);
  CHECK(refusal(row.arguments) == row.expected);
}

TEST_CASE("A bad environment variable is refused with one sentence") {
  CHECK(refusal({}, {{"KINESISD_THREADS", "0"}}) == "KINESISD_THREADS=0: choose a number from 1 to 64.\n");
  CHECK(
      refusal({}, {{"KINESISD_THREAD", "1"}}) ==
      "KINESISD_THREAD is not a setting; KINESISD_THREADS is one, and kinesisd --help lists the settings.\n");
}

TEST_CASE("A bad line of the file is refused with one sentence that names the file") {
  struct Row {
    const char* why;
    const char* text;
    const char* expected;
  };
  const Row row = GENERATE(values<Row>({
      {"bad value", "\nthreads = 0\n", ", line 2: threads = 0: choose a number from 1 to 64.\n"},
      {"bad text", "threads = \"x\"\n", ", line 1: threads = x: choose a number from 1 to 64.\n"},
      {"a fraction", "threads = 1.5\n", ", line 1: threads = 1.5: choose a number from 1 to 64.\n"},
      {"a yes", "tls = true\n", ", line 1: tls = true: choose off, on or only.\n"},
      {"unknown key", "thread = 1\n",
       ", line 1: thread is not a setting; threads is one, and kinesisd --help lists the settings.\n"},
      {"unknown key like none", "x = 1\n",
       ", line 1: x is not a setting; kinesisd --help lists the settings.\n"},
      {"a section", "[net]\nthreads = 1\n", ", line 1: [net]: there are no sections; remove the line.\n"},
      {"a list where one is meant", "threads = [1, 2]\n", ", line 1: threads = [1, 2]: give one value.\n"},
      {"an empty list where one is meant", "shard-limit = []\n",
       ", line 1: shard-limit = []: give one value.\n"},
      {"an empty list", "listen = []\n", ", line 1: listen = []: give at least one value.\n"},
      {"a list in a list", "listen = [[\"x\"]]\n",
       ", line 1: listen[0] is a list; write a text or a number.\n"},
  }));
  CAPTURE(row.why);
  const File file(row.text);
  CHECK(refusal(file.flags()) == file.path() + row.expected);
}

TEST_CASE("A file that is no TOML, or has a key twice, is refused with its line") {
  for (const char* text : {"\nthreads 4\n", "threads = 1\nthreads = 2\n", "\nlisten = [\"a\n"}) {
    INFO(text);
    const File file(text);
    const std::string start = file.path() + ", line 2 is not TOML: ";
    const std::string said = refusal(file.flags());
    CHECK(said.substr(0, start.size()) == start);
    CHECK(std::count(said.begin(), said.end(), '\n') == 1);
  }
}

TEST_CASE("Numbers stand in the file with quotes or without") {
  const File file("threads = 3\nshard-limit = \"7\"\ntransition-ms = 0\n");
  const Settings settings = accepted(file.flags());
  CHECK(settings.threads == 3);
  CHECK(settings.shard_limit == 7);
  CHECK(settings.transitions.of(kinesisd::storage::Lasting::create).after_ms == 0);
}

TEST_CASE("--help names every setting in lines of at most 100 columns") {
  const auto result = read_settings(std::vector<std::string>{"--help"}, {});
  const Exit& exit = std::get<Exit>(result);
  CHECK(exit.code == 0);
  for (const SettingHelp& setting : setting_help()) {
    CHECK_THAT(exit.text, Catch::Contains("  --" + std::string(setting.name) + " "));
  }
  std::istringstream lines(exit.text);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 100);
}

TEST_CASE("--version says which kinesisd this is") {
  const auto result = read_settings(std::vector<std::string>{"--version"}, {});
  CHECK(std::get<Exit>(result).code == 0);
  CHECK_THAT(std::get<Exit>(result).text, Catch::StartsWith("kinesisd "));
}

TEST_CASE("config/kinesisd.toml has every setting with its default, and nothing else") {
  const std::string text = text_of(KINESISD_SOURCE_DIR "/config/kinesisd.toml");
  std::vector<std::string> keys;
  std::string uncommented;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CHECK((line.empty() || line[0] == '#'));
    if (line.size() < 2 || line[0] != '#' || line[1] == ' ') continue;
    keys.push_back(line.substr(1, line.find(" =") - 1));
    uncommented += line.substr(1) + "\n";
  }
  std::vector<std::string> expected;
  for (const SettingHelp& setting : setting_help()) {
    expected.emplace_back(setting.name);
    if (setting.default_text.empty()) continue;
    const std::string quoted = "\"" + setting.default_text + "\"";
    CHECK_THAT(uncommented,
               Catch::Contains(std::string(setting.name) + " = " + quoted + "\n") ||
                   Catch::Contains(std::string(setting.name) + " = " + setting.default_text + "\n") ||
                   Catch::Contains(std::string(setting.name) + " = [" + quoted + "]\n"));
  }
  CHECK(keys == expected);
  const File file(uncommented);
  CHECK(accepted(file.flags()).db == "kinesisd.db");
}
