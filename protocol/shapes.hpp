// Limits that several operations share, named as in AWS's model. Values only: nothing is checked here.
#pragma once

#include "protocol/schema.hpp"

namespace kinesisd::protocol::shapes {

// Patterns; each function agrees with its text on every input (Java's rules, whole value).
bool is_name(std::string_view value);             // letters, digits, _ . -
bool is_hash_key(std::string_view value);         // decimal, no leading zero, 39 digits
bool is_sequence_number(std::string_view value);  // decimal, no leading zero, 129 digits
bool is_stream_arn(std::string_view value);
bool is_stream_id(std::string_view value);
bool is_resource_arn(std::string_view value);  // a stream's or a consumer's
bool is_consumer_arn(std::string_view value);

inline constexpr Pattern name_pattern{R"([a-zA-Z0-9_.-]+)", is_name};
inline constexpr Pattern hash_key_pattern{R"(0|([1-9]\d{0,38}))", is_hash_key};
inline constexpr Pattern sequence_number_pattern{R"(0|([1-9]\d{0,128}))", is_sequence_number};
inline constexpr Pattern stream_arn_pattern{R"(arn:aws.*:kinesis:.*:\d{12}:stream/\S+)", is_stream_arn};
inline constexpr Pattern stream_id_pattern{R"([a-z0-9]{20}-[a-z0-9]{3})", is_stream_id};
inline constexpr Pattern resource_arn_pattern{R"(arn:aws.*:kinesis:.*:\d{12}:.*stream/\S+)", is_resource_arn};
inline constexpr Pattern consumer_arn_pattern{
    R"(^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+)",
    is_consumer_arn};

inline constexpr Rules stream_name{.min_length = 1, .max_length = 128, .pattern = &name_pattern};
inline constexpr Rules stream_arn{.min_length = 1, .max_length = 2048, .pattern = &stream_arn_pattern};
inline constexpr Rules stream_id{.min_length = 1, .max_length = 24, .pattern = &stream_id_pattern};
inline constexpr Rules resource_arn{.min_length = 1, .max_length = 2048, .pattern = &resource_arn_pattern};
inline constexpr Rules consumer_name{.min_length = 1, .max_length = 128, .pattern = &name_pattern};
inline constexpr Rules consumer_arn{.min_length = 1, .max_length = 2048, .pattern = &consumer_arn_pattern};
inline constexpr Rules shard_id{.min_length = 1, .max_length = 128, .pattern = &name_pattern};
inline constexpr Rules hash_key{.pattern = &hash_key_pattern};
inline constexpr Rules sequence_number{.pattern = &sequence_number_pattern};
inline constexpr Rules partition_key{.min_length = 1, .max_length = 256};
inline constexpr Rules put_partition_key{.min_length = 1, .max_length = 256, .required_unless_auto = true};
inline constexpr Rules data{.min_length = 0, .max_length = 10485760};
inline constexpr Rules shard_iterator{.min_length = 1, .max_length = 512};
inline constexpr Rules next_token{.min_length = 1, .max_length = 1048576};
inline constexpr Rules key_id{.min_length = 1, .max_length = 2048};

inline constexpr Rules result_limit{.min_value = 1, .max_value = 10000};  // Limit and MaxResults
inline constexpr Rules positive_integer{.min_value = 1};
inline constexpr Rules natural_integer{.min_value = 0};
inline constexpr Rules shard_count{.min_value = 0, .max_value = 1000000};
inline constexpr Rules consumer_count{.min_value = 0, .max_value = 1000000};
inline constexpr Rules on_demand_stream_count{.min_value = 0, .max_value = 1000000};  // and its limit
inline constexpr Rules channel_count{.min_value = 0, .max_value = 1000000};           // and its limit
inline constexpr Rules max_record_size_in_kib{.min_value = 1024, .max_value = 10240};
inline constexpr Rules millis_behind_latest{.min_value = 0};

inline constexpr Rules put_records_entries{.min_length = 1, .max_length = 500};
inline constexpr Rules metrics_names{.min_length = 1, .max_length = 7};
inline constexpr Rules stream_names{.each = &stream_name};
inline constexpr Rules shard_ids{.each = &shard_id};

inline constexpr Rules tag_key{.min_length = 1, .max_length = 128};
inline constexpr Rules tag_value{.min_length = 0, .max_length = 256};
inline constexpr Rules tags{.min_length = 1, .max_length = 200, .each = &tag_value, .keys = &tag_key};
inline constexpr Rules tag_keys{.min_length = 1, .max_length = 50, .each = &tag_key};
inline constexpr Rules tag_list{.min_length = 0, .max_length = 200};
inline constexpr Rules tag_result_limit{.min_value = 1, .max_value = 50};

}  // namespace kinesisd::protocol::shapes
