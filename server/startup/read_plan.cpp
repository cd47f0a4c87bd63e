#include "server/startup/read_plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "protocol/base64.hpp"
#include "protocol/operations/create_stream.hpp"
#include "protocol/operations/put_records.hpp"
#include "protocol/operations/update_stream_warm_throughput.hpp"
#include "server/operations/new_record.hpp"
#include "server/startup/checked.hpp"

namespace kinesisd::server::startup {

namespace {

using document::Item;
using document::Object;
namespace shapes = protocol::shapes;

// A key that is there, as a wish; `read` takes its Item.
template <class Read>
auto planned(const Object& object, std::string_view key, Read read)
    -> std::optional<Planned<decltype(read(std::declval<Item>()))>> {
  const auto item = object.find(key);
  if (!item) return std::nullopt;
  return Planned<decltype(read(*item))>{read(*item), where(*item)};
}

auto number_within(const protocol::Rules& rules) {
  return [&rules](const Item& item) { return checked_number(item, rules); };
}

std::set<storage::ShardMetric> read_metrics(const Item& item) {
  constexpr std::string_view all = "ALL";
  const auto& every = protocol::enum_values<storage::ShardMetric>;
  if (item.is_text() && item.text() == all) return {every.begin(), every.end()};
  std::set<storage::ShardMetric> metrics;
  for (const Item& each : item.list()) {
    if (each.is_text() && each.text() == all) return {every.begin(), every.end()};
    metrics.insert(each.choice<storage::ShardMetric>());
  }
  return metrics;
}

class Reading {
 public:
  Reading(const document::Document& file, storage::World fallback, Worlds worlds, Plan& plan)
      : file_(file), fallback_(std::move(fallback)), worlds_(worlds), plan_(plan) {}

  void read() {
    const Object all = document::root(file_).object({"streams", "accounts", "keys"});
    if (const auto accounts = all.find("accounts")) {
      for (const Item& item : accounts->list()) read_account(item);
    }
    if (const auto streams = all.find("streams")) {
      for (const PlannedStream& earlier : plan_.streams) seen_.emplace(earlier.key, earlier.where);
      for (const Item& item : streams->list()) read_stream(item);
    }
    if (const auto keys = all.find("keys")) read_keys(*keys);
  }

 private:
  // As callers are mapped, so that they find it: what is named is checked all the same.
  storage::World world_of(const Object& object) const {
    storage::World named = checked_world(object, fallback_);
    return worlds_ == Worlds::one ? fallback_ : named;
  }

  void read_account(const Item& item) {
    const Object account = item.object({"account", "region", "throughput_commitment"});
    const Item commitment = account["throughput_commitment"];
    plan_.commitments.push_back({world_of(account), commitment.boolean(), where(commitment)});
  }

  void read_keys(const Item& keys) {
    for (const auto& [name, state] : keys.entries()) {
      if (name.empty() || static_cast<std::int64_t>(name.size()) > *shapes::key_id.max_length) {
        state.complain(fmt::format(": a key has 1 to {} characters", *shapes::key_id.max_length));
      }
      plan_.keys.push_back({name, state.choice<storage::KeyState>(), where(state)});
    }
  }

  void read_stream(const Item& item) {
    const Object keys =
        item.object({"name", "account", "region", "shards", "mode", "retention_hours", "max_record_kib",
                     "tags", "encryption_key", "metrics", "policy", "policy_file", "warm_throughput_mibps",
                     "record_distribution", "consumers", "records"});
    PlannedStream stream;
    stream.where = where(item);
    stream.key = {world_of(keys), checked_text(keys["name"], shapes::stream_name)};
    check_new(stream, keys["name"]);
    read_shape(keys, stream);
    stream.retention_hours = planned(keys, "retention_hours", number_within(any_number_));
    stream.max_record_kib = planned(keys, "max_record_kib", number_within(shapes::max_record_size_in_kib));
    stream.encryption_key =
        planned(keys, "encryption_key", [](const Item& key) { return checked_text(key, shapes::key_id); });
    stream.metrics = planned(keys, "metrics", read_metrics);
    stream.tags = planned(keys, "tags", checked_tags);
    stream.policy = read_policy(keys);
    if (const auto consumers = keys.find("consumers")) {
      for (const Item& each : consumers->list()) stream.consumers.push_back(read_consumer(each, stream));
    }
    if (const auto records = keys.find("records")) {
      for (const Item& each : records->list()) stream.records.push_back(read_record(each, stream));
    }
    plan_.streams.push_back(std::move(stream));
  }

