#include "server/net/h2c_upgrade.hpp"

#include <boost/beast/http/rfc7230.hpp>
#include <cstdint>
#include <string_view>
#include <utility>

#include "server/net/http2_engine.hpp"

namespace kinesisd::server {

namespace {

namespace http = boost::beast::http;

constexpr std::size_t setting_bytes = 6;
constexpr std::size_t settings_max = 32;  // RFC 9113 and its extensions know fewer
constexpr std::size_t settings_text_max = settings_max * setting_bytes * 4 / 3;

bool lists(boost::beast::string_view value, boost::beast::string_view token) {
  return http::token_list(value).exists(token);
}

std::optional<std::uint32_t> base64url_digit(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
  if (c == '-') return 62;
  if (c == '_') return 63;
  return std::nullopt;
}

std::optional<std::string> decode_base64url(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  std::size_t count = 0;
  for (const char c : text) {
    const auto digit = base64url_digit(c);
    if (!digit) return std::nullopt;
    bits = (bits << 6U | *digit) & 0xFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>(bits >> count));
  }
  return count == 6 ? std::nullopt : std::optional(std::move(out));
}

std::uint32_t number(std::string_view big_endian) {
  std::uint32_t value = 0;
  for (const char c : big_endian) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

bool is_valid(std::uint32_t id, std::uint32_t value) {
  constexpr std::uint32_t window_max = (1U << 31U) - 1;
  constexpr std::uint32_t frame_min = 1U << 14U;
  constexpr std::uint32_t frame_max = (1U << 24U) - 1;
  switch (id) {
    case NGHTTP2_SETTINGS_ENABLE_PUSH:
    case NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL:
    case NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES:
      return value <= 1;
    case NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE:
      return value <= window_max;
    case NGHTTP2_SETTINGS_MAX_FRAME_SIZE:
      return value >= frame_min && value <= frame_max;
    default:
      return true;
  }
}

bool are_valid(std::string_view settings) {
  if (settings.size() % setting_bytes != 0) return false;
  for (; !settings.empty(); settings.remove_prefix(setting_bytes)) {
    if (!is_valid(number(settings.substr(0, 2)), number(settings.substr(2, 4)))) return false;
  }
  return true;
}

}  // namespace

void H2cOffer::see(http::field field, boost::beast::string_view value) {
  if (field == http::field::upgrade) {
    names_h2c_ = names_h2c_ || lists(value, "h2c");
  } else if (field == http::field::connection) {
    connection_upgrade_ = connection_upgrade_ || lists(value, "upgrade");
    connection_settings_ = connection_settings_ || lists(value, "http2-settings");
  } else if (field == http::field::http2_settings) {
    ++settings_seen_;
    settings_.assign(value.data(), value.size());
  }
}

std::optional<std::string> H2cOffer::settings() const {
  if (settings_.size() > settings_text_max) return std::nullopt;
  if (!names_h2c_ || !connection_upgrade_ || !connection_settings_ || settings_seen_ != 1)
    return std::nullopt;
  auto payload = decode_base64url(settings_);
  if (!payload || !are_valid(*payload)) return std::nullopt;
  return payload;
}

void Http2Engine::begin_with(H2cUpgrade upgrade) {
  Stream& stream = open_stream(1);
  stream.in_flight.add(upgrade.request.body.size());
  stream.is_head = upgrade.is_head;
  stream.request = std::move(upgrade.request);
  const auto* settings = reinterpret_cast<const std::uint8_t*>(upgrade.settings.data());
  if (nghttp2_session_upgrade2(session_, settings, upgrade.settings.size(), upgrade.is_head ? 1 : 0,
                               nullptr) != 0 ||
      nghttp2_session_set_stream_user_data(session_, stream.id, &stream) != 0) {
    close_stream(stream);
    nghttp2_session_terminate_session(session_, NGHTTP2_PROTOCOL_ERROR);
    return;
  }
  on_request_end(stream);
}

}  // namespace kinesisd::server
