// The records of a shard as they are stored, page by page, not charged to anybody.
#pragma once

#include "server/admin/answer.hpp"
#include "server/admin/query.hpp"
#include "storage/state/stream_key.hpp"

namespace kinesisd::server::own {

// `query`: ?shard=&from=&limit=&format=base64|text|json&deaggregate=true|false: {"records": [...], "next":
// where to go on}. The stream is there.
Answer answer_records(Call& call, const storage::StreamKey& stream, const Query& query);

}  // namespace kinesisd::server::own
