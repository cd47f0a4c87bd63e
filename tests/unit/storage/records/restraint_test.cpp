// What keeps records from readers and out of streams for a while: nothing may be lost by it.
#include <filesystem>

#include "storage/consumers/subscribing.hpp"
#include "storage/records/puts.hpp"
#include "storage/records/reads.hpp"
#include "storage/shards/shards.hpp"
#include "storage/state/strict.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"
#include "tests/unit/storage/subscription_fixture.hpp"

namespace kinesisd::tests {

namespace {

using protocol::ErrorType;
using std::chrono::milliseconds;
using Data = std::vector<std::string>;

RecordPage read_with(StorageFixture& fixture, const std::string& iterator, const Restraint& restraint,
                     RecordReader* reader = nullptr) {
  auto pending = begin_read(fixture.state(), iterator, std::nullopt, fixture.now(), Effect::full, restraint);
  REQUIRE(error_text(pending).empty());
  if (pending.value().disk) {
    REQUIRE(reader != nullptr);
    pending.value().records = reader->read(*pending.value().disk);
  }
  auto page = finish_read(fixture.state(), std::move(pending).value(), fixture.now());
  REQUIRE(page);
  return std::move(page).value();
}

Data data(const RecordPage& page) {
  Data found;
  for (const auto& record : page.records) found.emplace_back(record->data());
  return found;
}

void put_now(StorageFixture& fixture, const std::string& text) {
  fixture.put("k", text);
  fixture.settle();
}

const IteratorStart trim_horizon{IteratorType::TRIM_HORIZON, {}, {}};
const Restraint no_records{.records_max = 0};
const Restraint two_seconds{.visible_after = milliseconds(2'000)};

}  // namespace

TEST_CASE("a withheld page says that there is more, and its iterator stays where it is") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  put_now(fixture, "a");
  put_now(fixture, "b");
  const RecordPage page = read_with(fixture, fixture.iterator(trim_horizon), no_records);
  CHECK(page.records.empty());
  CHECK(page.millis_behind_latest > 0);
  REQUIRE(page.next_iterator);
  CHECK(fixture.read_all(*page.next_iterator) == Data{"a", "b"});
}

TEST_CASE("a withheld page at the tip is an ordinary empty page") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const RecordPage page = read_with(fixture, fixture.iterator(trim_horizon), no_records);
  CHECK(page.millis_behind_latest == 0);
  CHECK(page.next_iterator);
}

TEST_CASE("a short page is followed by the rest") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  for (const char* text : {"a", "b", "c"}) put_now(fixture, text);
  const RecordPage page = read_with(fixture, fixture.iterator(trim_horizon), {.records_max = 2});
  CHECK(data(page) == Data{"a", "b"});
  CHECK(page.millis_behind_latest > 0);
  CHECK(fixture.read_all(*page.next_iterator) == Data{"c"});
}

