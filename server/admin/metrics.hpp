// GET /metrics.
#pragma once

#include "server/admin/answer.hpp"

namespace kinesisd::server::own {

// What metrics/page.hpp has to say.
Answer answer_metrics(Call& call);

}  // namespace kinesisd::server::own
