#include "server/net/tls/names.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <type_traits>

namespace kinesisd::server::tls {

namespace {

constexpr std::size_t name_bytes_max = 253;
constexpr std::size_t label_bytes_max = 63;
constexpr std::size_t own_addresses_max = 64;

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > label_bytes_max || label.front() == '-' || label.back() == '-') {
    return false;
  }
  return std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::optional<Name> parse_address(const std::string& text) {
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    return Name{text, std::string(reinterpret_cast<const char*>(&v4), sizeof v4)};
  }
  in6_addr v6{};
  if (::inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
    return Name{text, std::string(reinterpret_cast<const char*>(&v6), sizeof v6)};
  }
  return std::nullopt;
}

std::optional<Name> own_address(const ifaddrs& interface) {
  if (interface.ifa_addr == nullptr || (interface.ifa_flags & IFF_UP) == 0) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* address = nullptr;
  const int family = interface.ifa_addr->sa_family;
  if (family == AF_INET) {
    address = &reinterpret_cast<const sockaddr_in*>(interface.ifa_addr)->sin_addr;
  } else if (family == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(interface.ifa_addr)->sin6_addr;
    if (IN6_IS_ADDR_LINKLOCAL(&v6)) return std::nullopt;  // means nothing without the interface
    address = &v6;
  }
  if (address == nullptr || ::inet_ntop(family, address, text.data(), text.size()) == nullptr) {
    return std::nullopt;
  }
  return parse_address(text.data());
}

std::vector<Name> own_addresses() {
  std::vector<Name> out;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return out;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(first, &::freeifaddrs);
  for (const ifaddrs* one = first; one != nullptr && out.size() < own_addresses_max; one = one->ifa_next) {
    if (auto name = own_address(*one)) out.push_back(*std::move(name));
  }
  return out;
}

std::optional<std::string> own_name() {
  std::array<char, 256> text{};
  if (::gethostname(text.data(), text.size() - 1) != 0) return std::nullopt;
  return host_name(text.data());
}

}  // namespace

std::optional<std::string> host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > name_bytes_max) return std::nullopt;
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (std::string_view rest = lower;;) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    if (!is_label(rest.substr(0, dot))) return std::nullopt;
    if (dot == rest.size()) break;
    rest.remove_prefix(dot + 1);
  }
  if (parse_address(lower)) return std::nullopt;
  return lower;
}

std::optional<Name> parse_name(std::string_view text) {
  if (auto address = parse_address(std::string(text))) return address;
  constexpr std::string_view wildcard = "*.";
  const bool wild = text.starts_with(wildcard);
  const auto name = host_name(wild ? text.substr(wildcard.size()) : text);
  if (!name) return std::nullopt;
  return Name{(wild ? std::string(wildcard) : std::string()) + *name};
}

std::vector<Name> default_names(const std::vector<Name>& more) {
  std::vector<Name> all;
  for (const char* name :
       {"localhost", "127.0.0.1", "::1", "host.docker.internal", "localhost.localstack.cloud", "kinesisd",
        "kinesis", "localstack", "kinesis-mock", "kinesalite"}) {
    all.push_back(*parse_name(name));
  }
  if (const auto name = own_name()) all.push_back({*name});
  for (const auto& names : {own_addresses(), more}) all.insert(all.end(), names.begin(), names.end());
  for (const char* name : {"*.localhost.localstack.cloud", "*.localhost"}) all.push_back(*parse_name(name));

  std::vector<Name> out;
  for (Name& name : all) {
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
  }
  std::stable_partition(out.begin(), out.end(), [](const Name& name) { return !name.text.starts_with('*'); });
  return out;
}

}  // namespace kinesisd::server::tls
