#include "storage/model/hash_key.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace kinesisd::storage {

namespace {

struct DigestDeleter {
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Fetching an algorithm costs more than hashing a key with it, so it is done once.
const EVP_MD* md5() {
  static const std::unique_ptr<EVP_MD, DigestDeleter> digest{EVP_MD_fetch(nullptr, "MD5", nullptr)};
  if (!digest) throw std::runtime_error("this OpenSSL has no MD5, which places records on shards");
  return digest.get();
}

}  // namespace

std::string to_string(HashKey key) {
  std::array<char, 40> digits;
  auto at = digits.end();
  do {
    *--at = static_cast<char>('0' + static_cast<int>(key % 10));
    key /= 10;
  } while (key != 0);
  return {at, digits.end()};
}

std::optional<HashKey> parse_hash_key(std::string_view decimal) {
  if (decimal.empty()) return std::nullopt;
  HashKey key = 0;
  for (char c : decimal) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<unsigned>(c - '0');
    if (key > (hash_key_max - digit) / 10) return std::nullopt;
    key = key * 10 + digit;
  }
  return key;
}

HashKey hash_of(std::string_view partition_key) {
  thread_local const std::unique_ptr<EVP_MD_CTX, DigestDeleter> context{EVP_MD_CTX_new()};
  std::array<unsigned char, 16> hash;
  if (EVP_DigestInit_ex2(context.get(), md5(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), partition_key.data(), partition_key.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) != 1)
    throw std::runtime_error("MD5 of a partition key failed");
  HashKey key = 0;
  for (unsigned char byte : hash) key = key << 8 | byte;
  return key;
}

HashKeyRange even_range(std::uint32_t index, std::uint32_t count) {
  // floor(2^128 / count) without 2^128 itself: the remainder of 2^128-1 tells whether one more fits.
  HashKey width = hash_key_max / count;
  if (hash_key_max % count == count - 1) ++width;
  if (count == 1) return {};
  return {width * index, index + 1 == count ? hash_key_max : width * (index + 1) - 1};
}

}  // namespace kinesisd::storage
