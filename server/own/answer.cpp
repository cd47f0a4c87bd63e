#include "server/own/answer.hpp"

#include <utility>

#include "protocol/json.hpp"

namespace kinesisd::server::own {

Response json(int status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

Response error(int status, std::string_view sentence) {
  std::string body;
  protocol::json::Writer writer(body);
  writer.begin_map(1);
  writer.key("error");
  writer.text(sentence);
  writer.end_map();
  return json(status, std::move(body));
}

}  // namespace kinesisd::server::own
