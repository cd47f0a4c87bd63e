#include "server/auth/parameters.hpp"

namespace kinesisd::server {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Parameter split_at_equals(std::string_view piece) {
  const std::size_t equals = std::min(piece.find('='), piece.size());
  return {piece.substr(0, equals), piece.substr(std::min(equals + 1, piece.size()))};
}

Parameters query_parameters(std::string_view query) {
  Parameters parameters;
  for_each_piece(query, "&", [&](std::string_view piece) { parameters.push_back(split_at_equals(piece)); });
  return parameters;
}

const std::string_view* find(const Parameters& parameters, std::string_view key) {
  auto found =
      std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.key == key; });
  return found == parameters.end() ? nullptr : &found->value;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace kinesisd::server
