#include "server/own_endpoints.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "server/own/guard.hpp"
#include "server/own/keys.hpp"

namespace kinesisd::server {

namespace {

constexpr std::string_view prefix = "/_kinesisd/";

own::Answer health(own::Call& /*call*/) {
  return {own::json(200, fmt::format(R"({{"status":"ok","version":"{}"}})", KINESISD_VERSION))};
}

struct Endpoint {
  std::string_view path;     // behind the prefix; one that ends in a slash takes the rest as its argument
  std::string_view methods;  // as the Allow header lists them; all but GET and HEAD change something
  own::Answer (*answer)(own::Call& call);
};

constexpr std::array endpoints{
    Endpoint{"health", "GET, HEAD", health},
    Endpoint{"ca.pem", "GET, HEAD", own::answer_authority},
    Endpoint{"kms", "GET, HEAD", own::list_keys},
    Endpoint{"kms/", "GET, HEAD, PUT", own::answer_key},
};

bool serves(const Endpoint& endpoint, std::string_view path) {
  return endpoint.path.ends_with('/') ? path.starts_with(endpoint.path) : path == endpoint.path;
}

bool allows(const Endpoint& endpoint, std::string_view method) {
  constexpr std::string_view separator = ", ";
  std::string_view rest = endpoint.methods;
  while (true) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    if (rest.substr(0, end) == method) return true;
    if (end == rest.size()) return false;
    rest.remove_prefix(end + separator.size());
  }
}

bool only_reads(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

Response not_here(std::string_view path) {
  std::string paths;
  for (const Endpoint& endpoint : endpoints) {
    const bool takes_argument = endpoint.path.ends_with('/');
    paths += fmt::format("{}{}{}{}", paths.empty() ? "" : ", ", prefix, endpoint.path,
                         takes_argument ? "..." : "");
  }
  return own::error(404, fmt::format("There is nothing at {}; there are {}.", path, paths));
}

Response not_allowed(const Endpoint& endpoint, const Request& request) {
  Response response = own::error(
      405, fmt::format("{} takes no {}; it takes {}.", request.path, request.method, endpoint.methods));
  response.headers.push_back({"Allow", std::string(endpoint.methods)});
  return response;
}

}  // namespace

bool is_own_path(std::string_view path) {
  return path.starts_with(prefix);
}

own::Answer answer_own(Request& request, GuardedStreams& streams, const own::Transport& transport) {
  const std::string_view path = std::string_view(request.path).substr(prefix.size());
  const auto* endpoint = std::find_if(endpoints.begin(), endpoints.end(),
                                      [&](const Endpoint& one) { return serves(one, path); });
  if (endpoint == endpoints.end()) return {not_here(request.path)};
  if (!allows(*endpoint, request.method)) return {not_allowed(*endpoint, request)};
  if (!only_reads(request.method)) {
    if (auto refused = own::refuse_change(request)) return {*std::move(refused)};
  }
  own::Call call{.request = request,
                 .streams = streams,
                 .transport = transport,
                 .argument = path.substr(endpoint->path.size())};
  return endpoint->answer(call);
}

Response own_answer_if_lost() {
  return own::error(500, "The change could not be written to the database; see the log for the reason.");
}

}  // namespace kinesisd::server
