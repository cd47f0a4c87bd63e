// Opaque texts: what a client carries for us and can neither read nor alter. The form is that of AWS's shard
// iterators. Knows nothing of the content.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/model/random.hpp"

namespace kinesisd::storage {

inline constexpr std::size_t seal_key_bytes = 32;

// Any thread may use one at the same time as others.
class TokenSeal {
 public:
  // `key` has seal_key_bytes bytes. `random` makes each text another.
  explicit TokenSeal(std::string_view key, Random random = Random());

  // Base64 of 8 fixed bytes and 32 + `plain` bytes; another text at every call. The size of `plain` is a
  // multiple of 16.
  std::string seal(std::string_view plain) const;

  // What was sealed with this key; nullopt for every other text.
  std::optional<std::string> open(std::string_view text) const;

 private:
  std::string encryption_key_;
  std::string authentication_key_;
  mutable Random random_;
};

}  // namespace kinesisd::storage
