// How much a subscription gets at a time, and from where.
#include "storage/consumers/subscribing.hpp"
#include "tests/unit/storage/database_fixture.hpp"
#include "tests/unit/storage/subscription_fixture.hpp"

namespace kinesisd::tests {

TEST_CASE("Where read limits are kept, a subscription gets two megabytes a second") {
  auto settings = settings_with(0);
  settings.enforce_read_limits = true;
  settings.enforce_write_limits = false;
  MemoryFixture fixture(settings);
  auto request = provisioned(1);
  request.max_record_kib = 10'240;
  fixture.create(stream_key, request);
  register_consumer(fixture, "reader");
  const bool huge = GENERATE(false, true);
  const std::size_t record_bytes = huge ? (10U << 20) - 1 : 500'000;
  const std::size_t records = huge ? 4 : 60;
  for (std::size_t i = 0; i < records; ++i) put(fixture, std::string(record_bytes, 'd'));
  auto subscription = subscribe(fixture);
  const auto begun = fixture.now();
  std::size_t got = 0;
  std::size_t most_at_once = 0;
  while (got < records) {
    for (std::string told = subscription.next(); told != nothing; told = subscription.next()) {
      got += subscription.page.records.size();
      most_at_once = std::max(most_at_once, subscription.page.records.size());
      // No more than what time has brought, what was there at first, and one event beyond it.
      const auto seconds = static_cast<double>(epoch_ms(fixture.now()) - epoch_ms(begun)) / 1000;
      const auto bytes = static_cast<double>((got - subscription.page.records.size()) * record_bytes);
      REQUIRE(bytes < 2e6 * (seconds + 1) + 1);
    }
    if (got == records) break;
    REQUIRE(subscription.look_again);
    REQUIRE(*subscription.look_again > fixture.now());
    fixture.clock.advance_ms(epoch_ms(*subscription.look_again) - epoch_ms(fixture.now()));
  }
  CHECK(most_at_once == 1);
  // And hardly less.
  const auto took_s = static_cast<double>(epoch_ms(fixture.now()) - epoch_ms(begun)) / 1000;
  CHECK(took_s <= static_cast<double>(records * record_bytes) / 2e6 + 1);
}

TEST_CASE("Without limits an event follows the other at once, each bounded unless one record is larger") {
  auto settings = settings_with(0);
  settings.enforce_write_limits = false;
  MemoryFixture fixture(settings);
  begin(fixture);
  for (int i = 0; i < 20; ++i) fixture.put("k", std::string(100'000, 'd'));
  fixture.put("k", std::string((1U << 20) - 1, 'd'));
  fixture.settle();
  auto subscription = subscribe(fixture);
  std::vector<std::size_t> records;
  while (subscription.next() != nothing) {
    records.push_back(subscription.page.records.size());
    std::size_t bytes = 0;
    for (const auto& record : subscription.page.records) bytes += record->data().size();
    CHECK((bytes <= 256U << 10 || subscription.page.records.size() == 1));
  }
  CHECK(records == std::vector<std::size_t>{2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1});
}

TEST_CASE("What is no longer in memory is pushed from the disk") {
  TemporaryDirectory directory;
  auto settings = settings_with(0);
  settings.memory_bytes_max = 2'000;
  Opening opening(directory.file("streams.db"), settings);
  StorageFixture& fixture = *opening.storage;
  RecordReader* const reader = opening.opened.reader.get();
  begin(fixture);
  std::string all;
  for (int i = 0; i < 100; ++i) {
    put(fixture, std::to_string(i));
    all += (i > 0 ? " " : "") + std::to_string(i);
    fixture.clock.advance_ms(10);
  }
  auto subscription = subscribe(fixture);
  const auto news = begin_event(fixture.state(), *subscription.subscribed().subscription, fixture.now());
  REQUIRE(news);
  CHECK(news.value().read->disk);
  CHECK(subscription.rest(reader) == all);
  CHECK(from(fixture, subscription.continuation(), reader).empty());
  const auto middle = ManualClock::start_ms + 500;
  fixture.clock.advance_ms(5'000);
  auto half = subscribe(fixture, "reader", "0", {IteratorType::AT_TIMESTAMP, {}, from_epoch_ms(middle)});
  CHECK(half.rest(reader) == all.substr(all.find("50 ")));
  // Expired while it was read: nothing of it is given, and the reader is behind it.
  fixture.clock.advance_ms(5'000);
  auto late = subscribe(fixture);
  fixture.clock.advance_hours(25);
  CHECK(late.rest(reader).empty());
  const std::string idle = late.idle_continuation();
  put(fixture, "new");
  CHECK(late.rest(reader) == "new");
  CHECK(from(fixture, idle, reader) == "new");
}

}  // namespace kinesisd::tests
