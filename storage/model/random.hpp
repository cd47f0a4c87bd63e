// Where everything random in ids, tokens and decisions comes from. With a seed the same values come again in
// the same order. Not for keys and certificates of TLS, which nobody may be able to foretell.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kinesisd::storage {

// Each call counts a counter up and scrambles it with a key (ChaCha8), so any thread may call at any time
// without a lock; which of two threads gets which value is then a matter of luck, also with a seed.
class Random {
 public:
  // Without a seed its values cannot be foretold.
  explicit Random(std::optional<std::uint64_t> seed = std::nullopt);
  // Two of the same values are never wanted. To be moved before other threads know of it.
  Random(Random&& other) noexcept;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;

  // Another generator, which neither disturbs this one nor depends on how often this one was called. The same
  // purpose gives the same generator: each part of the server that takes values has its own.
  Random fork(std::string_view purpose) const;

  std::uint64_t next();
  std::string bytes(std::size_t count);
  // In [0, 1).
  double uniform();
  // In [0, end); `end` is not 0.
  std::uint64_t below(std::uint64_t end);

 private:
  static constexpr std::size_t block_words = 16;
  using Key = std::array<std::uint32_t, 8>;
  using Block = std::array<std::uint32_t, block_words>;

  explicit Random(const Key& key) : key_(key) {}
  Block block();

  Key key_;
  std::atomic<std::uint64_t> counter_{0};
};

}  // namespace kinesisd::storage
