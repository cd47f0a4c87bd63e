#include "server/http/forward_target.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace kinesisd::server::foreign {

namespace {

constexpr std::size_t service_letters_max = 64;

bool is_service(std::string_view name) {
  return !name.empty() && name.size() <= service_letters_max &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// Whether nothing stands behind host and port.
bool ends_with_host(std::string_view url) {
  const std::size_t path = url.find_first_of("/?#", url.find("://") + 3);
  return path == std::string_view::npos || url.substr(path) == "/";
}

bool is_host(std::string_view host) {
  return std::none_of(host.begin(), host.end(), [](char c) { return c <= ' ' || c >= 0x7f || c == '@'; });
}

}  // namespace

std::string ForwardTarget::text() const {
  return fmt::format("{}={}", service, endpoint.url());
}

std::optional<ForwardTarget> parse_forward_target(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || !is_service(text.substr(0, equals))) return std::nullopt;
  const std::string_view url = text.substr(equals + 1);
  const auto endpoint = client::parse_endpoint(url);
  if (!endpoint || endpoint->tls || !ends_with_host(url) || !is_host(endpoint->host)) return std::nullopt;
  return ForwardTarget{std::string(text.substr(0, equals)), *endpoint};
}

const ForwardTarget* find_target(std::span<const ForwardTarget> targets, std::string_view service) {
  const auto found = std::find_if(targets.begin(), targets.end(),
                                  [&](const ForwardTarget& target) { return target.service == service; });
  return found == targets.end() ? nullptr : &*found;
}

}  // namespace kinesisd::server::foreign
