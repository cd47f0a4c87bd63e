// Iterators are good in the region they were made in, as on AWS, where each seals them with keys of its own.
#pragma once

#include <string_view>

#include "protocol/error.hpp"

namespace kinesisd::storage {

struct State;

// Success, or AWS's error for an iterator that is none of this region. Called with the streams' lock held.
protocol::Result<void> check_iterator_region(State& state, std::string_view iterator,
                                             std::string_view region);

}  // namespace kinesisd::storage
