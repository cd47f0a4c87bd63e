#include "storage/state/resharding.hpp"

#include <algorithm>

namespace kinesisd::storage {

Resharding::Resharding(State& state, Stream& stream)
    : state_(state), stream_(stream), at_(stream.row.transition_ends), old_shards_(stream.shards.size()) {
  // Records of a parent arrived before it closed, those of a child not before that: whoever begins with the
  // shards of an instant finds every record from there on.
  for (const Shard* shard : stream.open) {
    const bool used = shard->row.next_index > 1;
    at_ = std::max(at_, shard->last_arrival + std::chrono::milliseconds{used ? 1 : 0});
  }
}

void Resharding::run(StreamChanged& change) {
  const Reshard planned = stream_.row.reshard;
  std::visit([this](const auto& plan) { perform(plan); }, planned);
  stream_.row.reshard = NoReshard{};
  stream_.row.transition = Transition::none;
  index_open_shards(stream_);
  for (const ShardIndex index : closed_) change.closed.push_back(stream_.shards[index.value]->row);
  for (std::size_t i = old_shards_; i < stream_.shards.size(); ++i)
    change.opened.push_back(stream_.shards[i]->row);
}

void Resharding::perform(const NoReshard& /*nothing*/) {}

void Resharding::perform(const SplitOne& plan) {
  split(*stream_.shards[plan.shard.value], plan.at);
}

void Resharding::perform(const MergeTwo& plan) {
  merge(*stream_.shards[plan.lower.value], *stream_.shards[plan.upper.value]);
}

// From left to right: what is too narrow is merged with its neighbour, of which the part that is too much is
// split off before. AWS's order (observed for 4 to 3 shards: 6, 9 and 10 were open in the end).
void Resharding::perform(const Rescale& plan) {
  std::deque<Shard*> rest(stream_.open.begin(), stream_.open.end());
  const auto take = [&] {
    Shard* first = rest.front();
    rest.pop_front();
    return first;
  };
  const auto cut_after = [&](Shard* shard, HashKey ends) {
    if (shard->row.range.ending <= ends) return shard;
    const auto [lower, upper] = split(*shard, ends + 1);
    rest.push_front(upper);
    return lower;
  };
  for (std::int32_t i = 0; i < plan.shards; ++i) {
    const HashKey ends = end_of(i, plan.shards);
    Shard* current = cut_after(take(), ends);
    while (current->row.range.ending < ends) current = merge(*current, *cut_after(take(), ends));
  }
}

void Resharding::perform(const SplitBusy& plan) {
  for (const ShardIndex index : plan.shards) {
    Shard& shard = *stream_.shards[index.value];
    split(shard, middle_of(shard.row.range));
  }
}

// Where range `index` of `count` even ones ends. An end there is already stays where it is if only the
// rounding of widths keeps it from being the same: twice as many shards are made by splitting each.
HashKey Resharding::end_of(std::int32_t index, std::int32_t count) const {
  const HashKey even =
      even_range(static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(count)).ending;
  const auto rounding = static_cast<HashKey>(std::max(stream_.open_count(), count));
  const auto after =
      std::lower_bound(stream_.open.begin(), stream_.open.end(), even,
                       [](const Shard* shard, HashKey wanted) { return shard->row.range.ending < wanted; });
  if (after != stream_.open.end() && (*after)->row.range.ending - even <= rounding)
    return (*after)->row.range.ending;
  if (after != stream_.open.begin() && even - after[-1]->row.range.ending <= rounding)
    return after[-1]->row.range.ending;
  return even;
}

std::pair<Shard*, Shard*> Resharding::split(Shard& parent, HashKey upper_starts) {
  close(parent);
  const HashKeyRange range = parent.row.range;
  Shard* lower = open({range.starting, upper_starts - 1}, parent, nullptr);
  return {lower, open({upper_starts, range.ending}, parent, nullptr)};
}

Shard* Resharding::merge(Shard& lower, Shard& upper) {
  close(lower);
  close(upper);
  // At the same time, also where numbers count.
  lower.row.closed_s = upper.row.closed_s = std::max(lower.row.closed_s, upper.row.closed_s);
  return open({lower.row.range.starting, upper.row.range.ending}, lower, &upper);
}

// The seconds in sequence numbers are logical: no shard closes before it opens, however fast reshards follow
// each other.
void Resharding::close(Shard& shard) {
  shard.row.closed = at_;
  shard.row.closed_s = logical_s(shard.row.created_s, shard.row.next_index - 1, at_);
  if (shard.row.index.value < old_shards_) closed_.push_back(shard.row.index);
}

Shard* Resharding::open(HashKeyRange range, const Shard& parent, const Shard* adjacent_parent) {
  auto child = std::make_unique<Shard>();
  ShardRow& row = child->row;
  row.serial = state_.next_shard_serial++;
  row.index = {static_cast<std::uint32_t>(stream_.shards.size())};
  row.range = range;
  row.parent = parent.row.index;
  row.created_s = *parent.row.closed_s + 1;
  if (adjacent_parent != nullptr) {
    row.adjacent_parent = adjacent_parent->row.index;
    row.created_s = std::max(row.created_s, *adjacent_parent->row.closed_s + 1);
  }
  row.opened = at_;
  child->last_arrival = at_;
  child->history = parent.history;
  if (parent.history != 0) child->parted_at = 1;  // another history may have had a shard in its place
  child->stream = &stream_;
  state_.shards[row.serial] = child.get();
  stream_.shards.push_back(std::move(child));
  return stream_.shards.back().get();
}

}  // namespace kinesisd::storage
