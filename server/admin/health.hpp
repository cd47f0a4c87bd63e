// What health checks are told: that the server lives, that it has started, that it is of use.
#pragma once

#include <string>

#include "server/admin/answer.hpp"

namespace kinesisd::server::own {

// Why a client had better wait, as a sentence; empty: it need not. Not ready is a server whose start-up
// streams are not there yet, or that cannot write.
std::string not_ready_because(const Control& control);

// 200 {"status": "ok", ...} once the server has started, whatever has become of it since; 503 before.
Answer answer_health(Call& call);
// 200 {"status": "live"}.
Answer answer_live(Call& call);
// 200 {"status": "ready"}, or 503 with the reason.
Answer answer_ready(Call& call);

}  // namespace kinesisd::server::own
