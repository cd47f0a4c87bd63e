// The service's time, to be read and moved by tests: an iterator expires, or a record passes its retention,
// in a millisecond. What a jump brings about is decided where time is used.
#pragma once

#include "server/admin/answer.hpp"

namespace kinesisd::server::own {

// GET answers {"now": "2026-01-31T12:00:00.000Z", "now_ms": ..., "offset_ms": ..., "frozen": ...}. PUT and
// POST take {"advance": "25h"}, {"advance_ms": 90000000} or {"set": "2026-02-01T00:00:00Z"}, and with them or
// alone
// {"freeze": true} or {"resume": true}; they answer the same as GET, once the change is durable.
Answer answer_clock(Call& call);

}  // namespace kinesisd::server::own
