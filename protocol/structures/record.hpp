// A record as readers get it. Data and key are views: whoever fills a response keeps the owner alive.
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/encryption_type.hpp"

namespace kinesisd::protocol {

struct Record {
  std::string sequence_number{};
  std::optional<Timestamp> approximate_arrival_timestamp{};
  BlobView data{};
  std::optional<std::string_view> partition_key{};
  std::optional<EncryptionType> encryption_type{};

  static constexpr auto fields() {
    return std::tuple{
        field("SequenceNumber", &Record::sequence_number, shapes::sequence_number),
        field("ApproximateArrivalTimestamp", &Record::approximate_arrival_timestamp),
        field("Data", &Record::data, shapes::data),
        field("PartitionKey", &Record::partition_key, shapes::partition_key),
        field("EncryptionType", &Record::encryption_type),
    };
  }
};

}  // namespace kinesisd::protocol
