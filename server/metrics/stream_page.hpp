// What CloudWatch tells of streams, shards and consumers, in Prometheus's words.
//
// The name is CloudWatch's behind `kinesis_`, shard-level ones behind `kinesis_shard_`, with underscores for
// dots. What CloudWatch adds up is a counter and ends in `_total`; what it averages is a summary, whose
// `_sum` divided by `_count` is the average; an age is a gauge that shows the last one. Labels are
// CloudWatch's dimensions, and account and region. Knows no streams but those it is given.
#pragma once

#include "server/metrics/exposition.hpp"
#include "storage/state/counts.hpp"

namespace kinesisd::server::metrics {

void write_stream_metrics(Exposition& out, const storage::Counted& counted);

}  // namespace kinesisd::server::metrics
