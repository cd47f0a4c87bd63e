#include "server/admin/transport.hpp"

#include "protocol/json.hpp"
#include "server/admin/control.hpp"

namespace kinesisd::server::own {

namespace {

constexpr std::string_view use_https =
    "Only TLS is served here (--tls only); use https:// instead of http://.";

}  // namespace

Answer answer_authority(Call& call) {
  const Transport& transport = call.control.transport;
  if (transport.authority_pem.empty()) return {error(404, transport.no_authority)};
  return {{.status = 200,
           .headers = {{"Content-Type", "application/x-pem-file"}, {"Cache-Control", "no-store"}},
           .body = transport.authority_pem}};
}

std::optional<Response> refuse_plain_text(const Request& request, const Transport& transport) {
  if (!transport.tls_only || request.over_tls) return std::nullopt;
  // SDKs show what stands under this key.
  std::string body;
  protocol::json::Writer writer(body);
  writer.begin_map(1);
  writer.key("message");
  writer.text(use_https);
  writer.end_map();
  return json(400, std::move(body));
}

}  // namespace kinesisd::server::own
