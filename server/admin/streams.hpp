// What there is, for people and tests that look into it: streams of all worlds, one stream, its records.
#pragma once

#include "server/admin/answer.hpp"
#include "storage/state/stream_key.hpp"

namespace kinesisd::server::own {

// GET ?account=&region=&limit=&next=: {"streams": [...], "next": what the next page asks for}.
Answer list_streams(Call& call);

// The call's argument is a stream's name, its world is ?account=&region=. GET NAME?from=&limit= tells of the
// stream with its shards and consumers, GET NAME/records of its records (own/records.hpp); DELETE
// NAME/records takes those away (own/reset.hpp).
Answer answer_stream(Call& call);

// 404, and where else there is a stream of this name.
Response no_such_stream(const Control& control, const storage::StreamKey& key, storage::Timestamp now);

}  // namespace kinesisd::server::own
