// What commands read of the service's answers: members of the operations' responses, without the limits, for
// which the service answers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/operations/describe_stream_summary.hpp"
#include "protocol/operations/get_records.hpp"
#include "protocol/operations/get_shard_iterator.hpp"
#include "protocol/operations/list_shards.hpp"
#include "protocol/operations/put_records.hpp"

namespace kinesisd::server::client {

using protocol::field;
using protocol::name_of;

struct ReadRecord {
  std::string sequence_number{};
  std::optional<protocol::Timestamp> arrival{};
  protocol::Blob data{};
  std::optional<std::string> partition_key{};

  static constexpr auto fields() {
    using From = protocol::Record;
    return std::tuple{
        field(name_of<&From::sequence_number>(), &ReadRecord::sequence_number),
        field(name_of<&From::approximate_arrival_timestamp>(), &ReadRecord::arrival),
        field(name_of<&From::data>(), &ReadRecord::data),
        field(name_of<&From::partition_key>(), &ReadRecord::partition_key),
    };
  }
};

struct ReadPage {
  std::vector<ReadRecord> records{};
  std::optional<std::string> next_iterator{};
  std::optional<std::int64_t> millis_behind{};
  std::optional<std::vector<protocol::ChildShard>> children{};

  static constexpr auto fields() {
    using From = protocol::GetRecords::Response;
    return std::tuple{
        field(name_of<&From::records>(), &ReadPage::records),
        field(name_of<&From::next_shard_iterator>(), &ReadPage::next_iterator),
        field(name_of<&From::millis_behind_latest>(), &ReadPage::millis_behind),
        field(name_of<&From::child_shards>(), &ReadPage::children),
    };
  }
};

struct PutEntries {
  std::vector<protocol::PutRecordsResultEntry> records{};

  static constexpr auto fields() {
    using From = protocol::PutRecords::Response;
    return std::tuple{field(name_of<&From::records>(), &PutEntries::records)};
  }
};

struct Summary {
  protocol::StreamStatus status{};

  static constexpr auto fields() {
    using From = protocol::StreamDescriptionSummary;
    return std::tuple{field(name_of<&From::stream_status>(), &Summary::status)};
  }
};

struct SummaryAnswer {
  Summary summary{};

  static constexpr auto fields() {
    using From = protocol::DescribeStreamSummary::Response;
    return std::tuple{field(name_of<&From::stream_description_summary>(), &SummaryAnswer::summary)};
  }
};

}  // namespace kinesisd::server::client
