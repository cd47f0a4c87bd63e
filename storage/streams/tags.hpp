// Tags of streams and consumers.
#pragma once

#include <string>
#include <vector>

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

Result<Ticket> add_tags(State& state, const ResourceName& resource, const Tags& tags, Timestamp now);
Result<Ticket> remove_tags(State& state, const ResourceName& resource, const std::vector<std::string>& keys,
                           Timestamp now);
Result<Tags> tags_of(State& state, const ResourceName& resource, Timestamp now);

}  // namespace kinesisd::storage
