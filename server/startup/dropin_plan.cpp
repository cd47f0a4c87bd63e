#include "server/startup/dropin_plan.hpp"

#include <fmt/core.h>

#include <set>
#include <utility>

namespace kinesisd::server::dropin {

void plan_streams(const Settings& settings, startup::Plan& plan) {
  std::set<storage::StreamKey> planned_before;
  for (const startup::PlannedStream& planned : plan.streams) planned_before.insert(planned.key);
  for (const InitialStream& stream : settings.wishes.streams) {
    const std::string where = fmt::format("INITIALIZE_STREAMS: {}", stream.name);
    const bool apart = settings.worlds != Worlds::one;
    startup::PlannedStream planned{
        .key = {{settings.account_id, apart ? stream.region.value_or(settings.region) : settings.region},
                stream.name},
        .where = where};
    if (!planned_before.insert(planned.key).second) continue;  // as one that is there already
    planned.keep_existing = true;
    planned.shards = startup::Planned<std::int32_t>{stream.shards, where};
    plan.streams.push_back(std::move(planned));
  }
}

std::string fault_rules(const Wishes& wishes) {
  if (wishes.error_probability == 0) return {};
  return fmt::format(
      R"([{{"id": "KINESIS_ERROR_PROBABILITY", "operation": "PutRecord", "probability": {0}, )"
      R"("throttle": true}}, )"
      R"({{"id": "KINESIS_ERROR_PROBABILITY-records", "operation": "PutRecords", "probability": {0}, )"
      R"("records": {{"share": 1}}}}])",
      wishes.error_probability);
}

}  // namespace kinesisd::server::dropin
