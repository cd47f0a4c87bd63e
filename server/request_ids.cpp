#include "server/request_ids.hpp"

#include <cstdint>
#include <random>
#include <string_view>

namespace kinesisd::server {

namespace {

// One generator per thread: ids only have to differ, and a shared one would need a lock.
std::uint64_t random_bits() {
  thread_local std::mt19937_64 generator{std::random_device{}() |
                                         (static_cast<std::uint64_t>(std::random_device{}()) << 32U)};
  return generator();
}

}  // namespace

std::string request_id() {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string id = "00000000-0000-0000-0000-000000000000";
  std::uint64_t bits = 0;
  int left = 0;
  for (char& c : id) {
    if (c == '-') continue;
    if (left == 0) {
      bits = random_bits();
      left = 16;
    }
    c = digits[bits & 15U];
    bits >>= 4U;
    --left;
  }
  return id;
}

std::string extended_request_id() {
  // 72 bytes are 96 characters without padding; each character is six random bits.
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string id(96, 'A');
  std::uint64_t bits = 0;
  int left = 0;
  for (char& c : id) {
    if (left == 0) {
      bits = random_bits();
      left = 10;
    }
    c = alphabet[bits & 63U];
    bits >>= 6U;
    --left;
  }
  return id;
}

}  // namespace kinesisd::server
