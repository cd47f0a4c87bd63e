// The change from HTTP/1.1 to HTTP/2 without TLS that a request may ask for (RFC 7540, 3.2). Knows no
// sockets.
#pragma once

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <optional>
#include <string>

#include "server/http/http_message.hpp"

namespace kinesisd::server {

// What a request's headers say of it, collected one by one.
class H2cOffer {
 public:
  void see(boost::beast::http::field field, boost::beast::string_view value);

  // The client's SETTINGS, as the payload of their frame; nullopt: nothing is asked for, or not as it should
  // be.
  std::optional<std::string> settings() const;

 private:
  bool names_h2c_ = false;
  bool connection_upgrade_ = false;
  bool connection_settings_ = false;
  std::size_t settings_seen_ = 0;
  std::string settings_;  // base64url
};

// The request that asked for it, whole; its answer is HTTP/2's stream 1.
struct H2cUpgrade {
  std::string settings;
  Request request;
  bool is_head = false;
};

}  // namespace kinesisd::server
