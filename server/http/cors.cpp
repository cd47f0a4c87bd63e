#include "server/http/cors.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "server/http/web_origin.hpp"

namespace kinesisd::server {

Cors::Cors(std::vector<std::string> origins, Log& log) : origins_(std::move(origins)), log_(log) {}

bool Cors::admits(std::string_view origin) const {
  if (is_local_origin(origin)) return true;
  return std::any_of(origins_.begin(), origins_.end(), [&](const std::string& admitted) {
    return admitted == every_origin || admitted == origin;
  });
}

void Cors::restrain(const Request& request, Response& response) {
  const std::string* origin = request.header("origin");
  if (origin == nullptr || admits(*origin)) return;
  const auto of_cors = [](const Header& header) { return header.name.starts_with("Access-Control-"); };
  if (std::erase_if(response.headers, of_cors) > 0) tell(*origin);
}

void Cors::tell(const std::string& origin) {
  {
    const std::lock_guard lock(mutex_);
    if (told_.size() >= origins_told_max || !told_.insert(origin).second) return;
  }
  const bool can_be_named = parse_origin(origin) == origin;
  log_.warn("A web page of {} may not read answers; start the server with --cors-origin '{}' to let it.",
            origin, can_be_named ? std::string_view(origin) : every_origin);
}

}  // namespace kinesisd::server
