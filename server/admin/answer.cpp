#include "server/admin/answer.hpp"

#include <utility>

#include "protocol/json.hpp"
#include "server/admin/json_body.hpp"
#include "server/support/instant.hpp"

namespace kinesisd::server::own {

Response json(int status, std::string body) {
  body += '\n';
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

void put_time(protocol::json::Writer& writer, std::string_view name, storage::Timestamp at) {
  writer.key(name);
  writer.text(commands::instant_text(at));
}

std::string reason_of(const Response& response) {
  for (const std::string_view member : {"error", "message"}) {
    std::string body = response.body;  // overwritten
    if (const auto reason = text_in_body(body, member)) return std::string(*reason);
  }
  return {};
}

}  // namespace kinesisd::server::own
