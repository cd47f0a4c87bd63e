// What AWS's words leave out: sentences for the log, behind an error or beside it, that say what to do. They
// look at the streams and change nothing but what has been told already.
#pragma once

#include <string>
#include <vector>

#include "server/api/operation.hpp"
#include "server/support/service_clock.hpp"

namespace kinesisd::server {

// What to do about the answer, to stand behind its text in the same line, with a blank before it; empty:
// nothing to say.
std::string hint(const Context& context, const Result<std::string>& body, ServiceClock& clock);

// Lines of their own about shards that take no more, once for each shard and limit. Any call may have met
// them.
std::vector<std::string> write_warnings(GuardedState& streams);

}  // namespace kinesisd::server
