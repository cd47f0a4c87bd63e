// What subscribers get through any sequence of puts, reshards and failed commits, however often they begin
// anew: every durable record of each shard once, in its order, and then the shard's end.
#include <map>
#include <random>
#include <set>

#include "storage/shards/shards.hpp"
#include "storage/state/strict.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/shard_walk.hpp"
#include "tests/unit/storage/subscription_fixture.hpp"

namespace kinesisd::tests {

namespace {

struct Failing : private FailingEngine, public StorageFixture {
  explicit Failing(StreamSettings settings)
      : StorageFixture(static_cast<FailingEngine&>(*this), std::move(settings)) {}
  FailingEngine& engine() { return *this; }
};

StreamSettings settings_of(unsigned seed) {
  auto settings = settings_with(std::array{0, 700}[seed % 2]);
  settings.enforce_write_limits = false;
  if (seed % 3 == 0) settings.strict = std::make_shared<Strict>(Random(seed));
  return settings;
}

// One consumer that reads every shard through subscriptions, and the world that changes under it.
class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed), fixture_(settings_of(seed)) {
    fixture_.create(stream_key, provisioned(2));
    fixture_.clock.advance_ms(1'000);
    register_consumer(fixture_, "reader");
    fixture_.clock.advance_ms(10'000);
    for (const std::uint32_t root : {0U, 1U}) begin(root, {IteratorType::TRIM_HORIZON});
  }

  void step() {
    switch (below(8)) {
      case 0:
        split();
        break;
      case 1:
        merge();
        break;
      case 2:
        fixture_.clock.advance_ms(std::array{0, 1, 699, 5'000, 60'000}[below(5)]);
        break;
      case 3:
        if (below(2) == 0) fixture_.engine().fails = !fixture_.engine().fails;
        break;
      case 4:
        begin_anew();
        break;
      default:
        for (auto puts = below(4); puts > 0; --puts) put();
    }
    if (below(3) == 0) settle();
    if (below(2) == 0) hear_some();
  }

  // Lets everything come to its end. `lost` then is empty, unless a wake was missing.
  void finish() {
    fixture_.engine().fails = false;
    for (int i = 0; i < 3; ++i) {
      fixture_.clock.advance_ms(10'000);
      (void)describe_stream_summary(fixture_.state(), stream_key, fixture_.now());
      settle();
      while (hear_woken()) settle();
    }
  }

  // By shard, in the order of their numbers.
  using Seen = std::map<std::uint32_t, std::vector<std::string>>;
  const Seen& seen() const { return seen_; }
  const std::set<std::uint32_t>& ended() const { return ended_; }
  // What GetRecords shows of each shard.
  Seen stored() {
    Seen stored;
    for (const auto& shard : list_shards(fixture_, ShardFilter{ShardFilterType::FROM_TRIM_HORIZON})) {
      auto data = fixture_.read_all(fixture_.iterator({IteratorType::TRIM_HORIZON}, shard.index.shard_id()));
      if (!data.empty()) stored[shard.index.value] = std::move(data);
    }
    return stored;
  }
  std::set<std::uint32_t> closed() {
    std::set<std::uint32_t> closed;
    for (const auto& shard : list_shards(fixture_))
      if (shard.ending) closed.insert(shard.index.value);
    return closed;
  }
  std::size_t begun_anew() const { return begun_anew_; }

 private:
  struct Reader {
    Subscribing subscription;
    Timestamp begun;
    int heard = -1;           // how often it had been woken when it was last asked until there was nothing
    std::string number = {};  // where its last event said to go on
  };

  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_);
  }
  void settle() { fixture_.settle(); }

  void begin(std::uint32_t shard, const IteratorStart& start) {
    readers_.emplace(shard,
                     Reader{subscribe(fixture_, "reader", std::to_string(shard), start), fixture_.now()});
  }

  // Only those that were woken, or wait for a time that has come, ask.
  bool hear_woken() {
    std::vector<std::uint32_t> shards;
    for (auto& [shard, reader] : readers_) {
      const Subscribing& one = reader.subscription;
      if (reader.heard != one.rings() || (one.look_again && *one.look_again <= fixture_.now()))
        shards.push_back(shard);
    }
    for (const auto shard : shards) hear(shard);
    return !shards.empty();
  }
  void hear_some() {
    std::vector<std::uint32_t> shards;
    for (auto& [shard, reader] : readers_)
      if (below(2) == 0) shards.push_back(shard);
    for (const auto shard : shards) hear(shard);
  }

