// A subscriber without its thread: asks when the test says so, and counts how often it is woken.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "storage/consumers/consumers.hpp"
#include "storage/consumers/subscribing.hpp"
#include "storage/state/subscriptions.hpp"
#include "tests/unit/storage/storage_fixture.hpp"

namespace kinesisd::tests {

struct Bell final : Subscriber {
  void wake() override { ++rings; }
  int rings = 0;
};

inline const std::string nothing = "nothing";

// Unsubscribes when it goes.
class Subscribing {
 public:
  Subscribing(StorageFixture& fixture, Subscribed subscribed)
      : fixture_(&fixture), subscribed_(std::move(subscribed)) {
    listen(*subscribed_.subscription, bell_);
  }
  ~Subscribing() { leave(); }
  Subscribing(Subscribing&& other) noexcept
      : page(std::move(other.page)),
        look_again(other.look_again),
        fixture_(std::exchange(other.fixture_, nullptr)),
        bell_(std::move(other.bell_)),
        subscribed_(std::move(other.subscribed_)) {}
  Subscribing& operator=(Subscribing&&) = delete;

  void leave() {
    if (fixture_ != nullptr) unsubscribe(fixture_->state(), *subscribed_.subscription, fixture_->now());
    fixture_ = nullptr;
  }

  // The data of the next event's records, `ends with 1 2` with the children's numbers, `nothing`, or the
  // error.
  std::string next(RecordReader* reader = nullptr) {
    auto news = begin_event(fixture_->state(), *subscribed_.subscription, fixture_->now());
    if (!news) return news.error().message;
    look_again = news.value().look_again;
    if (!news.value().read) return nothing;
    PendingRead& read = *news.value().read;
    if (read.disk) {
      REQUIRE(reader != nullptr);
      read.records = reader->read(*read.disk);
    }
    page = finish_event(fixture_->state(), *subscribed_.subscription, std::move(read), fixture_->now());
    REQUIRE(page.continuation.has_value() == page.children.empty());
    std::string told = page.children.empty() ? "" : "ends with";
    for (const ChildShard& child : page.children) told += " " + std::to_string(child.index.value);
    for (const RecordPtr& record : page.records)
      told += (told.empty() ? "" : " ") + std::string(record->data());
    return told;
  }
  // All there is now, event by event.
  std::string rest(RecordReader* reader = nullptr) {
    std::string all;
    for (std::string told = next(reader); told != nothing; told = next(reader)) {
      all += (all.empty() ? "" : " ") + told;
      if (!page.continuation) break;
    }
    return all;
  }

  // Where to go on, as the last event or, without news, an idle one says.
  std::string continuation() const { return page.continuation.value().to_string(); }
  std::string idle_continuation() const {
    const EventPage idle = idle_event(fixture_->state(), *subscribed_.subscription, fixture_->now());
    CHECK(idle.records.empty());
    CHECK(idle.children.empty());
    CHECK(idle.millis_behind_latest == 0);
    return idle.continuation.value().to_string();
  }
  int rings() const { return bell_->rings; }
  const std::shared_ptr<Bell>& bell() const { return bell_; }
  const Subscribed& subscribed() const { return subscribed_; }

  EventPage page;                       // the last one
  std::optional<Timestamp> look_again;  // as the last question was answered

 private:
  StorageFixture* fixture_;
  std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  Subscribed subscribed_;
};

inline Result<Subscribed> try_to_subscribe(StorageFixture& fixture, const std::string& consumer,
                                           const std::string& shard = "0",
                                           const IteratorStart& start = {IteratorType::TRIM_HORIZON}) {
  return subscribe(fixture.state(), {stream_key, consumer, {}}, shard, start, fixture.now());
}

inline Subscribing subscribe(StorageFixture& fixture, const std::string& consumer = "reader",
                             const std::string& shard = "0",
                             const IteratorStart& start = {IteratorType::TRIM_HORIZON}) {
  auto subscribed = try_to_subscribe(fixture, consumer, shard, start);
  REQUIRE(error_text(subscribed).empty());
  return {fixture, std::move(subscribed).value()};
}

inline void register_consumer(StorageFixture& fixture, const std::string& name,
                              const StreamKey& stream = stream_key) {
  REQUIRE(error_text(register_consumer(fixture.state(), stream, name, {}, fixture.now())).empty());
  fixture.settle();
}

// A stream and its consumer `reader`.
inline void begin(StorageFixture& fixture, std::int32_t shards = 1) {
  fixture.create(stream_key, provisioned(shards));
  register_consumer(fixture, "reader");
}

inline void put(StorageFixture& fixture, const std::string& data) {
  fixture.put("k", data);
  fixture.settle();
}

// What a new subscription gets from there, the same with both types.
inline std::string from(StorageFixture& fixture, const std::string& number, RecordReader* reader = nullptr) {
  std::string told[2];
  for (const auto type : {IteratorType::AT_SEQUENCE_NUMBER, IteratorType::AFTER_SEQUENCE_NUMBER}) {
    fixture.clock.advance_ms(5'000);
    auto next = subscribe(fixture, "reader", "0", {type, number});
    told[type == IteratorType::AT_SEQUENCE_NUMBER ? 0 : 1] = next.rest(reader);
  }
  CHECK(told[0] == told[1]);
  return told[0];
}

}  // namespace kinesisd::tests
