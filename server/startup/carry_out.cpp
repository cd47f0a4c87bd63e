#include "server/startup/carry_out.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "server/auth/policy/policy.hpp"
#include "server/document/value.hpp"
#include "storage/consumers/consumers.hpp"
#include "storage/records/puts.hpp"
#include "storage/shards/shards.hpp"
#include "storage/state/state.hpp"
#include "storage/streams/accounts.hpp"
#include "storage/streams/encryption.hpp"
#include "storage/streams/policies.hpp"
#include "storage/streams/settings.hpp"
#include "storage/streams/streams.hpp"
#include "storage/streams/tags.hpp"

namespace kinesisd::server::startup {

namespace {

using protocol::Result;
using storage::StreamMode;

constexpr std::size_t records_per_put = 500;

// AWS's words for what it refuses; what is not AWS's to refuse has none that fit.
std::string text_of(const protocol::Error& error) {
  switch (error.type) {
    case protocol::ErrorType::InternalFailure:
      return "the memory is full; raise --memory-mb, or name a file with --db";
    case protocol::ErrorType::ServiceUnavailable:
      return "this is too much at once; put less into the start-up files";
    default:
      return error.message.empty() ? std::string(name(error.type)) : error.message;
  }
}

[[noreturn]] void refuse(const std::string& where, const protocol::Error& error) {
  const std::string text = text_of(error);
  throw document::Problem(fmt::format("{}: {}{}", where, text, text.ends_with('.') ? "" : "."));
}

// What the API makes of it, or its refusal at that place.
template <class T>
T granted(Result<T> result, const std::string& where) {
  if (!result) refuse(where, result.error());
  if constexpr (!std::is_void_v<T>) return std::move(result.value());
}

// While it lives, what begins is over at once.
class AtOnce {
 public:
  explicit AtOnce(storage::StreamSettings& settings) : settings_(settings), before_(settings) {
    settings.transitions = {.end_when_observed = true, .after_ms = 0};
    settings.enforce_write_limits = false;
  }
  ~AtOnce() { settings_ = before_; }
  AtOnce(const AtOnce&) = delete;
  AtOnce& operator=(const AtOnce&) = delete;

 private:
  storage::StreamSettings& settings_;
  storage::StreamSettings before_;
};

// Ends what was under way when the server stopped, whatever it would have waited for.
void end_transitions(storage::State& state, const storage::StreamKey& key, storage::Timestamp now) {
  const auto under_way = [&](const auto& row) {
    return row.transition != storage::Transition::none && row.transition_ends > now;
  };
  storage::Stream* stream = state.find(key, now);
  if (stream == nullptr) return;
  const auto& consumers = stream->row.consumers;
  if (!under_way(stream->row) && std::none_of(consumers.begin(), consumers.end(), under_way)) return;
  state.edit(*stream, [&](storage::StreamRow& row) {
    if (under_way(row)) row.transition_ends = now;
    for (storage::ConsumerRow& consumer : row.consumers) {
      if (under_way(consumer)) consumer.transition_ends = now;
    }
  });
}

// One stream of the plan.
class Fulfilment {
 public:
  Fulfilment(const PlannedStream& wanted, storage::State& state, storage::Timestamp now)
      : wanted_(wanted), key_(wanted.key), state_(state), now_(now) {}

  void run() {
    end_transitions(state_, key_, now_);
    const bool there = storage::describe_stream_summary(state_, key_, now_).has_value();
    if (there && wanted_.keep_existing) return;
    if (!there) create();
    set_shape();
    set_qualities();
    set_tags(key_, wanted_.tags);
    set_policy(key_, storage::arn(key_), wanted_.policy);
    for (const PlannedConsumer& consumer : wanted_.consumers) set_consumer(consumer);
    if (!there) put_records();
  }

 private:
  storage::StreamSummary now_is() {
    return granted(storage::describe_stream_summary(state_, key_, now_), wanted_.where);
  }

  void create() {
    storage::NewStream request;
    if (wanted_.shards) request.shard_count = wanted_.shards->value;
    if (wanted_.mode) request.mode = wanted_.mode->value;
    if (wanted_.max_record_kib) request.max_record_kib = wanted_.max_record_kib->value;
    if (wanted_.warm_throughput_mibps) request.warm_throughput_mibps = wanted_.warm_throughput_mibps->value;
    if (wanted_.distribution) request.distribution = wanted_.distribution->value;
    granted(storage::create_stream(state_, key_, std::move(request), now_), wanted_.where);
  }

  // Mode and shards, and what depends on them.
  void set_shape() {
    const auto& mode = wanted_.mode;
    const auto& shards = wanted_.shards;
    const auto& warm = wanted_.warm_throughput_mibps;
    const std::optional<StreamMode> wanted_mode = mode     ? std::optional(mode->value)
                                                  : shards ? std::optional(StreamMode::PROVISIONED)
                                                           : std::nullopt;
    if (wanted_mode && *wanted_mode != now_is().mode) {
      const auto mibps = warm ? std::optional(warm->value) : std::nullopt;
      granted(storage::update_mode(state_, key_, *wanted_mode, mibps, now_),
              mode ? mode->where : shards->where);
    }
    if (shards && shards->value != now_is().open_shards) {
      granted(storage::update_shard_count(state_, key_, shards->value, now_), shards->where);
    }
    if (warm) {
      const auto current = now_is().warm_throughput;
      if (!current || current->target_mibps != warm->value) {
        granted(storage::update_warm_throughput(state_, key_, warm->value, now_), warm->where);
      }
    }
    if (const auto& distribution = wanted_.distribution;
        distribution && distribution->value != now_is().distribution) {
      granted(storage::update_record_distribution(state_, key_, distribution->value, now_),
              distribution->where);
    }
  }

