#include "storage/state/stream_key.hpp"

#include <array>
#include <string_view>

namespace kinesisd::storage {

namespace {

struct Partition {
  std::string_view region_prefix;
  std::string_view name;
};

constexpr std::array partitions{
    Partition{"cn-", "aws-cn"},         Partition{"us-gov-", "aws-us-gov"},
    Partition{"us-isob-", "aws-iso-b"}, Partition{"us-isof-", "aws-iso-f"},
    Partition{"us-iso-", "aws-iso"},    Partition{"eu-isoe-", "aws-iso-e"},
    Partition{"eusc-", "aws-eusc"},
};

std::string_view partition_of(std::string_view region) {
  for (const auto& partition : partitions)
    if (region.starts_with(partition.region_prefix)) return partition.name;
  return "aws";
}

}  // namespace

std::string arn(const StreamKey& stream) {
  std::string text = "arn:";
  text += partition_of(stream.world.region);
  text += ":kinesis:" + stream.world.region + ":" + stream.world.account + ":stream/" + stream.name;
  return text;
}

std::string arn(const ConsumerKey& consumer) {
  return arn(consumer.stream) + "/consumer/" + consumer.name + ":" + std::to_string(consumer.created_s);
}

}  // namespace kinesisd::storage
