#include "server/admin/metrics.hpp"

#include "server/admin/control.hpp"
#include "server/metrics/exposition.hpp"
#include "server/metrics/page.hpp"

namespace kinesisd::server::own {

Answer answer_metrics(Call& call) {
  const Control& control = call.control;
  if (control.metrics == nullptr) return {error(404, "Nothing is counted here.")};
  const metrics::Sources sources{
      .metrics = *control.metrics, .streams = control.streams, .journal = control.journal, .now = call.now};
  Answer answer;
  answer.blocking = [sources] {
    return Response{
        .status = 200,
        .headers = {{"Content-Type", std::string(metrics::exposition_type)}, {"Cache-Control", "no-store"}},
        .body = metrics::page(sources)};
  };
  return answer;
}

}  // namespace kinesisd::server::own
