#include "server/admin/own_endpoints.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/json.hpp"
#include "server/admin/authorization.hpp"
#include "server/admin/clock.hpp"
#include "server/admin/control.hpp"
#include "server/admin/dropin_endpoints.hpp"
#include "server/admin/faults.hpp"
#include "server/admin/guard.hpp"
#include "server/admin/health.hpp"
#include "server/admin/keys.hpp"
#include "server/admin/landing_page.hpp"
#include "server/admin/metrics.hpp"
#include "server/admin/reset.hpp"
#include "server/admin/streams.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server {

namespace {

constexpr std::string_view prefix = "/_kinesisd/";
constexpr std::string_view root = "/";

// Whom an endpoint answers.
enum class Access {
  everyone,  // also in plain text where only TLS is served: needed before a client can do better
  tools,     // those who may administer the server; see own/guard.hpp
};

own::Answer list_endpoints(own::Call& call);
own::Answer answer_icon(own::Call& call);

struct Endpoint {
  std::string_view path;     // one that ends in a slash takes the rest as its argument
  std::string_view methods;  // as the Allow header lists them; all but GET and HEAD change something
  Access access;
  std::string_view help;
  own::Answer (*answer)(own::Call& call);
};

constexpr auto endpoints = std::to_array<Endpoint>({
    {"/_kinesisd/health", "GET, HEAD", Access::everyone,
     "200 once everything is there that was to be there at start.", own::answer_health},
    {"/_kinesisd/health/live", "GET, HEAD", Access::everyone, "200 as long as the server answers.",
     own::answer_live},
    {"/_kinesisd/health/ready", "GET, HEAD", Access::everyone,
     "200 when the server is of use, 503 and the reason when it is not.", own::answer_ready},
    {"/metrics", "GET, HEAD", Access::everyone, "What is counted, for Prometheus.", own::answer_metrics},
    {"/_kinesisd/ca.pem", "GET, HEAD", Access::everyone, "The CA that clients on https:// have to trust.",
     own::answer_authority},
    {"/_kinesisd/clock", "GET, HEAD, PUT, POST", Access::tools, "The service's time, which can be moved.",
     own::answer_clock},
    {"/_kinesisd/faults", "GET, HEAD, POST, PUT, DELETE", Access::tools, "Rules of trouble on demand.",
     own::answer_faults},
    {"/_kinesisd/faults/", "GET, HEAD, POST, DELETE", Access::tools,
     "One rule; POST to /_kinesisd/faults/reset counts anew.", own::answer_fault},
    {"/_kinesisd/kms", "GET, HEAD", Access::tools, "The keys that are not enabled.", own::list_keys},
    {"/_kinesisd/kms/", "GET, HEAD, PUT", Access::tools, "The state of a key.", own::answer_key},
    {"/_kinesisd/reset", "POST", Access::tools,
     "Takes all streams away, or one, or those of an account or region.", own::answer_reset},
    {"/_kinesisd/snapshots", "GET, HEAD", Access::tools, "The snapshots there are.", own::list_snapshots},
    {"/_kinesisd/snapshots/", "GET, HEAD, PUT, POST, DELETE", Access::tools,
     "PUT saves all streams under a name, POST puts them back, DELETE forgets them.", own::answer_snapshot},
    {"/_kinesisd/streams", "GET, HEAD", Access::tools, "The streams of all accounts and regions.",
     own::list_streams},
    {"/_kinesisd/streams/", "GET, HEAD, DELETE", Access::tools,
     "A stream with its shards and consumers; with /records behind the name: its records, which DELETE takes "
     "away.",
     own::answer_stream},
    {"/_kinesisd/scripts", "PUT", Access::tools, "Tells what has become of an image's init script.",
     dropin::answer_scripts},
    {"/moto-api/reset", "POST", Access::tools, "As moto has it: takes all streams away.",
     dropin::answer_moto_reset},
    {"/healthcheck", "GET, HEAD", Access::everyone, "As kinesis-mock has it.", own::answer_health},
    {"/health", "GET, HEAD", Access::everyone, "As LocalStack had it.", dropin::answer_old_health},
    {"/_localstack/health", "GET, HEAD", Access::everyone, "As LocalStack has it.",
     dropin::answer_localstack_health},
    {"/_localstack/info", "GET, HEAD", Access::everyone, "As LocalStack has it.", dropin::answer_info},
    {"/_localstack/init", "GET, HEAD", Access::everyone, "As LocalStack has it.", dropin::answer_init},
    {"/_localstack/init/", "GET, HEAD", Access::everyone, "As LocalStack has it: one stage.",
     dropin::answer_init_stage},
});

own::Answer list_endpoints(own::Call& /*call*/) {
  std::string body;
  protocol::json::Writer writer(body);
  writer.begin_map(1);
  writer.key("paths");
  writer.begin_list(endpoints.size());
  for (const Endpoint& endpoint : endpoints) {
    writer.begin_map(3);
    writer.key("path");
    writer.text(endpoint.path);
    writer.key("methods");
    writer.text(endpoint.methods);
    writer.key("help");
    writer.text(endpoint.help);
    writer.end_map();
  }
  writer.end_list();
  writer.end_map();
  return {own::json(200, std::move(body))};
}

// Browsers ask for it wherever they are.
own::Answer answer_icon(own::Call& /*call*/) {
  return {{.status = 204, .headers = {{"Cache-Control", "max-age=86400"}}, .body = {}}};
}

// Those that are not listed.
constexpr std::array unlisted{
    Endpoint{"/_kinesisd", "GET, HEAD", Access::everyone, "", list_endpoints},
    Endpoint{"/favicon.ico", "GET, HEAD", Access::everyone, "", answer_icon},
};

Response page(const Request& request, int status) {
  std::vector<own::ListedPath> paths;
  paths.reserve(endpoints.size());
  for (const Endpoint& endpoint : endpoints)
    paths.push_back({endpoint.path, endpoint.methods, endpoint.help});
  return own::landing_page(request, status, paths);
}

// People and programs put a slash behind a path without meaning anything by it.
std::string_view without_slashes(std::string_view path) {
  while (path.size() > root.size() && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool serves(const Endpoint& endpoint, std::string_view path) {
  return endpoint.path.ends_with('/') ? path.starts_with(endpoint.path) : path == endpoint.path;
}

const Endpoint* find_endpoint(std::string_view path) {
  const auto* found = std::find_if(endpoints.begin(), endpoints.end(),
                                   [&](const Endpoint& endpoint) { return serves(endpoint, path); });
  if (found != endpoints.end()) return found;
  const auto* other = std::find_if(unlisted.begin(), unlisted.end(),
                                   [&](const Endpoint& endpoint) { return endpoint.path == path; });
  return other != unlisted.end() ? other : nullptr;
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

std::optional<Response> refuse_tool(const Request& request, const own::Control& control) {
  if (auto refused = own::refuse_caller(request, control.admin)) return refused;
  if (control.credentials == nullptr) return std::nullopt;
  // Of the wall clock, as the clients' is.
  return own::refuse_unknown_caller(
      request, *control.credentials,
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

// The path that is meant: without its slash, but where only a path that wants an argument takes the method,
// which then says what is missing.
std::string_view meant_by(const Request& request) {
  const std::string_view path = without_slashes(request.path);
  const Endpoint* endpoint = find_endpoint(path);
  if (path == request.path || endpoint == nullptr || allows(*endpoint, request.method)) return path;
  const Endpoint* as_sent = find_endpoint(request.path);
  return as_sent != nullptr && allows(*as_sent, request.method) ? request.path : path;
}

Response not_here(std::string_view path) {
  return own::error(404, fmt::format("There is nothing at {}; GET {} lists what there is.", path, prefix));
}

Response not_allowed(const Endpoint& endpoint, const Request& request) {
  Response response = own::error(
      405, fmt::format("{} takes no {}; it takes {}.", request.path, request.method, endpoint.methods));
  response.headers.push_back({"Allow", std::string(endpoint.methods)});
  return response;
}

}  // namespace

bool is_own(const Request& request) {
  if (request.path.starts_with(prefix)) return true;
  const Endpoint* endpoint = find_endpoint(without_slashes(request.path));
  if (endpoint == nullptr) return own::wants_page(request);
  if (endpoint->access == Access::everyone) return only_reads(request.method);
  // Also a browser's question whether a page may call it: the API would say yes.
  return request.header("x-amz-target") == nullptr;
}

own::Answer answer_own(Request& request, const own::Control& control) {
  const std::string_view path = meant_by(request);
  const Endpoint* endpoint = find_endpoint(path);
  if (endpoint == nullptr || endpoint->access != Access::everyone) {
    if (auto refused = own::refuse_plain_text(request, control.transport)) return {*std::move(refused)};
  }
  const bool elsewhere = endpoint == nullptr && !path.starts_with(prefix);
  if (elsewhere || (endpoint == &unlisted.front() && own::wants_page(request))) {
    return {page(request, elsewhere && path != root ? 404 : 200)};
  }
  if (endpoint == nullptr) return {not_here(request.path)};
  const bool reads = only_reads(request.method);
  if (endpoint->access == Access::tools) {
    if (auto refused = refuse_tool(request, control)) return {*std::move(refused)};
  }
  if (!allows(*endpoint, request.method)) return {not_allowed(*endpoint, request)};
  if (!reads) {
    if (auto refused = own::refuse_body(request)) return {*std::move(refused)};
  }
  own::Call call{.request = request,
                 .control = control,
                 .now = control.clock.now(),
                 .argument = path.substr(endpoint->path.size())};
  try {
    return endpoint->answer(call);
  } catch (const document::Problem& problem) {
    return {own::error(400, problem.what())};
  }
}

Response own_answer_if_lost() {
  return own::error(500, "The change could not be written to the database; see the log for the reason.");
}

Response own_answer_if_busy() {
  return own::error(503, "Too many calls wait for the disk already; try again.");
}

}  // namespace kinesisd::server
