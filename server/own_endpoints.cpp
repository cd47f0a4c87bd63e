#include "server/own_endpoints.hpp"

#include <fmt/core.h>

#include <utility>

namespace kinesisd::server {

namespace {

constexpr std::string_view prefix = "/_kinesisd/";

Response json(int status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

}  // namespace

bool is_own_path(std::string_view path) {
  return path.starts_with(prefix);
}

Response answer_own(const Request& request) {
  if (request.path != "/_kinesisd/health") {
    return json(404, R"({"error":"There is nothing here; try /_kinesisd/health."})");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Response response = json(405, R"({"error":"Ask for the health with GET."})");
    response.headers.push_back({"Allow", "GET, HEAD"});
    return response;
  }
  return json(200, fmt::format(R"({{"status":"ok","version":"{}"}})", KINESISD_VERSION));
}

}  // namespace kinesisd::server
