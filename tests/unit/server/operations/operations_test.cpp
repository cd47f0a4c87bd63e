// Operations from their JSON to their answer, on a clock the test moves: what time does to iterators,
// records, limits and states, and what a lost commit answers.
#include "tests/unit/server/api.hpp"

namespace kinesisd::server {

namespace {

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

constexpr const char* horizon = R"("ShardIteratorType":"TRIM_HORIZON")";
constexpr const char* latest = R"("ShardIteratorType":"LATEST")";

}  // namespace

TEST_CASE("An iterator serves for 300,000 ms, any number of times, and then says when it was made") {
  Api api;
  api.create("s");
  api.put();
  const std::string iterator = api.iterator(horizon);
  api.clock.advance_ms(300'000);
  CHECK(count(api.read(iterator), "SequenceNumber") == 1);
  CHECK(count(api.read(iterator), "SequenceNumber") == 1);
  api.clock.advance_ms(1);
  CHECK(api.read(iterator) ==
        "ExpiredIteratorException: Iterator expired. The iterator was created at time Tue Nov 14 22:13:20 "
        "UTC 2023 "
        "while right now it is Tue Nov 14 22:18:20 UTC 2023 which is further in the future than the "
        "tolerated delay "
        "of 300000 milliseconds.");
}

TEST_CASE("The next iterator has a lifetime of its own") {
  Api api;
  api.create("s");
  std::string iterator = api.iterator(latest);
  for (int i = 0; i < 3; ++i) {
    api.clock.advance_ms(299'000);
    const std::string page = api.read(iterator);
    const std::string next = Api::member(page, "NextShardIterator");
    CHECK(next != iterator);
    iterator = next;
  }
  api.put();
  CHECK(count(api.read(iterator), "SequenceNumber") == 1);
}

TEST_CASE("A record is readable for the retention period to the millisecond, trimmed or not") {
  const bool trimmed = GENERATE(false, true);
  Api api;
  api.create("s");
  api.put("b2xk");
  api.clock.advance_hours(1);
  api.put("bmV3");
  api.clock.advance_hours(23);
  api.clock.advance_ms(-1);
  if (trimmed) api.trim();
  CHECK(count(api.read(api.iterator(horizon)), "b2xk") == 1);
  api.clock.advance_ms(1);
  if (trimmed) api.trim();
  const std::string page = api.read(api.iterator(horizon));
  CHECK(count(page, "b2xk") == 0);
  CHECK(count(page, "bmV3") == 1);
}

TEST_CASE("What a shorter retention made unreadable stays so when it grows again") {
  Api api;
  api.create("s");
  CHECK(api.call("IncreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":48})").empty());
  api.put("b2xk");
  api.clock.advance_hours(30);
  CHECK(count(api.read(api.iterator(horizon)), "b2xk") == 1);
  CHECK(api.call("DecreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":24})").empty());
  CHECK(count(api.read(api.iterator(horizon)), "b2xk") == 0);
  CHECK(api.call("IncreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":48})").empty());
  CHECK(count(api.read(api.iterator(horizon)), "b2xk") == 0);
}

TEST_CASE("A shard takes 1,000 records a second and says so in AWS's words") {
  Api api;
  api.create("s");
  for (int i = 0; i < 1000; ++i) REQUIRE(count(api.put(), "SequenceNumber") == 1);
  const std::string refused =
      "ProvisionedThroughputExceededException: Rate exceeded for shard shardId-000000000000 in stream s "
      "under account "
      "123456789012.";
  CHECK(api.put() == refused);
  api.clock.advance_ms(1);
  CHECK(count(api.put(), "SequenceNumber") == 1);
  CHECK(api.put() == refused);
  api.clock.advance_ms(1'000);
  for (int i = 0; i < 1000; ++i) REQUIRE(count(api.put(), "SequenceNumber") == 1);
  CHECK(api.put() == refused);
}

TEST_CASE("PutRecords stores what fits and names what does not, record by record") {
  Api api;
  api.create("s");
  // 900 KiB of data each: the second drives the balance below zero, the third is refused.
  const std::string data(1'228'800, 'A');
  const std::string record = R"({"PartitionKey":"k","Data":")" + data + R"("})";
  const std::string body = api.call(
      "PutRecords", R"({"StreamName":"s","Records":[)" + record + "," + record + "," + record + "]}");
  CHECK(count(body, R"("FailedRecordCount":1)") == 1);
  CHECK(count(body, "SequenceNumber") == 2);
  CHECK(
      count(
          body,
          R"({"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"Rate exceeded for shard )"
          R"(shardId-000000000000 in stream s under account 123456789012."}])") == 1);
}

TEST_CASE("A stream that is being created takes no records and shows no shards until its time has come") {
  Api api(settings_with(1000));
  api.create("s", 2);
  CHECK(api.put() == "ResourceNotFoundException: Stream s under account 123456789012 not found.");
  CHECK(api.call("ListShards", R"({"StreamName":"s"})") ==
        "ResourceInUseException: Stream s under account 123456789012 not ACTIVE, instead in state CREATING");
  const std::string creating = api.call("DescribeStream", R"({"StreamName":"s"})");
  CHECK(count(creating, R"("StreamStatus":"CREATING")") == 1);
  CHECK(count(creating, R"("Shards":[])") == 1);
  api.clock.advance_ms(1000);
  CHECK(count(api.call("DescribeStream", R"({"StreamName":"s"})"), R"("ShardId":)") == 2);
  CHECK(count(api.put(), "SequenceNumber") == 1);
}

TEST_CASE("In auto a description ends what is under way, and half a second does") {
  const bool observed = GENERATE(true, false);
  storage::StreamSettings settings = settings_with(500);
  settings.transitions.end_when_observed = true;
  Api api(settings);
  api.create("s");
  CHECK(api.put() == "ResourceNotFoundException: Stream s under account 123456789012 not found.");
  if (observed) {
    CHECK(count(api.call("DescribeStreamSummary", R"({"StreamName":"s"})"), R"("StreamStatus":"ACTIVE")") ==
          1);
  } else {
    api.clock.advance_ms(500);
  }
  CHECK(count(api.put(), "SequenceNumber") == 1);
  CHECK(api.call("DeleteStream", R"({"StreamName":"s"})").empty());
  CHECK(api.call("CreateStream", R"({"StreamName":"s","ShardCount":1})") ==
        "ResourceInUseException: Stream s under account 123456789012 already exists.");
  if (observed) {
    CHECK(api.call("DescribeStream", R"({"StreamName":"s"})") ==
          "ResourceNotFoundException: Stream s under account 123456789012 not found.");
  } else {
    api.clock.advance_ms(500);
  }
  CHECK(api.call("CreateStream", R"({"StreamName":"s","ShardCount":1})").empty());
}

TEST_CASE("A NextToken serves for 300 seconds") {
  Api api;
  api.create("a");
  api.create("b", 3);
  const std::string streams = Api::member(api.call("ListStreams", R"({"Limit":1})"), "NextToken");
  const std::string shards =
      Api::member(api.call("ListShards", R"({"StreamName":"b","MaxResults":1})"), "NextToken");
  api.clock.advance_ms(300'000);
  CHECK(count(api.call("ListStreams", R"({"NextToken":")" + streams + R"("})"), R"("StreamNames":["b"])") ==
        1);
  CHECK(count(api.call("ListShards", R"({"NextToken":")" + shards + R"("})"), R"("ShardId":)") == 2);
  api.clock.advance_ms(1);
  CHECK(api.call("ListStreams", R"({"NextToken":")" + streams + R"("})")
            .starts_with("ExpiredNextTokenException: "));
  CHECK(api.call("ListShards", R"({"NextToken":")" + shards + R"("})")
            .starts_with("ExpiredNextTokenException: "));
}

TEST_CASE("A lost commit is answered InternalFailure, leaves no trace, and the next one works") {
  Api api;
  api.create("s");
  api.put("Zmlyc3Q=");
  api.engine.failing = true;
  CHECK(api.put("bG9zdA==") == "InternalFailure");
  CHECK(api.call("CreateStream", R"({"StreamName":"t","ShardCount":1})") == "InternalFailure");
  CHECK(api.call("DeleteStream", R"({"StreamName":"s"})") == "InternalFailure");
  CHECK(
      api.call("PutRecords", R"({"StreamName":"s","Records":[{"PartitionKey":"k","Data":"bG9zdA=="}]})") ==
      R"({"FailedRecordCount":1,"Records":[{"ErrorCode":"InternalFailure","ErrorMessage":"Internal service failure."}]})");
  api.engine.failing = false;
  CHECK(api.call("DescribeStream", R"({"StreamName":"t"})") ==
        "ResourceNotFoundException: Stream t under account 123456789012 not found.");
  api.put("c2Vjb25k");
  const std::string page = api.read(api.iterator(horizon));
  CHECK(count(page, "bG9zdA==") == 0);
  CHECK(page.find("Zmlyc3Q=") < page.find("c2Vjb25k"));
}

}  // namespace kinesisd::server
