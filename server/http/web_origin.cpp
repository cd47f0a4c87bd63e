#include "server/http/web_origin.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace kinesisd::server {

namespace {

constexpr std::string_view separator = "://";

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

std::optional<in_addr> ipv4_in(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ? std::optional(address) : std::nullopt;
}

std::optional<in6_addr> ipv6_in(const std::string& host) {
  in6_addr address{};
  if (!host.starts_with('[') || !host.ends_with(']')) return std::nullopt;
  const bool read = inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address) == 1;
  return read ? std::optional(address) : std::nullopt;
}

bool is_loopback(const in_addr& address) {
  constexpr std::uint32_t loopback = 127;
  return ntohl(address.s_addr) >> 24U == loopback;
}

bool is_loopback(const in6_addr& address) {
  constexpr std::size_t mapped_at = 12;
  constexpr std::uint8_t loopback = 127;
  if (IN6_IS_ADDR_LOOPBACK(&address)) return true;
  return IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[mapped_at] == loopback;
}

bool is_word(std::string_view text, std::string_view also) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || also.find(c) != std::string_view::npos;
  });
}

// nullopt: it is no port. 0: there is none behind the host.
std::optional<std::uint16_t> port_in(std::string_view behind_host) {
  if (behind_host.empty()) return 0;
  std::uint16_t port = 0;
  const char* const end = behind_host.data() + behind_host.size();
  const auto [stopped, wrong] = std::from_chars(behind_host.data() + 1, end, port);
  if (behind_host.front() != ':' || wrong != std::errc() || stopped != end || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::string host_of_authority(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  if (bracket != std::string_view::npos) return lower(authority.substr(0, bracket + 1));
  return lower(authority.substr(0, authority.find(':')));
}

std::string host_of_origin(std::string_view origin) {
  const std::size_t at = origin.find(separator);
  return at == std::string_view::npos ? std::string()
                                      : host_of_authority(origin.substr(at + separator.size()));
}

bool is_address(const std::string& host) {
  return ipv4_in(host) || ipv6_in(host);
}

bool is_local_origin(std::string_view origin) {
  if (!origin.starts_with("http://") && !origin.starts_with("https://")) return false;
  const std::string host = host_of_origin(origin);
  if (const auto address = ipv4_in(host)) return is_loopback(*address);
  if (const auto address = ipv6_in(host)) return is_loopback(*address);
  if (!is_word(host, "-_.")) return false;
  return host.find('.') == std::string::npos || host.ends_with(".localhost") ||
         host == "host.docker.internal";
}

std::optional<std::string> parse_origin(std::string_view text) {
  constexpr std::string_view opaque = "null";
  if (text == opaque) return std::string(opaque);
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string scheme = lower(text.substr(0, at));
  const std::string_view authority = text.substr(at + separator.size());
  const std::string host = host_of_authority(authority);
  const auto port = port_in(authority.substr(host.size()));
  const bool is_host = is_address(host) || is_word(host, "-_.");
  if (!is_word(scheme, "+-.") || !is_host || !port) return std::nullopt;
  const bool usual = *port == 0 || (scheme == "http" && *port == 80) || (scheme == "https" && *port == 443);
  return usual ? fmt::format("{}://{}", scheme, host) : fmt::format("{}://{}:{}", scheme, host, *port);
}

}  // namespace kinesisd::server
