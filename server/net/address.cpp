#include "server/net/address.hpp"

#include <charconv>

namespace kinesisd::server {

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  ListenAddress address;
  const std::string_view port = text.substr(colon + 1);
  const auto [end, wrong] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (wrong != std::errc{} || end != port.data() + port.size()) return std::nullopt;

  std::string_view host = text.substr(0, colon);
  if (host == "localhost") return address;
  boost::system::error_code error;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    address.ip = boost::asio::ip::make_address_v6(std::string(host), error);
  } else {
    address.ip = boost::asio::ip::make_address_v4(std::string(host), error);
  }
  if (error) return std::nullopt;
  return address;
}

}  // namespace kinesisd::server
