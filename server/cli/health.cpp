#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <variant>

#include "server/cli/client/http.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/flags.hpp"
#include "server/cli/own_address.hpp"

namespace kinesisd::server::commands {

namespace {

constexpr std::chrono::milliseconds answer_within{1500};
constexpr std::string_view endpoint_flag = "--endpoint";

std::string target_of(const char* link) {
  std::array<char, 4096> path{};
  const ssize_t size = readlink(link, path.data(), path.size());
  return size <= 0 ? std::string() : std::string(path.data(), static_cast<std::size_t>(size));
}

// In a container the server is process 1, and its flags say where it listens.
std::vector<std::string> flags_of_the_container() {
  const std::string own = target_of("/proc/self/exe");
  if (own.empty() || own != target_of("/proc/1/exe")) return {};
  std::ifstream file("/proc/1/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  if (!words.empty()) words.erase(words.begin());
  if (!words.empty() && words.front() == "serve") words.erase(words.begin());
  return words;
}

// Takes `--endpoint URL` out of the arguments: everything else is a setting of the server.
std::optional<std::string> take_endpoint(std::vector<std::string>& arguments) {
  for (auto at = arguments.begin(); at != arguments.end(); ++at) {
    if (at->starts_with("--endpoint=")) {
      std::string url = at->substr(endpoint_flag.size() + 1);
      arguments.erase(at);
      return url;
    }
    if (*at == endpoint_flag) {
      std::string url = at + 1 == arguments.end() ? std::string() : at[1];
      arguments.erase(at, at + (at + 1 == arguments.end() ? 1 : 2));
      return url;
    }
  }
  return std::nullopt;
}

// Health is answered in plain text whatever --tls says, so that on this machine no certificate needs trust.
int ask(const client::Endpoint& endpoint) {
  client::Endpoint plain = endpoint;
  if (endpoint.is_loopback()) plain.tls = false;
  const auto deadline = std::chrono::steady_clock::now() + answer_within;
  try {
    const auto connection = client::connect(plain, {}, deadline);
    const Request request{.method = "GET",
                          .path = "/_kinesisd/health",
                          .query = {},
                          .headers = {{"host", endpoint.authority()}, {"connection", "close"}},
                          .body = {}};
    const client::HttpAnswer answer = client::exchange(*connection, request, deadline);
    if (answer.status == 200) {
      fmt::print("{} is healthy.\n", endpoint.url());
      return 0;
    }
    const std::string_view body = std::string_view(answer.body).substr(0, answer.body.find('\n'));
    fmt::print(stderr, "{} is not healthy: it answers {} {}\n", endpoint.url(), answer.status, body);
  } catch (const client::ConnectionError& error) {
    fmt::print(stderr, "{}.\n", error.what());
  }
  return 1;
}

}  // namespace

int health(const Call& call) {
  Flags flags("health",
              "Exits 0 if the server of these settings is ready to answer, else 1. Takes the flags and\n"
              "variables of serve, and finds the address among them.");
  std::optional<std::string> shown;
  flags.text("endpoint", "URL", "The server to ask instead, such as http://127.0.0.1:4567.", shown);
  std::vector<std::string> arguments = call.arguments;
  if (arguments == std::vector<std::string>{"--help"}) return *flags.parse(arguments);
  if (const auto url = take_endpoint(arguments)) {
    const auto endpoint = client::parse_endpoint(*url);
    if (!endpoint) return flags.refuse("--endpoint: choose a URL such as http://127.0.0.1:4567.");
    return ask(*endpoint);
  }
  if (arguments.empty()) arguments = flags_of_the_container();
  const auto settings = read_settings(arguments, call.environment);
  if (const auto* exit = std::get_if<Exit>(&settings)) {
    fmt::print(stderr, "{}", exit->text);
    return exit->code;
  }
  if (const auto endpoint = own_address(std::get<Settings>(settings))) return ask(*endpoint);
  return flags.refuse("The server takes any free port; name it with --endpoint http://127.0.0.1:PORT.");
}

}  // namespace kinesisd::server::commands