TEST_CASE("records come to be seen so long after their arrival, and none is passed over") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  put_now(fixture, "a");
  fixture.clock.advance_ms(1'500);
  put_now(fixture, "b");
  fixture.clock.advance_ms(499);
  RecordPage page = read_with(fixture, fixture.iterator(trim_horizon), two_seconds);
  CHECK(page.records.empty());
  CHECK(page.millis_behind_latest == 0);  // for the reader they are not there yet
  fixture.clock.advance_ms(1);
  page = read_with(fixture, *page.next_iterator, two_seconds);
  CHECK(data(page) == Data{"a"});
  page = read_with(fixture, *page.next_iterator, two_seconds);
  CHECK(page.records.empty());
  fixture.clock.advance_ms(1'500);
  CHECK(data(read_with(fixture, *page.next_iterator, two_seconds)) == Data{"b"});
}

TEST_CASE("a closed shard does not end before its last record could be seen") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  put_now(fixture, "a");
  REQUIRE(split_shard(fixture.state(), stream_key, "0", "4242", fixture.now()));
  REQUIRE(describe_stream_summary(fixture.state(), stream_key, fixture.now()));  // which ends the UPDATING
  fixture.settle();
  RecordPage page = read_with(fixture, fixture.iterator(trim_horizon), two_seconds);
  CHECK(page.children.empty());
  REQUIRE(page.next_iterator);
  fixture.clock.advance_ms(2'000);
  page = read_with(fixture, *page.next_iterator, two_seconds);
  CHECK(data(page) == Data{"a"});
  page = read_with(fixture, *page.next_iterator, two_seconds);
  CHECK(page.children.size() == 2);
  CHECK(!page.next_iterator);
}

TEST_CASE("what was read from the disk is held back where it cannot be seen yet") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  for (const char* text : {"a", "b"}) {
    put_now(fixture, text);
    fixture.clock.advance_ms(1'000);
  }
  auto pending = begin_read(fixture.state(), fixture.iterator(trim_horizon), std::nullopt, fixture.now());
  PendingRead read = std::move(pending).value();
  // As if memory had been short.
  read.disk = DiskRange{.shard_serial = read.shard_serial,
                        .from_index = read.from_index,
                        .below_index = read.readable_index,
                        .arrived_from = {},
                        .records_max = 10,
                        .bytes_max = 1000};
  read.visible_until = fixture.now() - milliseconds(1'500);
  const auto page = finish_read(fixture.state(), std::move(read), fixture.now());
  CHECK(data(page.value()) == Data{"a"});
  CHECK(fixture.read_all(*page.value().next_iterator) == Data{"b"});
}

TEST_CASE("a subscription looks again when the next record comes to be seen") {
  MemoryFixture fixture;
  begin(fixture);
  put_now(fixture, "a");
  const Timestamp arrived = fixture.now();
  auto subscribed = subscribe(fixture.state(), {stream_key, "reader", {}}, "0", trim_horizon, fixture.now(),
                              Effect::full, two_seconds);
  REQUIRE(subscribed);
  Subscribing reader(fixture, std::move(subscribed).value());
  CHECK(reader.next() == nothing);
  CHECK(reader.look_again == arrived + milliseconds(2'000));
  fixture.clock.advance_ms(2'000);
  CHECK(reader.next() == "a");
}

TEST_CASE("a put whose judge refuses a record stores the others, and the refused one has no number") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(2));
  std::vector<ShardIndex> asked;
  const PutJudge judge = [&](std::span<const ShardIndex> shards) {
    asked.assign(shards.begin(), shards.end());
    std::vector<std::optional<protocol::Error>> refused(shards.size());
    refused[1] = protocol::Error{ErrorType::InternalFailure, "no"};
    return protocol::Result<std::vector<std::optional<protocol::Error>>>(std::move(refused));
  };
  std::vector<NewRecord> records;
  for (const char* text : {"a", "b", "c"}) {
    records.push_back(new_record("k", text));
    records.back().hash_key = 0;
  }
  const auto put = put_records(fixture.state(), stream_key, std::move(records), fixture.now(), judge);
  REQUIRE(put);
  fixture.settle();
  const auto& entries = put.value().entries;
  CHECK(asked == std::vector<ShardIndex>{{0}, {0}, {0}});
  CHECK(error_text(entries[1]) == "no");
  CHECK(entries[2].value().sequence_number.index == entries[0].value().sequence_number.index + 1);
  CHECK(fixture.read_all(fixture.iterator(trim_horizon)) == Data{"a", "c"});
}

TEST_CASE("a put whose judge fails stores nothing") {
  MemoryFixture fixture;
  fixture.create(stream_key, provisioned(1));
  const PutJudge judge = [](std::span<const ShardIndex>) {
    return protocol::Result<std::vector<std::optional<protocol::Error>>>(
        protocol::Error{ErrorType::ServiceUnavailable, "later"});
  };
  const auto put =
      put_record(fixture.state(), stream_key, new_record("k", "a"), std::nullopt, fixture.now(), judge);
  CHECK(error_text(put) == "later");
  fixture.settle();
  CHECK(fixture.read_all(fixture.iterator(trim_horizon)).empty());
}

TEST_CASE("strictness neither loses nor reorders a record") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
    StreamSettings settings = settings_with(0);
    settings.enforce_write_limits = false;
    settings.strict = std::make_shared<Strict>(Random(seed));
    MemoryFixture fixture(settings);
    begin(fixture);
    Random random(seed + 100);
    Data written;
    std::vector<SequenceNumber> numbers;
    int empty_pages = 0;
    Data read;
    std::string at = fixture.iterator(trim_horizon);
    while (written.size() < 300) {
      for (std::uint64_t i = random.below(20); i > 0; --i) {
        written.push_back(std::to_string(written.size()));
        numbers.push_back(fixture.put("k", written.back()));
      }
      fixture.settle();
      const RecordPage page = fixture.read(at);
      if (page.records.empty() && read.size() < written.size()) {
        ++empty_pages;
        CHECK(page.millis_behind_latest > 0);
      }
      for (const auto& record : page.records) read.emplace_back(record->data());
      at = *page.next_iterator;
    }
    for (const std::string& text : fixture.read_all(at)) read.push_back(text);
    CHECK(read == written);
    CHECK(empty_pages > 0);
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
    CHECK(numbers.back().index - numbers.front().index > 2 * numbers.size());
    std::string told;
    for (const std::string& text : written) told += (told.empty() ? "" : " ") + text;
    CHECK(subscribe(fixture).rest() == told);
  }
}

TEST_CASE("a reader that waits behind numbers left out gets what is written after the process died") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    INFO(seed);
    TemporaryDirectory directory;
    const std::string path = directory.file("streams.db");
    const std::string left = directory.file("left.db");
    StreamSettings settings = settings_with(0);
    settings.strict = std::make_shared<Strict>(Random(seed));
    Opening opening(path, settings);
    opening.storage->create(stream_key, provisioned(1));
    put_now(*opening.storage, "kept");
    opening.storage->put("k", "lost");
    const std::string at = opening.storage->iterator({IteratorType::LATEST, {}, {}});
    for (const char* part : {"", "-wal"}) std::filesystem::copy_file(path + part, left + part);
    Opening again(left);
    put_now(*again.storage, "later");
    CHECK(again.read_all(at) == Data{"later"});
  }
}

TEST_CASE("strictness repeats with its seed") {
  const auto told = [](std::uint64_t seed) {
    Strict strict{Random(seed)};
    std::string all;
    for (int i = 0; i < 20; ++i)
      all += std::to_string(strict.unused_numbers() * 100 + strict.cut(10'000) % 100);
    std::vector<int> list = {1, 2, 3, 4, 5, 6, 7, 8};
    strict.shuffle(list);
    for (const int one : list) all += std::to_string(one);
    return all;
  };
  CHECK(told(1) == told(1));
  CHECK(told(1) != told(2));
}

}  // namespace kinesisd::tests
