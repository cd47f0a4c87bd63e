#include "server/admin/guard.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "server/admin/answer.hpp"
#include "server/http/web_origin.hpp"

namespace kinesisd::server::own {

namespace {

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

// A name that no stranger can point at this machine: a rebound DNS name has a dot.
bool is_local_name(const std::string& host, const std::vector<std::string>& admin_hosts) {
  constexpr std::array<std::string_view, 2> known = {"localhost.localstack.cloud", "host.docker.internal"};
  if (host.empty() || host.starts_with('[')) return false;
  if (host.find('.') == std::string::npos || host.ends_with(".localhost")) return true;
  return std::find(known.begin(), known.end(), host) != known.end() ||
         std::find(admin_hosts.begin(), admin_hosts.end(), host) != admin_hosts.end();
}

bool is_json(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return lower(type) == "application/json";
}

}  // namespace

std::optional<Response> refuse_caller(const Request& request, const Admin& admin) {
  if (admin.peers == AdminPeers::off) {
    return error(403, "Administration is off (--admin off); start the server with --admin loopback or any.");
  }
  if (admin.peers == AdminPeers::loopback && !request.from_loopback) {
    return error(
        403,
        "Only callers on the server's own machine may administer it (--admin loopback); start it with "
        "--admin any to let others do so.");
  }
  const std::string* authority = request.header("host");
  const std::string host = authority == nullptr ? std::string() : host_of_authority(*authority);
  if (!is_address(host) && !is_local_name(host, admin.hosts)) {
    return error(403, fmt::format("The Host header says \"{}\"; call the server by its address, by localhost "
                                  "or by a name without dots to administer it, or name that host with "
                                  "--admin-host.",
                                  authority == nullptr ? "" : *authority));
  }
  const std::string* origin = request.header("origin");
  if (origin != nullptr && host_of_origin(*origin) != host) {
    return error(403, fmt::format("The Origin header says \"{}\", which is not this server; it is not "
                                  "administered from a web page of another host.",
                                  *origin));
  }
  const std::string* site = request.header("sec-fetch-site");
  if (site != nullptr && lower(*site) == "cross-site") {
    return error(403,
                 "The Sec-Fetch-Site header says \"cross-site\"; this server is not administered from a web "
                 "page of another host.");
  }
  return std::nullopt;
}

// A browser says where a POST comes from.
std::optional<Response> refuse_body(const Request& request) {
  if (request.method == "DELETE") return std::nullopt;
  const bool from_a_page = request.header("origin") != nullptr || request.header("sec-fetch-site") != nullptr;
  if (request.body.empty() && !from_a_page) return std::nullopt;
  const std::string* type = request.header("content-type");
  if (type != nullptr && is_json(*type)) return std::nullopt;
  return error(415, fmt::format("The Content-Type header says \"{}\"; send application/json.",
                                type == nullptr ? "" : *type));
}

}  // namespace kinesisd::server::own
