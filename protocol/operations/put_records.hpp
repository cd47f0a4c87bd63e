// Puts up to 500 records; each succeeds or fails by itself.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
#pragma once

#include "protocol/shapes.hpp"
#include "protocol/structures/encryption_type.hpp"
#include "protocol/structures/put_records_entry.hpp"

namespace kinesisd::protocol {

struct PutRecords {
  static constexpr std::string_view name = "PutRecords";
  static constexpr bool cross_account = true;

  struct Request {
    std::vector<PutRecordsRequestEntry> records{};
    std::optional<std::string> stream_name{};
    std::optional<std::string> stream_arn{};
    std::optional<std::string> stream_id{};
    std::optional<bool> dry_run{};

    static constexpr auto fields() {
      return std::tuple{
          field("Records", &Request::records, shapes::put_records_entries),
          field("StreamName", &Request::stream_name, shapes::stream_name),
          field("StreamARN", &Request::stream_arn, shapes::stream_arn),
          field("StreamId", &Request::stream_id, shapes::stream_id),
          field("DryRun", &Request::dry_run),
      };
    }
  };

  struct Response {
    std::optional<std::int32_t> failed_record_count{};  // 0 when all were stored, whatever the limit says
    std::vector<PutRecordsResultEntry> records{};
    std::optional<EncryptionType> encryption_type{};

    static constexpr auto fields() {
      return std::tuple{
          field("FailedRecordCount", &Response::failed_record_count, shapes::positive_integer),
          field("Records", &Response::records, shapes::put_records_entries),
          field("EncryptionType", &Response::encryption_type),
      };
    }
  };
};

}  // namespace kinesisd::protocol
