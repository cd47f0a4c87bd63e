// What AWS says when it fails the way a rule wants it to. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/error.hpp"
#include "server/faults/trouble.hpp"

namespace kinesisd::server::faults {

// Of the type's name; nullopt: no type of AWS's that we know.
std::optional<protocol::ErrorType> error_type(std::string_view name);

// What AWS throttles the operation with.
protocol::ErrorType throttle_of(std::string_view operation);

// The error with AWS's own text, and `shard` where that names one.
protocol::Error usual_error(protocol::ErrorType type, const Subject& subject, storage::ShardIndex shard);

// Whether AWS has a text for the type, rather than one for every cause.
bool has_usual_text(protocol::ErrorType type);

// How a PutRecords entry says it.
protocol::Error record_error(const RecordFailures& failures, const Subject& subject,
                             storage::ShardIndex shard);

// The answer a rule's failure becomes.
Verdict verdict_of(const Failure& failure, const Subject& subject);

}  // namespace kinesisd::server::faults
