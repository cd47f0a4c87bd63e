// Puts records in batches, in order, and repeats those that were refused for now. Blocks; for one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/structures/put_records_entry.hpp"
#include "server/cli/client/client.hpp"

namespace kinesisd::server::client {

class Putter {
 public:
  // `one_of_a_key`: no batch has two records of a partition key, so that not even a refusal changes their
  // order.
  Putter(Client& client, std::string stream, bool one_of_a_key)
      : client_(client), stream_(std::move(stream)), one_of_a_key_(one_of_a_key) {}

  static constexpr std::size_t batch_records_max = 500;
  static constexpr std::size_t batch_bytes_max = 4U << 20U;  // the service takes 10 MiB with all around them
  static constexpr int refusals_max = 20;                    // of throttled records, one after the other

  // Takes a record; sends the batch that is complete without it. Throws as Client::call, and ServiceError
  // for a record that is refused for good, refusals_max times, or Client::attempts_max times for a failure
  // of the service: the error that the service gave it last.
  void put(protocol::PutRecordsRequestEntry record);
  // Sends what is waiting.
  void flush();

  bool has_waiting() const { return !batch_.empty(); }
  std::uint64_t stored() const { return stored_; }
  std::uint64_t repeated() const { return repeated_; }

 private:
  std::size_t send_once();

  Client& client_;
  std::string stream_;
  bool one_of_a_key_;
  std::vector<protocol::PutRecordsRequestEntry> batch_;
  std::size_t batch_bytes_ = 0;
  std::uint64_t stored_ = 0;
  std::uint64_t repeated_ = 0;
  std::optional<ServiceError> refusal_;  // the last that a record was sent again for
};

// `stream` as a request names it: by its name or its ARN.
template <class Request>
void name_stream(Request& request, const std::string& stream) {
  (stream.starts_with("arn:") ? request.stream_arn : request.stream_name) = stream;
}

}  // namespace kinesisd::server::client
