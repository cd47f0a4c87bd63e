#include "server/admin/json_body.hpp"

#include <charconv>

#include "protocol/json.hpp"
#include "protocol/wire.hpp"

namespace kinesisd::server::own {

std::optional<std::string> percent_decoded(std::string_view text) {
  constexpr std::size_t escape_size = 3;  // %XX
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < escape_size) return std::nullopt;
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    const auto [end, bad] = std::from_chars(digits, digits + 2, byte, 16);
    if (bad != std::errc() || end != digits + 2) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += escape_size - 1;
  }
  if (!protocol::wire::is_utf8(decoded)) return std::nullopt;
  return decoded;
}

std::optional<std::string_view> text_in_body(std::string& body, std::string_view member) {
  namespace wire = protocol::wire;
  const auto tree = protocol::json::parse(body);
  if (!tree || tree.value().root().kind != wire::Kind::map) return std::nullopt;
  std::optional<std::string_view> found;
  const wire::Node& root = tree.value().root();
  const wire::Node* key = root.first();
  for (std::uint32_t i = 0; i < root.count; ++i) {
    const wire::Node* value = key->next();
    if (key->text() == member) {
      found = value->kind == wire::Kind::text ? std::optional(value->text()) : std::nullopt;
    }
    key = value->next();
  }
  return found;
}

}  // namespace kinesisd::server::own
