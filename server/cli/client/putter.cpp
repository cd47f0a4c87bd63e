#include "server/cli/client/putter.hpp"

#include <algorithm>
#include <utility>

#include "server/document/answers.hpp"

namespace kinesisd::server::client {

using Entry = protocol::PutRecordsRequestEntry;

void Putter::put(Entry record) {
  const std::size_t bytes = record.data.bytes.size() + record.partition_key.value_or("").size();
  const bool same_key = one_of_a_key_ && std::any_of(batch_.begin(), batch_.end(), [&](const Entry& other) {
                          return other.partition_key == record.partition_key;
                        });
  if (same_key || batch_.size() == batch_records_max || batch_bytes_ + bytes > batch_bytes_max) flush();
  batch_.push_back(std::move(record));
  batch_bytes_ += bytes;
}

// The number of records that were stored; the others stay, in their order.
std::size_t Putter::send_once() {
  protocol::PutRecords::Request request;
  name_stream(request, stream_);
  request.records = batch_;
  const auto answer = client_.call<protocol::PutRecords, PutEntries>(request);
  if (answer.records.size() != batch_.size()) throw ConnectionError("the answer is for other records");
  std::vector<Entry> refused;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    const auto& result = answer.records[i];
    if (!result.error_code) continue;
    const bool lost = *result.error_code == protocol::name(protocol::ErrorType::InternalFailure);
    const ServiceError error(lost ? 500 : 400, *result.error_code, result.error_message.value_or(""));
    if (!error.is_passing()) throw error;
    refusal_ = error;
    refused.push_back(std::move(batch_[i]));
  }
  const std::size_t stored = batch_.size() - refused.size();
  batch_ = std::move(refused);
  return stored;
}

void Putter::flush() {
  int refusals = 0;
  while (!batch_.empty()) {
    const std::size_t stored = send_once();
    stored_ += stored;
    if (batch_.empty()) break;
    repeated_ += batch_.size();
    refusals = stored > 0 ? 1 : refusals + 1;
    // What is out of order mends itself less often than a throttled shard does.
    if (refusals == (refusal_->status() >= 500 ? Client::attempts_max : refusals_max)) throw *refusal_;
    client_.back_off(refusals);
  }
  batch_bytes_ = 0;
}

}  // namespace kinesisd::server::client
