// Brings the streams to what a plan says, with the checks of the API: what is there and equal stays, what
// differs is changed as the API would change it. Writes nothing itself: the changes wait in the journal.
#pragma once

#include "server/startup/plan.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {
struct State;
}

namespace kinesisd::server::startup {

// What is made is ACTIVE at once, and records are not throttled. Throws document::Problem with what the API
// would have refused; the journal is then to be dropped with what waits in it.
void carry_out(const Plan& plan, storage::State& state, storage::Timestamp now);

}  // namespace kinesisd::server::startup
