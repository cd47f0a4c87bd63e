#include "storage/model/sealed_token.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

namespace kinesisd::storage {

namespace {

constexpr std::string_view header{"\0\0\0\0\0\0\0\1", 8};
constexpr std::size_t block = 16;
constexpr std::size_t text_bytes_max = 4096;  // longer ones are not ours

struct CipherDeleter {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::array<unsigned char, 32> hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, 32> hash;
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes(text), text.size(), hash.data(),
           &size) == nullptr)
    throw std::runtime_error("HMAC-SHA256 failed");
  return hash;
}

std::string derive(std::string_view key, std::string_view purpose) {
  const auto hash = hmac_sha256(key, purpose);
  return {hash.begin(), hash.end()};
}

// Encrypts or decrypts whole blocks.
std::string aes_256_cbc(bool encrypt, std::string_view key, std::string_view iv, std::string_view input) {
  static const std::unique_ptr<EVP_CIPHER, CipherDeleter> cipher{
      EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr)};
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter> context{EVP_CIPHER_CTX_new()};
  std::string output(input.size() + block, '\0');
  int written = 0;
  if (EVP_CipherInit_ex2(context.get(), cipher.get(), bytes(key), bytes(iv), encrypt ? 1 : 0, nullptr) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), bytes(output), &written, bytes(input),
                       static_cast<int>(input.size())) != 1)
    throw std::runtime_error("AES-256-CBC failed");
  output.resize(static_cast<std::size_t>(written));
  return output;
}

std::string to_base64(std::string_view raw) {
  std::string text((raw.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(bytes(text), bytes(raw), static_cast<int>(raw.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

// Only what to_base64 writes.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > text_bytes_max) return std::nullopt;
  std::string raw(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(bytes(raw), bytes(text), static_cast<int>(text.size())) < 0) return std::nullopt;
  // The decoder counts padding as data.
  if (text.back() == '=') raw.pop_back();
  if (text[text.size() - 2] == '=') raw.pop_back();
  if (to_base64(raw) != text) return std::nullopt;
  return raw;
}

}  // namespace

TokenSeal::TokenSeal(std::string_view key, Random random)
    : encryption_key_(derive(key, "encrypt")),
      authentication_key_(derive(key, "authenticate")),
      random_(std::move(random)) {
  if (key.size() != seal_key_bytes) throw std::invalid_argument("a token key has 32 bytes");
}

std::string TokenSeal::seal(std::string_view plain) const {
  if (plain.size() % block != 0) throw std::invalid_argument("a token holds whole blocks");
  const std::string iv = random_.bytes(block);
  std::string raw{header};
  raw += iv;
  raw += aes_256_cbc(true, encryption_key_, iv, plain);
  const auto check = hmac_sha256(authentication_key_, raw);
  raw.append(reinterpret_cast<const char*>(check.data()), block);
  return to_base64(raw);
}

std::optional<std::string> TokenSeal::open(std::string_view text) const {
  const auto raw = from_base64(text);
  constexpr std::size_t around = header.size() + 2 * block;
  if (!raw || raw->size() < around || (raw->size() - around) % block != 0 || !raw->starts_with(header))
    return std::nullopt;
  const std::string_view sealed{raw->data(), raw->size() - block};
  const auto check = hmac_sha256(authentication_key_, sealed);
  if (CRYPTO_memcmp(check.data(), raw->data() + sealed.size(), block) != 0) return std::nullopt;
  return aes_256_cbc(false, encryption_key_, sealed.substr(header.size(), block),
                     sealed.substr(header.size() + block));
}

}  // namespace kinesisd::storage
