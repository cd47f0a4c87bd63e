#include "storage/model/random.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace kinesisd::storage {

namespace {

constexpr int double_rounds = 4;
constexpr std::string_view seed_purpose = "kinesisd --seed ";

// "expand 32-byte k", as every ChaCha block begins.
constexpr std::array<std::uint32_t, 4> constants{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

template <class Key>
Key random_key() {
  Key key;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), sizeof key) != 1)
    throw std::runtime_error("no random bytes to be had");
  return key;
}

// The same key from the same text and the same `from`, and nothing that tells of one of them.
template <class Key>
Key derived_key(const void* from, std::size_t from_bytes, std::string_view text) {
  Key key;
  unsigned size = sizeof key;
  if (HMAC(EVP_sha256(), from, static_cast<int>(from_bytes),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(key.data()), &size) == nullptr)
    throw std::runtime_error("HMAC-SHA256 failed");
  return key;
}

void quarter_round(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d) {
  a += b;
  d = std::rotl(d ^ a, 16);
  c += d;
  b = std::rotl(b ^ c, 12);
  a += b;
  d = std::rotl(d ^ a, 8);
  c += d;
  b = std::rotl(b ^ c, 7);
}

}  // namespace

Random::Random(std::optional<std::uint64_t> seed)
    : key_(seed ? derived_key<Key>("", 0, std::string(seed_purpose) + std::to_string(*seed))
                : random_key<Key>()) {}

Random::Random(Random&& other) noexcept
    : key_(other.key_), counter_(other.counter_.load(std::memory_order_relaxed)) {}

Random Random::fork(std::string_view purpose) const {
  return Random(derived_key<Key>(key_.data(), sizeof key_, purpose));
}

Random::Block Random::block() {
  const std::uint64_t counter = counter_.fetch_add(1, std::memory_order_relaxed);
  Block start{};
  auto end = std::copy(constants.begin(), constants.end(), start.begin());
  end = std::copy(key_.begin(), key_.end(), end);
  *end++ = static_cast<std::uint32_t>(counter);
  *end = static_cast<std::uint32_t>(counter >> 32U);

  Block x = start;
  for (int i = 0; i < double_rounds; ++i) {
    for (std::size_t column = 0; column < 4; ++column)
      quarter_round(x[column], x[column + 4], x[column + 8], x[column + 12]);
    for (std::size_t column = 0; column < 4; ++column)
      quarter_round(x[column], x[(column + 1) % 4 + 4], x[(column + 2) % 4 + 8], x[(column + 3) % 4 + 12]);
  }
  for (std::size_t i = 0; i < block_words; ++i) x[i] += start[i];
  return x;
}

std::uint64_t Random::next() {
  const Block words = block();
  return words[0] | static_cast<std::uint64_t>(words[1]) << 32U;
}

std::string Random::bytes(std::size_t count) {
  std::string out(count, '\0');
  for (std::size_t done = 0; done < count; done += sizeof(Block)) {
    const Block words = block();
    std::memcpy(out.data() + done, words.data(), std::min(sizeof(Block), count - done));
  }
  return out;
}

double Random::uniform() {
  return static_cast<double>(next() >> 11U) * 0x1p-53;  // as many bits as a double holds exactly
}

// The high half of a product of 128 bits. Some values come more often than others by one part in 2^64 / end.
std::uint64_t Random::below(std::uint64_t end) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(next()) * end >> 64U);
}

}  // namespace kinesisd::storage
