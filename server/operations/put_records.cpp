#include "protocol/operations/put_records.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/errors.hpp"
#include "server/api/run_operation.hpp"
#include "server/operations/dry_run.hpp"
#include "server/operations/new_record.hpp"
#include "server/support/counted.hpp"
#include "storage/records/puts.hpp"

namespace kinesisd::server {

namespace {

using Request = protocol::PutRecords::Request;
using Response = protocol::PutRecords::Response;
using Entry = protocol::PutRecordsRequestEntry;
namespace errors = protocol::errors;

// All records of a call together, data and partition keys.
constexpr std::size_t request_bytes_max = 10U << 20;

Result<void> check_total(const Request& request) {
  std::size_t total = 0;
  for (const Entry& entry : request.records) total += record_bytes(entry.data, entry.partition_key);
  if (total > request_bytes_max) return errors::records_too_large();
  return boost::outcome_v2::success();
}

Result<void> check_each(const Request& request, std::size_t bytes_max) {
  for (std::size_t i = 0; i < request.records.size(); ++i) {
    const Entry& entry = request.records[i];
    if (record_bytes(entry.data, entry.partition_key) > bytes_max) {
      return protocol::too_long(protocol::path_of<&Request::records, &Entry::data>(i), bytes_max);
    }
  }
  return boost::outcome_v2::success();
}

// One record that can't be placed fails the whole call.
Result<std::vector<storage::NewRecord>> new_records(const Request& request) {
  std::vector<storage::NewRecord> records;
  records.reserve(request.records.size());
  for (const Entry& entry : request.records) {
    BOOST_OUTCOME_TRY(auto record, new_record(entry.data, entry.partition_key, entry.explicit_hash_key));
    records.push_back(std::move(record));
  }
  return records;
}

Response response_of(const storage::PutManyResult& put) {
  Response response;
  response.records.resize(put.entries.size());
  std::int32_t failed = 0;
  for (std::size_t i = 0; i < put.entries.size(); ++i) {
    auto& wire = response.records[i];
    if (const auto& entry = put.entries[i]) {
      wire.sequence_number = entry.value().sequence_number.to_string();
      wire.shard_id = entry.value().shard.shard_id();
    } else {
      wire.error_code = std::string(name(entry.error().type));
      wire.error_message = entry.error().message;
      ++failed;
    }
  }
  response.failed_record_count = failed;
  if (put.encrypted) response.encryption_type = protocol::EncryptionType::KMS;
  return response;
}

bool throttles(const storage::PutManyResult& put) {
  return std::any_of(put.entries.begin(), put.entries.end(), [](const auto& entry) {
    return !entry && entry.error().type == protocol::ErrorType::ProvisionedThroughputExceededException;
  });
}

}  // namespace

Result<Committed<Response>> handle(Context& context, Request& request) {
  BOOST_OUTCOME_TRY(auto key, stream_key(context, request));
  BOOST_OUTCOME_TRYV(check_total(request));
  auto records = new_records(request);
  const storage::PutJudge judge = faults::judge_of(context);
  BOOST_OUTCOME_TRY(
      auto put, with_access(context, key, [&](storage::State& state) -> Result<storage::PutManyResult> {
        BOOST_OUTCOME_TRY(const auto bytes_max, storage::record_bytes_max(state, key, context.now));
        BOOST_OUTCOME_TRYV(check_each(request, bytes_max));
        if (!records) return records.error();
        if (effect_of(request) == storage::Effect::none)
          return dry_put(state, key, std::nullopt, context.now);
        return storage::put_records(state, key, std::move(records.value()), context.now, judge);
      }));
  context.times = std::move(put.times);
  Response response = response_of(put);
  if (const std::int32_t failed = *response.failed_record_count; failed > 0) {
    context.note = fmt::format("{} of {} refused", failed, counted(response.records.size(), "record"));
    context.throttled = throttles(put);
  }
  return Committed<Response>{std::move(response), put.ticket};
}

// The commit failed: what had a place has none, what was throttled stays so.
void if_lost(Context& context, Response& response) {
  context.note = "the commit failed";
  context.times = nullptr;
  for (auto& entry : response.records) {
    if (!entry.sequence_number) continue;
    entry = {};
    entry.error_code = std::string(name(errors::internal_failure().type));
    entry.error_message = std::string(errors::record_not_stored);
  }
  response.failed_record_count = static_cast<std::int32_t>(response.records.size());
}

template Outcome run<protocol::PutRecords>(Context&, const protocol::wire::Tree&);

}  // namespace kinesisd::server
