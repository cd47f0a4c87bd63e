#include "server/operations/read_warning.hpp"

#include <fmt/core.h>

namespace kinesisd::server {

namespace {

std::string rates(const storage::ReadExcess& excess) {
  switch (excess.limit) {
    case storage::ReadLimit::bytes: {
      // Up to the next tenth: what is over the limit never reads as the limit.
      constexpr std::int64_t tenth = 100'000;
      constexpr std::int64_t megabyte = 10 * tenth;
      const auto tenths = (excess.per_second + tenth - 1) / tenth;
      return fmt::format("{}.{} MB/s, limit {}", tenths / 10, tenths % 10,
                         storage::shard_read_bytes_per_second / megabyte);
    }
    case storage::ReadLimit::get_records:
      return fmt::format("{} calls/s, limit {}", excess.per_second, storage::shard_get_records_per_second);
    case storage::ReadLimit::iterators:
      break;
  }
  return fmt::format("{} calls/s, limit {}", excess.per_second, storage::shard_iterators_per_second);
}

}  // namespace

std::string read_warning(std::string_view operation, std::string_view shard_id, std::string_view stream,
                         const storage::ReadExcess& excess) {
  return fmt::format("AWS would have throttled {} on {} of {}: {}; --limits data enforces it", operation,
                     shard_id, stream, rates(excess));
}

}  // namespace kinesisd::server
