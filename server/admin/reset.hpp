// Taking everything away, and putting back what was there at a named moment: what test suites do between
// tests.
#pragma once

#include "server/admin/answer.hpp"
#include "storage/state/stream_key.hpp"

namespace kinesisd::server::own {

// POST {} or {"account": ..., "region": ..., "stream": ..., "faults": true}: {"streams": how many there
// were}; each that is left out means all. What is set on the server (the clock, rules for faults) stays; with
// "faults": true all rules go.
Answer answer_reset(Call& call);

// Takes all records of a stream away: {"records": how many could be read}, or 404.
Answer empty_stream(const Call& call, const storage::StreamKey& stream);

// Takes all streams away, whatever the body says, and answers `body`.
Answer reset_all(const Call& call, std::string_view body);

// GET: {"snapshots": [{"name": ..., "saved": ..., "streams": ...}, ...]}.
Answer list_snapshots(Call& call);

// The name is the call's argument. PUT saves ({} or a scope, as for reset), POST restores (also with /restore
// behind the name), DELETE forgets.
Answer answer_snapshot(Call& call);

}  // namespace kinesisd::server::own
