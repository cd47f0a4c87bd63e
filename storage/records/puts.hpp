// Records come in: routed, numbered, appended as pending and handed to the journal in one step.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {

struct State;

// `sequence_number_for_ordering` as the client wrote it. An AUTO stream ignores the hash key. An empty
// `judge` has nothing against any record.
Result<PutResult> put_record(State& state, const StreamKey& stream, NewRecord record,
                             const std::optional<std::string>& sequence_number_for_ordering, Timestamp now,
                             const PutJudge& judge = {});
Result<PutManyResult> put_records(State& state, const StreamKey& stream, std::vector<NewRecord> records,
                                  Timestamp now, const PutJudge& judge = {});
// Whether the stream finds shards for its records by itself (AUTO); false when it is not there.
bool places_by_itself(State& state, const StreamKey& stream, Timestamp now);
// Bytes of data plus key the largest record of this stream may have.
Result<std::size_t> record_bytes_max(State& state, const StreamKey& stream, Timestamp now);

// What is left of a call with DryRun that passed all checks: AWS's word that it would have succeeded, or
// that there were too many such calls. For puts `check_put` stands for the put.
protocol::Error end_dry_run(State& state, const StreamKey& stream, Timestamp now);
Result<void> check_put(State& state, const StreamKey& stream,
                       const std::optional<std::string>& sequence_number_for_ordering, Timestamp now);

}  // namespace kinesisd::storage
