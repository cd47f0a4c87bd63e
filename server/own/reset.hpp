// Taking everything away, and putting back what was there at a named moment: what test suites do between
// tests.
#pragma once

#include "server/own/answer.hpp"

namespace kinesisd::server::own {

// POST {} or {"account": ..., "region": ..., "faults": true}: {"streams": how many there were}. What is set
// on the server (the clock, rules for faults) stays; with "faults": true all rules go.
Answer answer_reset(Call& call);

// GET: {"snapshots": [{"name": ..., "saved": ..., "streams": ...}, ...]}.
Answer list_snapshots(Call& call);

// The name is the call's argument. PUT saves ({} or a scope, as for reset), POST restores (also with /restore
// behind the name), DELETE forgets.
Answer answer_snapshot(Call& call);

}  // namespace kinesisd::server::own
