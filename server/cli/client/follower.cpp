#include "server/cli/client/follower.hpp"

#include <algorithm>

#include "server/cli/client/putter.hpp"

namespace kinesisd::server::client {

using protocol::ShardFilterType;
using protocol::ShardIteratorType;
using Clock = std::chrono::steady_clock;

namespace {

ShardFilterType filter_of(ShardIteratorType type) {
  switch (type) {
    case ShardIteratorType::LATEST:
      return ShardFilterType::AT_LATEST;
    case ShardIteratorType::AT_TIMESTAMP:
      return ShardFilterType::FROM_TIMESTAMP;
    default:
      return ShardFilterType::FROM_TRIM_HORIZON;
  }
}

}  // namespace

void Follower::begin() {
  protocol::ListShards::Request request;
  name_stream(request, stream_);
  request.shard_filter = {.type = filter_of(start_.type), .timestamp = start_.timestamp};
  while (true) {
    const auto page = client_.call<protocol::ListShards, protocol::ListShards::Response>(request);
    for (const protocol::Shard& one : page.shards.value_or(std::vector<protocol::Shard>())) {
      Shard& shard = shards_[one.shard_id];
      for (const auto& parent : {one.parent_shard_id, one.adjacent_parent_shard_id}) {
        if (parent) shard.parents.push_back(*parent);
      }
    }
    if (!page.next_token) break;
    request = {};
    request.next_token = page.next_token;
  }
  if (start_.type != ShardIteratorType::LATEST) return;
  for (auto& [shard_id, shard] : shards_) shard.iterator = iterator_of(shard_id, shard);
}

std::string Follower::iterator_of(const std::string& shard_id, const Shard& shard) {
  protocol::GetShardIterator::Request request;
  name_stream(request, stream_);
  request.shard_id = shard_id;
  if (!shard.last_sequence_number.empty()) {
    request.shard_iterator_type = ShardIteratorType::AFTER_SEQUENCE_NUMBER;
    request.starting_sequence_number = shard.last_sequence_number;
  } else if (shard.from_the_start) {
    request.shard_iterator_type = ShardIteratorType::TRIM_HORIZON;
  } else {
    request.shard_iterator_type = start_.type;
    request.timestamp = start_.timestamp;
  }
  const auto answer = client_.call<protocol::GetShardIterator, protocol::GetShardIterator::Response>(request);
  return answer.shard_iterator.value_or("");
}

// Parents that are not read, because they ended long ago, keep nobody waiting.
bool Follower::waits_for_parents(const Shard& shard) const {
  return std::any_of(shard.parents.begin(), shard.parents.end(), [&](const std::string& parent) {
    const auto found = shards_.find(parent);
    return found != shards_.end() && !found->second.ended;
  });
}

bool Follower::is_due(const Shard& shard, Deadline now) const {
  return !shard.ended && shard.due <= now && !waits_for_parents(shard);
}

bool Follower::read_round(const Found& found) {
  std::vector<std::string> due;
  const auto now = Clock::now();
  for (const auto& [shard_id, shard] : shards_) {
    if (is_due(shard, now)) due.push_back(shard_id);
  }
  for (const std::string& shard_id : due) {
    if (!read_page(shard_id, shards_.at(shard_id), found)) return false;
  }
  return true;
}

bool Follower::read_page(const std::string& shard_id, Shard& shard, const Found& found) {
  if (!shard.iterator) shard.iterator = iterator_of(shard_id, shard);
  protocol::GetRecords::Request request;
  request.shard_iterator = *shard.iterator;
  ReadPage page;
  try {
    page = client_.call<protocol::GetRecords, ReadPage>(request);
  } catch (const ServiceError& error) {
    if (!error.is(protocol::ErrorType::ExpiredIteratorException)) throw;
    shard.iterator.reset();
    return true;
  }
  for (const ReadRecord& record : page.records) {
    if (!found(shard_id, record)) return false;
    shard.last_sequence_number = record.sequence_number;
  }
  shard.iterator = page.next_iterator;
  shard.ended = !page.next_iterator;
  shard.at_tip = page.millis_behind == 0;
  const bool paced = shard.at_tip || client_.target().endpoint.is_aws();
  shard.due = paced ? Clock::now() + between_reads : Deadline{};
  if (shard.ended) add_children(page);
  return true;
}

// A child of two parents is named by both.
void Follower::add_children(const ReadPage& page) {
  for (const protocol::ChildShard& child : page.children.value_or(std::vector<protocol::ChildShard>())) {
    shards_.try_emplace(child.shard_id, Shard{.parents = child.parent_shards, .from_the_start = true});
  }
}

void Follower::pause() {
  Deadline next = Clock::now() + between_reads;
  for (const auto& [_, shard] : shards_) {
    if (!shard.ended && !waits_for_parents(shard)) next = std::min(next, shard.due);
  }
  pause_until(next, client_.interrupt());
}

bool Follower::is_at_tip() const {
  return std::all_of(shards_.begin(), shards_.end(),
                     [](const auto& one) { return one.second.ended || one.second.at_tip; });
}

bool Follower::has_ended() const {
  return std::all_of(shards_.begin(), shards_.end(), [](const auto& one) { return one.second.ended; });
}

}  // namespace kinesisd::server::client
