// Event-stream frames, byte for byte.
#include "protocol/event_stream.hpp"

#include <boost/crc.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "protocol/errors.hpp"
#include "protocol/operations/subscribe_to_shard.hpp"

namespace kinesisd::protocol {

namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::size_t number(std::string_view bytes, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  for (std::size_t i = at; i < at + count; ++i) value = value * 256 + static_cast<unsigned char>(bytes[i]);
  return value;
}

std::size_t checksum(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

struct Message {
  std::map<std::string, std::string> headers;
  std::string payload;
};

// Reads one whole message as a client does, lengths and checksums included.
Message read(std::string_view bytes) {
  Message message;
  REQUIRE(bytes.size() >= 16);
  REQUIRE(number(bytes, 0, 4) == bytes.size());
  const std::size_t header_bytes = number(bytes, 4, 4);
  REQUIRE(header_bytes + 16 <= bytes.size());
  CHECK(number(bytes, 8, 4) == checksum(bytes.substr(0, 8)));
  CHECK(number(bytes, bytes.size() - 4, 4) == checksum(bytes.substr(0, bytes.size() - 4)));
  std::size_t at = 12;
  while (at < 12 + header_bytes) {
    const std::size_t name_size = number(bytes, at, 1);
    const std::string name(bytes.substr(at + 1, name_size));
    at += 1 + name_size;
    REQUIRE(bytes[at] == 7);  // a string
    const std::size_t size = number(bytes, at + 1, 2);
    CHECK(message.headers.emplace(name, bytes.substr(at + 3, size)).second);
    at += 3 + size;
  }
  CHECK(at == 12 + header_bytes);
  message.payload = bytes.substr(at, bytes.size() - 4 - at);
  return message;
}

using Event = SubscribeToShard::Event;

const std::map<std::string, std::string> of_event = {{":event-type", "SubscribeToShardEvent"},
                                                     {":content-type", "application/json"},
                                                     {":message-type", "event"}};

}  // namespace

TEST_CASE("Frames are what other implementations of event streams write") {
  Event event;
  event.continuation_sequence_number = "1";
  struct Row {
    std::string why, written, expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"the initial response", event_stream::initial_response(),
       "0000007200000060ab820d9e0b3a6576656e742d74797065070010696e697469616c2d726573706f6e73650d3a636f6e74656"
       "e74"
       "2d7479706507001a6170706c69636174696f6e2f782d616d7a2d6a736f6e2d312e310d3a6d6573736167652d7479706507000"
       "565"
       "76656e747b7dacae6b7d"},
      {"an event without records", event_stream::event(event),
       "000000b10000005bb43c76b10b3a6576656e742d74797065070015537562736372696265546f53686172644576656e740d3a6"
       "36f"
       "6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e7"
       "47b"
       "22436f6e74696e756174696f6e53657175656e63654e756d626572223a2231222c224d696c6c6973426568696e644c6174657"
       "374"
       "223a302c225265636f726473223a5b5d7ddefd7413"},
      {"an exception", event_stream::exception({ErrorType::ResourceInUseException, "x"}),
       "0000008300000064d9bbb06a0f3a657863657074696f6e2d747970650700165265736f75726365496e5573654578636570746"
       "96f"
       "6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d7479706507000"
       "965"
       "7863657074696f6e7b226d657373616765223a2278227d8bd5b57e"},
  }));
  INFO(row.why);
  CHECK(hex(row.written) == row.expected);
}

TEST_CASE("An exception frame names the error as the model does, and quotes its message") {
  struct Row {
    Error error;
    std::string type, payload;
  };
  const auto row = GENERATE(values<Row>({
      {errors::internal_failure(), "InternalFailureException", ""},
      {{ErrorType::ResourceNotFoundException, "gone"}, "ResourceNotFoundException", R"({"message":"gone"})"},
      {{ErrorType::KMSOptInRequired, "a \"key\"\n"}, "KMSOptInRequired", R"({"message":"a \"key\"\n"})"},
      {{ErrorType::KMSDisabledException, ""}, "KMSDisabledException", R"({"message":""})"},
  }));
  const Message message = read(event_stream::exception(row.error));
  CHECK(message.headers == std::map<std::string, std::string>{{":exception-type", row.type},
                                                              {":content-type", "application/json"},
                                                              {":message-type", "exception"}});
  if (!row.payload.empty()) CHECK(message.payload == row.payload);
  CHECK(message.payload.starts_with(R"({"message":")"));
}

TEST_CASE("An event carries records as GetRecords shows them") {
  Event event;
  Record& record = event.records.emplace_back();
  record.sequence_number = "49646437577108476416916876405825929425585429676275269634";
  record.approximate_arrival_timestamp = Timestamp{std::chrono::milliseconds{1'700'000'000'123}};
  record.data = {std::string_view("\x00\xff", 2)};
  record.partition_key = "a\"b";
  record.encryption_type = EncryptionType::KMS;
  event.records.emplace_back().sequence_number = "2";
  event.continuation_sequence_number = "3";
  event.millis_behind_latest = 4500;
  const Message message = read(event_stream::event(event));
  CHECK(message.headers == of_event);
  CHECK(message.payload ==
        R"({"ContinuationSequenceNumber":"3","MillisBehindLatest":4500,"Records":[)"
        R"({"SequenceNumber":"49646437577108476416916876405825929425585429676275269634",)"
        R"("ApproximateArrivalTimestamp":1700000000.123,"Data":"AP8=","PartitionKey":"a\"b",)"
        R"("EncryptionType":"KMS"},{"SequenceNumber":"2","Data":""}]})");
}

TEST_CASE("The last event of a shard has children and no number to go on from") {
  Event event;
  ChildShard child;
  child.shard_id = "shardId-000000000002";
  child.parent_shards = {"shardId-000000000000", "shardId-000000000001"};
  child.hash_key_range = {"0", "340282366920938463463374607431768211455"};
  event.child_shards = {child};
  const Message message = read(event_stream::event(event));
  CHECK(message.headers == of_event);
  CHECK(
      message.payload ==
      R"({"MillisBehindLatest":0,"Records":[],"ChildShards":[{"ShardId":"shardId-000000000002",)"
      R"("ParentShards":["shardId-000000000000","shardId-000000000001"],)"
      R"("HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"340282366920938463463374607431768211455"}}]})");
}

TEST_CASE("A frame holds a payload as large as the largest record") {
  const std::string data(10U << 20, 'd');
  Event event;
  event.records.emplace_back().data = {data};
  const Message message = read(event_stream::event(event));
  CHECK(message.headers == of_event);
  CHECK(message.payload.size() > data.size() / 3 * 4);
}

}  // namespace kinesisd::protocol
