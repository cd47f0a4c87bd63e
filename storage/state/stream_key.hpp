// How streams and consumers are named: by world and name, or by ARN. Knows no stream.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace kinesisd::storage {

// An account in a region. Streams of different worlds never meet.
struct World {
  std::string account;
  std::string region;
  friend auto operator<=>(const World&, const World&) = default;
};

struct StreamKey {
  World world;
  std::string name;
  friend auto operator<=>(const StreamKey&, const StreamKey&) = default;
};

// arn:{partition}:kinesis:{region}:{account}:stream/{name}; the partition follows the region.
std::string arn(const StreamKey& stream);

// A registration of a consumer: the same name registered anew is another consumer.
struct ConsumerKey {
  StreamKey stream;
  std::string name;
  std::int64_t created_s = 0;
  friend auto operator<=>(const ConsumerKey&, const ConsumerKey&) = default;
};

// {ARN of the stream}/consumer/{name}:{created_s}
std::string arn(const ConsumerKey& consumer);

}  // namespace kinesisd::storage
