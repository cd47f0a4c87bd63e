// What the operating system knows of this process, under the names Prometheus's own clients use.
#pragma once

#include "server/metrics/exposition.hpp"

namespace kinesisd::server::metrics {

void write_process(Exposition& out);

}  // namespace kinesisd::server::metrics