  void hear(std::uint32_t shard) {
    auto& reader = readers_.at(shard);
    reader.heard = reader.subscription.rings();
    for (std::string told = reader.subscription.next(); told != nothing; told = reader.subscription.next()) {
      const EventPage page = reader.subscription.page;
      for (const auto& record : page.records) seen_[shard].emplace_back(record->data());
      if (page.continuation) {
        REQUIRE(reader.number < page.continuation->to_string());
        reader.number = page.continuation->to_string();
        REQUIRE_FALSE(page.records.empty());
        continue;
      }
      REQUIRE_FALSE(page.children.empty());
      readers_.erase(shard);
      ended_.insert(shard);
      for (const ChildShard& child : page.children) {
        bool ready = !readers_.contains(child.index.value);
        for (const ShardIndex parent : child.parents) ready = ready && ended_.contains(parent.value);
        if (ready) begin(child.index.value, {IteratorType::TRIM_HORIZON});
      }
      return;
    }
  }

  // Some subscriptions end, and others go on where those were.
  void begin_anew() {
    for (auto& [shard, reader] : readers_) {
      if (below(2) == 0 || fixture_.now() < reader.begun + takeover_after) continue;
      const bool idle = reader.number.empty() || below(2) == 0;
      const std::string number = idle ? reader.subscription.idle_continuation() : reader.number;
      const bool closes = below(2) == 0;  // otherwise it is taken over
      if (closes) reader.subscription.leave();
      const auto type =
          below(2) == 0 ? IteratorType::AT_SEQUENCE_NUMBER : IteratorType::AFTER_SEQUENCE_NUMBER;
      auto next = subscribe(fixture_, "reader", std::to_string(shard), {type, number});
      std::destroy_at(&reader);
      std::construct_at(&reader, Reader{std::move(next), fixture_.now()});
      ++begun_anew_;
    }
  }

  std::vector<ShardSummary> open() {
    auto shards = list_shards(fixture_, ShardFilter{ShardFilterType::AT_LATEST});
    std::sort(shards.begin(), shards.end(),
              [](const auto& a, const auto& b) { return a.range.starting < b.range.starting; });
    return shards;
  }
  // Refused while another one is under way.
  void split() {
    const auto shards = open();
    const auto& shard = shards[below(shards.size())];
    if (shards.size() >= 8 || shard.range.ending - shard.range.starting < 8) return;
    const auto at = shard.range.starting + (shard.range.ending - shard.range.starting) / 2;
    (void)split_shard(fixture_.state(), stream_key, shard.index.shard_id(), to_string(at), fixture_.now());
  }
  void merge() {
    const auto shards = open();
    if (shards.size() < 2) return;
    const auto lower = below(shards.size() - 1);
    (void)merge_shards(fixture_.state(), stream_key, shards[lower].index.shard_id(),
                       shards[lower + 1].index.shard_id(), fixture_.now());
  }
  void put() {
    const std::string data = std::to_string(++puts_);
    fixture_.put(data, data);
  }

  std::mt19937 random_;
  Failing fixture_;
  std::map<std::uint32_t, Reader> readers_;
  Seen seen_;
  std::set<std::uint32_t> ended_;
  std::size_t puts_ = 0;
  std::size_t begun_anew_ = 0;
};

}  // namespace

TEST_CASE("However often subscriptions begin anew, each durable record is pushed once and in order") {
  const auto seed = GENERATE(range(1U, 25U));
  INFO("seed " << seed);
  Walk walk(seed);
  for (int steps = 0; steps < 300; ++steps) walk.step();
  walk.finish();
  const auto stored = walk.stored();
  CHECK(walk.seen() == stored);
  CHECK(walk.ended() == walk.closed());
  CHECK(stored.size() > 2);
  CHECK(walk.begun_anew() > 0);
}

}  // namespace kinesisd::tests
