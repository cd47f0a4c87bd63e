// ADDR:PORT as users write it. Resolves no names: `localhost` is the only one known.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kinesisd::server {

struct ListenAddress {
  std::optional<boost::asio::ip::address> ip;  // unset: localhost, that is 127.0.0.1 and [::1]
  std::uint16_t port = 0;                      // 0: any free one
};

// 127.0.0.1:4567, [::1]:4567 or localhost:4567; nullopt for anything else.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace kinesisd::server