  void check_new(const PlannedStream& stream, const Item& name) {
    const auto [earlier, added] = seen_.emplace(stream.key, stream.where);
    if (added) return;
    name.complain(
        fmt::format(" is \"{}\" once more, after {}; name each stream of an account and region once",
                    stream.key.name, earlier->second));
  }

  void read_shape(const Object& keys, PlannedStream& stream) const {
    stream.shards = planned(keys, "shards", number_within(shapes::positive_integer));
    stream.mode = planned(keys, "mode", [](const Item& mode) { return mode.choice<storage::StreamMode>(); });
    stream.warm_throughput_mibps =
        planned(keys, "warm_throughput_mibps", number_within(shapes::natural_integer));
    stream.distribution = planned(keys, "record_distribution", [](const Item& strategy) {
      return strategy.choice<storage::RecordDistributionStrategy>();
    });
    if (stream.shards && stream.mode && stream.mode->value == storage::StreamMode::ON_DEMAND) {
      keys["shards"].complain(" stands beside mode = \"ON_DEMAND\", where AWS decides; remove one of them");
    }
    if (!stream.shards && stream.mode && stream.mode->value == storage::StreamMode::PROVISIONED) {
      keys["shards"].refuse("write how many, or mode = \"ON_DEMAND\"");
    }
  }

  std::optional<Planned<std::string>> read_policy(const Object& keys) const {
    const auto given = keys.one_of({"policy", "policy_file"});
    if (!given) return std::nullopt;
    if (keys.find("policy")) return Planned<std::string>{checked_policy(*given), where(*given)};
    const std::string path = (std::filesystem::path(file_.name).parent_path() / given->word()).string();
    try {
      const document::Document policy = document::read_file(path, "policy_file");
      return Planned<std::string>{checked_policy(document::root(policy)),
                                  fmt::format("{} ({})", where(*given), path)};
    } catch (const document::Problem& problem) {
      throw document::Problem(given->place() + problem.what());
    }
  }

  PlannedConsumer read_consumer(const Item& item, const PlannedStream& stream) const {
    const Object keys = item.object({"name", "tags", "policy", "policy_file"});
    PlannedConsumer consumer;
    consumer.name = checked_text(keys["name"], shapes::consumer_name);
    consumer.where = where(item);
    for (const PlannedConsumer& earlier : stream.consumers) {
      if (earlier.name != consumer.name) continue;
      keys["name"].complain(fmt::format(" is \"{}\" once more, after {}; name each consumer of a stream once",
                                        consumer.name, earlier.where));
    }
    consumer.tags = planned(keys, "tags", checked_tags);
    consumer.policy = read_policy(keys);
    return consumer;
  }

  PlannedRecord read_record(const Item& item, const PlannedStream& stream) const {
    const Object keys = item.object({"partition_key", "data", "data_base64", "json", "explicit_hash_key"});
    const bool placed_by_itself =
        stream.distribution && stream.distribution->value == storage::RecordDistributionStrategy::AUTO;
    std::optional<std::string> key;
    if (!placed_by_itself || keys.find("partition_key")) {
      key = checked_text(keys["partition_key"], shapes::partition_key);
    }
    std::optional<std::string> hash_key;
    if (const auto given = keys.find("explicit_hash_key")) hash_key = checked_text(*given, shapes::hash_key);
    auto record = new_record(read_data(keys), key, hash_key);
    if (!record) keys["explicit_hash_key"].refuse("write a number below 2^128");
    return {std::move(record.value()), where(item)};
  }

  static protocol::Blob read_data(const Object& keys) {
    const auto given = keys.one_of({"data", "data_base64", "json"});
    if (!given) keys["data"].refuse("write data = \"...\", data_base64 = \"...\" or json = { ... }");
    if (keys.find("json")) return {document::to_json(given->value())};
    if (keys.find("data")) return {given->text()};
    protocol::Blob data;
    if (!protocol::base64::decode(given->text(), data.bytes)) given->refuse("write base64 with its padding");
    return data;
  }

  static constexpr protocol::Rules any_number_{.min_value = 1};

  const document::Document& file_;
  storage::World fallback_;
  Worlds worlds_;
  Plan& plan_;
  std::map<storage::StreamKey, std::string> seen_;  // and where
};

}  // namespace

void read_plan(const document::Document& file, const storage::World& fallback, Worlds worlds, Plan& plan) {
  Reading(file, fallback, worlds, plan).read();
}

}  // namespace kinesisd::server::startup
