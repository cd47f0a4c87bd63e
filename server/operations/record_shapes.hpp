// Storage's pages of records turned into AWS's structures, for those who read a shard.
#pragma once

#include <vector>

#include "protocol/structures/record.hpp"
#include "protocol/structures/shard.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::server {

// The records view into the page, which has to live as long.
std::vector<protocol::Record> to_wire(const storage::ShardPage& page);
std::vector<protocol::ChildShard> to_wire(const std::vector<storage::ChildShard>& children);

}  // namespace kinesisd::server
