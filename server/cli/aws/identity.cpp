#include "server/cli/aws/identity.hpp"

#include <fmt/core.h>

#include <string>
#include <string_view>

#include "server/cli/client/client.hpp"
#include "server/cli/client/http.hpp"

namespace kinesisd::server::aws {

namespace {

// What stands in an element that has no others in it.
std::string text_in(std::string_view xml, std::string_view element) {
  const std::string opening = fmt::format("<{}>", element);
  const std::size_t begin = xml.find(opening);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = xml.substr(begin + opening.size());
  return std::string(rest.substr(0, rest.find('<')));
}

}  // namespace

document::Value caller_identity(const client::Target& target, int interrupt) {
  client::Target sts = target;
  sts.signer.service = "sts";
  if (sts.endpoint.is_aws()) sts.endpoint.host = fmt::format("sts.{}.amazonaws.com", sts.signer.region);
  const auto deadline = std::chrono::steady_clock::now() + client::Client::answer_within;
  const auto connection = client::connect(sts.endpoint, sts.trust, deadline, interrupt);
  Request request{.method = "POST",
                  .path = "/",
                  .query = {},
                  .headers = {{"host", sts.endpoint.authority()},
                              {"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
                  .body = "Action=GetCallerIdentity&Version=2011-06-15"};
  sign(request, sts.signer, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  const client::HttpAnswer answer = client::exchange(*connection, request, deadline);
  if (answer.status != 200)
    throw client::ServiceError(answer.status, text_in(answer.body, "Code"), text_in(answer.body, "Message"));
  document::Value out;
  out.kind = document::Kind::object;
  for (const std::string_view name : {"UserId", "Account", "Arn"}) {
    document::Value text;
    text.kind = document::Kind::text;
    text.text = text_in(answer.body, name);
    out.members.push_back({std::string(name), std::move(text)});
  }
  return out;
}

}  // namespace kinesisd::server::aws
