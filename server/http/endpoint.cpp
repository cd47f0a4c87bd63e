#include "server/http/endpoint.hpp"

#include <fmt/core.h>

#include <charconv>

namespace kinesisd::server::client {

namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

}  // namespace

std::string Endpoint::authority() const {
  const bool brackets = host.find(':') != std::string::npos;
  std::string out = brackets ? fmt::format("[{}]", host) : host;
  if (port != (tls ? https_port : http_port)) out += fmt::format(":{}", port);
  return out;
}

std::string Endpoint::url() const {
  return fmt::format("{}://{}", tls ? "https" : "http", authority());
}

bool Endpoint::is_loopback() const {
  return host == "localhost" || host.ends_with(".localhost") || host == "::1" || host.starts_with("127.");
}

bool Endpoint::is_aws() const {
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") ||
         host.ends_with(".api.aws");
}

std::optional<Endpoint> parse_endpoint(std::string_view url) {
  Endpoint endpoint;
  if (url.starts_with("https://")) {
    endpoint.tls = true;
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t bracket = url.starts_with('[') ? url.find(']') : std::string_view::npos;
  const std::size_t colon = url.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = url.substr(0, colon);
  endpoint.host = bracket == std::string_view::npos ? host : host.substr(1, bracket - 1);
  if (endpoint.host.empty()) return std::nullopt;
  endpoint.port = endpoint.tls ? https_port : http_port;
  if (colon != std::string_view::npos) {
    const std::string_view port = url.substr(colon + 1);
    const auto [end, wrong] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (wrong != std::errc{} || end != port.data() + port.size() || endpoint.port == 0) return std::nullopt;
  }
  return endpoint;
}

}  // namespace kinesisd::server::client
