#include "server/api/worlds.hpp"

#include <fmt/core.h>

#include <cstdint>
#include <string>

#include "server/support/account_id.hpp"

namespace kinesisd::server {

namespace {

constexpr std::uint64_t accounts = 1'000'000'000'000;

// FNV-1a: the same account for the same key on every machine and in every run, because ARNs show it.
std::string account_computed_from(std::string_view access_key_id) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (const char c : access_key_id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
  return fmt::format("{:012}", hash % accounts);
}

std::string account_of(std::string_view access_key_id, Worlds worlds, const storage::World& fallback) {
  if (is_account_id(access_key_id)) return std::string(access_key_id);
  const bool computed = worlds == Worlds::key && !access_key_id.empty();
  return computed ? account_computed_from(access_key_id) : fallback.account;
}

}  // namespace

storage::World world_of(std::string_view access_key_id, std::string_view region, Worlds worlds,
                        const storage::World& fallback) {
  if (worlds == Worlds::one) return fallback;
  return {.account = account_of(access_key_id, worlds, fallback),
          .region = region.empty() ? fallback.region : std::string(region)};
}

}  // namespace kinesisd::server
