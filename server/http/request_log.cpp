#include "server/http/request_log.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace kinesisd::server {

namespace {

constexpr std::array<std::string_view, http_versions> versions = {"1.0", "1.1", "2"};

std::string_view request_id_of(const Response& response) {
  for (const Header& header : response.headers) {
    if (header.name == "x-amzn-RequestId") return header.value;
  }
  return {};
}

// With three places behind the point: what stands behind those is noise.
double milliseconds(std::chrono::microseconds taken) {
  return static_cast<double>(taken.count()) / 1000;
}

}  // namespace

void log_request(Log& log, const Request& request, const Response& response, const RequestStory& story,
                 std::size_t bytes_in, std::chrono::microseconds taken) {
  if (!log.enabled(LogLevel::debug)) return;
  std::vector<LogField> fields;
  const auto add_text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) fields.push_back({name, value});
  };
  const auto add_number = [&](std::string_view name, std::size_t value) {
    fields.push_back({name, static_cast<std::int64_t>(value)});
  };
  add_text("operation", story.operation);
  if (story.operation.empty()) {
    add_text("method", request.method);
    add_text("path", request.path);
  }
  add_text("stream", story.stream);
  if (!response.reset) fields.push_back({"status", std::int64_t{response.status}});
  add_text("error", story.error);
  add_number("bytes_in", bytes_in);
  add_number("bytes_out", response.body.size());
  fields.push_back({"ms", milliseconds(taken)});
  add_text("request_id", request_id_of(response));
  if (request.client != nullptr) add_text("client", *request.client);
  add_text("encoding", story.encoding);
  fields.push_back({"http", versions[static_cast<std::size_t>(request.version)]});
  fields.push_back({"tls", request.over_tls ? std::string_view("yes") : std::string_view("no")});
  log.write(LogLevel::debug, "request", fields);
}

}  // namespace kinesisd::server
