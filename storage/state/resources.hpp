// What has tags and a policy: a stream, or a consumer of one. Found by name, changed as a part of its
// stream's row. The streams' lock is held.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "storage/state/state.hpp"

namespace kinesisd::storage {

// Where a consumer stands among its stream's. An iterator's worth of trust: good until the row changes.
struct Resource {
  Stream* stream;
  std::optional<std::size_t> consumer;  // its place in the stream's row

  const Tags& tags() const { return consumer ? stream->row.consumers[*consumer].tags : stream->row.tags; }
  const std::string& policy() const {
    return consumer ? stream->row.consumers[*consumer].policy : stream->row.policy;
  }

  // `change` is given the StreamRow or the ConsumerRow.
  template <class Change_>
  Ticket edit(State& state, Change_&& change) const {
    return state.edit(*stream, [&](StreamRow& row) {
      if (consumer)
        change(row.consumers[*consumer]);
      else
        change(row);
    });
  }
};

// The place of a consumer in its stream's row, or AWS's error. One that was deleted is not there.
Result<std::size_t> require_consumer(const Stream& stream, const ConsumerName& name, Timestamp now);

Result<Resource> require_resource(State& state, const ResourceName& name, Timestamp now);
// For a change: neither being created nor being deleted.
Result<Resource> require_changeable(State& state, const ResourceName& name, Timestamp now);

}  // namespace kinesisd::storage
