#include "protocol/base64.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "protocol/wire.hpp"

namespace kinesisd::protocol::base64 {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Two characters for every 12 bits, so that three bytes take two look-ups.
constexpr auto pairs = [] {
  std::array<std::array<char, 2>, 4096> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = {alphabet[i >> 6], alphabet[i & 63]};
  return table;
}();

constexpr std::uint32_t invalid = 0x80;

constexpr auto sextets = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(invalid);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

std::uint32_t sextet(char c) {
  return sextets[static_cast<unsigned char>(c)];
}

std::uint32_t byte(char c) {
  return static_cast<unsigned char>(c);
}

}  // namespace

void encode(std::string_view bytes, std::string& out) {
  const std::size_t at = out.size();
  out.resize(at + (bytes.size() + 2) / 3 * 4);
  char* to = out.data() + at;
  const char* from = bytes.data();
  for (std::size_t left = bytes.size() / 3; left != 0; --left, from += 3, to += 4) {
    const std::uint32_t group = byte(from[0]) << 16 | byte(from[1]) << 8 | byte(from[2]);
    std::memcpy(to, pairs[group >> 12].data(), 2);
    std::memcpy(to + 2, pairs[group & 4095].data(), 2);
  }
  const std::size_t rest = bytes.size() % 3;
  if (rest == 0) return;
  const std::uint32_t group = byte(from[0]) << 16 | (rest == 2 ? byte(from[1]) << 8 : 0);
  std::memcpy(to, pairs[group >> 12].data(), 2);
  to[2] = rest == 2 ? pairs[group & 4095][0] : '=';
  to[3] = '=';
}

bool decode(std::string_view text, std::string& out) {
  out.clear();
  if (text.empty()) return true;
  if (text.size() % 4 != 0) return false;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.resize(text.size() / 4 * 3 - padding);
  const char* from = text.data();
  char* to = out.data();
  std::uint32_t seen = 0;  // gathers the invalid bit, to be looked at once
  for (std::size_t left = text.size() / 4 - 1; left != 0; --left, from += 4, to += 3) {
    const std::uint32_t a = sextet(from[0]), b = sextet(from[1]), c = sextet(from[2]), d = sextet(from[3]);
    seen |= a | b | c | d;
    const std::uint32_t group = a << 18 | b << 12 | c << 6 | d;
    to[0] = static_cast<char>(group >> 16);
    to[1] = static_cast<char>(group >> 8);
    to[2] = static_cast<char>(group);
  }
  const std::uint32_t a = sextet(from[0]), b = sextet(from[1]);
  const std::uint32_t c = padding == 2 ? 0 : sextet(from[2]), d = padding == 0 ? sextet(from[3]) : 0;
  seen |= a | b | c | d;
  const std::uint32_t group = a << 18 | b << 12 | c << 6 | d;
  to[0] = static_cast<char>(group >> 16);
  if (padding < 2) to[1] = static_cast<char>(group >> 8);
  if (padding < 1) to[2] = static_cast<char>(group);
  const bool canonical = padding == 0 || (padding == 1 ? (c & 3) == 0 : (b & 15) == 0);
  return (seen & invalid) == 0 && canonical;
}

std::string problem(std::string_view text) {
  const std::size_t length = wire::utf16_length(text);
  if (length % 4 != 0) {
    return fmt::format("Base64 encoded length is expected a multiple of 4 bytes but found: {}", length);
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool padding_inside = text[i] == '=' && i + 1 < text.size() && text[i + 1] != '=';
    if (!padding_inside && (text[i] == '=' || sextet(text[i]) != invalid)) continue;
    std::size_t end = i + 1;  // of a character of several bytes, all are shown
    while (end < text.size() && (byte(text[end]) & 0xC0) == 0x80) ++end;
    return fmt::format("Invalid Base64 character: '{}'", text.substr(i, end - i));
  }
  return "Invalid last non-pad Base64 character dectected";  // AWS's spelling
}

}  // namespace kinesisd::protocol::base64