  void set_qualities() {
    const storage::StreamSummary is = now_is();
    if (const auto& hours = wanted_.retention_hours; hours && hours->value != is.retention_hours) {
      granted(hours->value > is.retention_hours
                  ? storage::increase_retention(state_, key_, hours->value, now_)
                  : storage::decrease_retention(state_, key_, hours->value, now_),
              hours->where);
    }
    if (const auto& kib = wanted_.max_record_kib; kib && kib->value != is.max_record_kib) {
      granted(storage::update_max_record_size(state_, key_, kib->value, now_), kib->where);
    }
    if (const auto& id = wanted_.encryption_key; id && id->value != is.key_id) {
      granted(storage::start_encryption(state_, key_, id->value, now_), id->where);
    }
    if (const auto& metrics = wanted_.metrics;
        metrics &&
        !std::includes(is.metrics.begin(), is.metrics.end(), metrics->value.begin(), metrics->value.end())) {
      granted(storage::enable_metrics(state_, key_, metrics->value, now_), metrics->where);
    }
  }

  void set_tags(const storage::ResourceName& resource, const std::optional<Planned<storage::Tags>>& tags) {
    if (!tags) return;
    const storage::Tags present = granted(storage::tags_of(state_, resource, now_), tags->where);
    const bool all_there = std::all_of(tags->value.begin(), tags->value.end(), [&](const auto& tag) {
      const auto found = present.find(tag.first);
      return found != present.end() && found->second == tag.second;
    });
    if (!all_there) granted(storage::add_tags(state_, resource, tags->value, now_), tags->where);
  }

  void set_policy(const storage::ResourceName& resource, const std::string& arn,
                  const std::optional<Planned<std::string>>& policy) {
    if (!policy || granted(storage::policy_of(state_, resource, now_), policy->where) == policy->value)
      return;
    granted(policy::parse_policy(policy->value, arn), policy->where);
    granted(storage::put_policy(state_, resource, policy->value, now_), policy->where);
  }

  void set_consumer(const PlannedConsumer& consumer) {
    const storage::ConsumerName name{.stream = key_, .name = consumer.name};
    if (!storage::describe_consumer(state_, name, now_)) {
      granted(storage::register_consumer(state_, key_, consumer.name, {}, now_), consumer.where);
    }
    const auto is = granted(storage::describe_consumer(state_, name, now_), consumer.where);
    set_tags(name, consumer.tags);
    set_policy(name, storage::arn(is.key), consumer.policy);
  }

  void put_records() {
    if (wanted_.records.empty()) return;
    const std::size_t bytes_max = granted(storage::record_bytes_max(state_, key_, now_), wanted_.where);
    std::vector<storage::NewRecord> batch;
    for (std::size_t i = 0; i < wanted_.records.size(); ++i) {
      const PlannedRecord& planned = wanted_.records[i];
      const std::size_t bytes = planned.record.record->size_bytes();
      if (bytes > bytes_max) {
        throw document::Problem(
            fmt::format("{}: the data and the partition key have {} bytes, and a record of this stream has "
                        "at most {}; raise max_record_kib, or write less.",
                        planned.where, bytes, bytes_max));
      }
      batch.push_back(planned.record);
      if (batch.size() == records_per_put || i + 1 == wanted_.records.size()) {
        const std::size_t first = i + 1 - batch.size();
        put(std::exchange(batch, {}), wanted_.records[first].where);
      }
    }
  }

  void put(std::vector<storage::NewRecord> batch, const std::string& where) {
    const auto result = granted(storage::put_records(state_, key_, std::move(batch), now_), where);
    for (const auto& entry : result.entries) {
      if (!entry) refuse(where, entry.error());
    }
  }

  const PlannedStream& wanted_;
  const storage::StreamKey& key_;
  storage::State& state_;
  storage::Timestamp now_;
};

}  // namespace

void carry_out(const Plan& plan, storage::State& state, storage::Timestamp now) {
  const AtOnce at_once(state.settings);
  for (const PlannedCommitment& wanted : plan.commitments) {
    const bool enabled =
        storage::commitment(state, wanted.world, now).status != storage::CommitmentStatus::DISABLED;
    if (enabled != wanted.enabled) {
      granted(storage::change_commitment(state, wanted.world, wanted.enabled, now), wanted.where);
    }
  }
  for (const PlannedStream& wanted : plan.streams) Fulfilment(wanted, state, now).run();
  // Last: the streams above may be encrypted with them.
  for (const PlannedKey& wanted : plan.keys) {
    if (storage::key_state(state, wanted.key) == wanted.state) continue;
    if (!storage::set_key_state(state, wanted.key, wanted.state)) {
      throw document::Problem(fmt::format("{}: {} keys are not enabled already; name fewer of them.",
                                          wanted.where, storage::key_states_max));
    }
  }
}

}  // namespace kinesisd::server::startup
