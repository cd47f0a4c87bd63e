#include "server/http/request_ids.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/base64.hpp"

namespace kinesisd::server {

namespace {

constexpr std::size_t id_bytes = 16;
constexpr std::size_t extended_bytes = 72;

// UUID-shaped, with a random version.
std::string request_id(std::string_view random) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string id = "00000000-0000-0000-0000-000000000000";
  std::size_t nibble = 0;
  for (char& c : id) {
    if (c == '-') continue;
    const auto byte = static_cast<unsigned char>(random[nibble / 2]);
    c = digits[nibble % 2 == 0 ? byte >> 4U : byte & 15U];
    ++nibble;
  }
  return id;
}

}  // namespace

RequestIds make_request_ids(storage::Random& random) {
  const std::string bytes = random.bytes(id_bytes + extended_bytes);
  const std::string_view view = bytes;
  RequestIds ids{.id = request_id(view.substr(0, id_bytes)), .id_2 = {}};
  protocol::base64::encode(view.substr(id_bytes), ids.id_2);
  return ids;
}

}  // namespace kinesisd::server
