// Requests and answers of the operations that no handler tests yet: the order of AWS's messages above all.
#include "tests/unit/protocol/declared_operations.hpp"

#include <catch2/catch.hpp>

#include "protocol/encode.hpp"
#include "tests/unit/protocol/requests.hpp"

namespace kinesisd::protocol {

namespace {

struct Row {
  const char* why;
  Refusal refusal;
  const char* body;
  const char* message;
};

#define IS_NULL " failed to satisfy constraint: Member must not be null"
#define FAILS " failed to satisfy constraint: Member must "
#define NO_NAME "satisfy regular expression pattern: [a-zA-Z0-9_.-]+"

}  // namespace

TEST_CASE("What later operations require and limit is reported the way AWS does") {
  const auto row = GENERATE(values<Row>({
      {"AddTagsToStream: tags, then the name", refusal<AddTagsToStream>, R"({"StreamName":"a b"})",
       "2 validation errors detected: Value null at 'tags'" IS_NULL
       "; Value 'a b' at 'streamName'" FAILS NO_NAME},
      {"RemoveTagsFromStream: keys, then the name", refusal<RemoveTagsFromStream>,
       R"({"StreamName":"a b","TagKeys":["",""]})",
       "2 validation errors detected: Value '[, ]' at 'tagKeys' failed to satisfy constraint: Member must "
       "satisfy constraint: [Member must have length less than or equal to 128, Member must have length "
       "greater than or equal to 1]; Value 'a b' at 'streamName'" FAILS NO_NAME},
      {"ListTagsForStream: limit, start, name", refusal<ListTagsForStream>,
       R"({"StreamName":"a b","ExclusiveStartTagKey":"","Limit":51})",
       "3 validation errors detected: Value '51' at 'limit'" FAILS
       "have value less than or equal to 50; Value '' at 'exclusiveStartTagKey'" FAILS
       "have length greater than or equal to 1; Value 'a b' at 'streamName'" FAILS NO_NAME},
      {"SplitShard: hash key, name, shard", refusal<SplitShard>, R"({"StreamName":"a b"})",
       "3 validation errors detected: Value null at 'newStartingHashKey'" IS_NULL
       "; Value 'a b' at 'streamName'" FAILS NO_NAME "; Value null at 'shardToSplit'" IS_NULL},
      {"MergeShards: shards, name", refusal<MergeShards>, R"({"StreamName":"a b"})",
       "3 validation errors detected: Value null at 'shardToMerge'" IS_NULL
       "; Value null at 'adjacentShardToMerge'" IS_NULL "; Value 'a b' at 'streamName'" FAILS NO_NAME},
      {"RegisterStreamConsumer needs both", refusal<RegisterStreamConsumer>, "{}",
       "2 validation errors detected: Value null at 'streamARN'" IS_NULL
       "; Value null at 'consumerName'" IS_NULL},
      {"a stream's ARN for a consumer's", refusal<DescribeStreamConsumer>,
       R"({"ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s"})",
       "1 validation error detected: Value 'arn:aws:kinesis:us-east-1:000000000000:stream/s' at "
       "'consumerARN'" FAILS "satisfy regular expression pattern: "
       R"(^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+)"},
      {"no resource", refusal<TagResource>, R"({"ResourceARN":"s","Tags":{"a":"b"}})",
       "1 validation error detected: Value 's' at 'resourceARN'" FAILS
       R"(satisfy regular expression pattern: arn:aws.*:kinesis:.*:\d{12}:.*stream/\S+)"},
      {"no metrics", refusal<EnableEnhancedMonitoring>, R"({"StreamName":"s","ShardLevelMetrics":[]})",
       "1 validation error detected: Value '[]' at 'shardLevelMetrics'" FAILS
       "have length greater than or equal to 1"},
      {"a metric there is not", refusal<DisableEnhancedMonitoring>,
       R"({"StreamName":"s","ShardLevelMetrics":["Bytes"]})",
       "1 validation error detected: Value '[Bytes]' at 'shardLevelMetrics' failed to satisfy constraint: "
       "Member must satisfy constraint: [Member must satisfy enum value set: [IncomingBytes, "
       "IncomingRecords, OutgoingBytes, OutgoingRecords, WriteProvisionedThroughputExceeded, "
       "ReadProvisionedThroughputExceeded, IteratorAgeMilliseconds, ALL]]"},
      {"an encryption there is not", refusal<StartStreamEncryption>,
       R"({"StreamName":"s","EncryptionType":"AES","KeyId":"k"})",
       "1 validation error detected: Value 'AES' at 'encryptionType'" FAILS
       "satisfy enum value set: [NONE, KMS]"},
      {"an empty key", refusal<StopStreamEncryption>,
       R"({"StreamName":"s","EncryptionType":"KMS","KeyId":""})",
       "1 validation error detected: Value '' at 'keyId'" FAILS "have length greater than or equal to 1"},
      {"a commitment of no status", refusal<UpdateAccountSettings>,
       R"({"MinimumThroughputBillingCommitment":{}})",
       "1 validation error detected: Value null at 'minimumThroughputBillingCommitment.status'" IS_NULL},
      {"a status only answers have", refusal<UpdateAccountSettings>,
       R"({"MinimumThroughputBillingCommitment":{"Status":"ENABLED_UNTIL_EARLIEST_ALLOWED_END"}})",
       "1 validation error detected: Value 'ENABLED_UNTIL_EARLIEST_ALLOWED_END' at "
       "'minimumThroughputBillingCommitment.status'" FAILS "satisfy enum value set: [ENABLED, DISABLED]"},
      {"no record is that small", refusal<UpdateMaxRecordSize>, R"({"MaxRecordSizeInKiB":1023})",
       "1 validation error detected: Value '1023' at 'maxRecordSizeInKiB'" FAILS
       "have value greater than or equal to 1024"},
      {"no shards", refusal<UpdateShardCount>, R"({"TargetShardCount":0,"ScalingType":"UNIFORM"})",
       "2 validation errors detected: Value '0' at 'targetShardCount'" FAILS
       "have value greater than or equal to 1; Value 'UNIFORM' at 'scalingType'" FAILS
       "satisfy enum value set: [UNIFORM_SCALING]"},
  }));
  INFO(row.why);
  CHECK(row.refusal(row.body) == refused(row.message));
}

TEST_CASE("Every operation refuses a list and writes an answer") {
  const auto check = []<class Op>() {
    INFO(Op::name);
    CHECK(refusal<Op>("[]") == mistyped("Start of list found where not expected"));
    if constexpr (!Streaming<Op>) {
      const std::string body = encode_body(typename Op::Response{}, Encoding::json);
      CHECK(body.empty() == std::is_same_v<typename Op::Response, Void>);
    }
  };
  for_each_type(Operations{}, check);
  for_each_type(DeclaredOperations{}, check);
}

TEST_CASE("An operation without members takes an empty body and ignores others") {
  decoded<DescribeLimits::Request>("{}");
  decoded<DescribeLimits::Request>(R"({"ShardLimit":3})");
}

TEST_CASE("Two operations of one shape have one table") {
  const auto start = decoded<StartStreamEncryption::Request>(
      R"({"StreamName":"s","EncryptionType":"KMS","KeyId":"alias/aws/kinesis"})");
  CHECK(start.stream_name == "s");
  CHECK(start.encryption_type == EncryptionType::KMS);
  CHECK(start.key_id == "alias/aws/kinesis");
  const auto disable = decoded<DisableEnhancedMonitoring::Request>(R"({"ShardLevelMetrics":["ALL"]})");
  CHECK(disable.shard_level_metrics == std::vector{MetricsName::ALL});
}

}  // namespace kinesisd::protocol
