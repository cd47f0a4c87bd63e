// Where a subscription starts.
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/shard_iterator_type.hpp"

namespace kinesisd::protocol {

struct StartingPosition {
  ShardIteratorType type{};
  std::optional<std::string> sequence_number{};
  std::optional<Timestamp> timestamp{};

  static constexpr auto fields() {
    return std::tuple{
        field("Type", &StartingPosition::type),
        field("SequenceNumber", &StartingPosition::sequence_number, shapes::sequence_number),
        field("Timestamp", &StartingPosition::timestamp),
    };
  }
};

}  // namespace kinesisd::protocol
