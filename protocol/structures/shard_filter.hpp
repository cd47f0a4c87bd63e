// Which shards ListShards shows.
#pragma once

#include <boost/describe/enum.hpp>

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

enum class ShardFilterType {
  AFTER_SHARD_ID,
  AT_TRIM_HORIZON,
  FROM_TRIM_HORIZON,
  AT_LATEST,
  AT_TIMESTAMP,
  FROM_TIMESTAMP,
};
BOOST_DESCRIBE_ENUM(ShardFilterType, AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST,
                    AT_TIMESTAMP, FROM_TIMESTAMP)

struct ShardFilter {
  ShardFilterType type{};
  std::optional<std::string> shard_id{};
  std::optional<Timestamp> timestamp{};

  static constexpr auto fields() {
    return std::tuple{
        field("Type", &ShardFilter::type),
        field("ShardId", &ShardFilter::shard_id, shapes::shard_id),
        field("Timestamp", &ShardFilter::timestamp),
    };
  }
};

}  // namespace kinesisd::protocol
