#include "server/faults/rule_book.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <utility>

#include "protocol/operations/get_records.hpp"
#include "protocol/operations/put_records.hpp"
#include "protocol/operations/subscribe_to_shard.hpp"
#include "server/auth/policy/wildcard.hpp"
#include "server/document/value.hpp"
#include "server/faults/texts.hpp"

namespace kinesisd::server::faults {

namespace {

using Entry = RuleBook::Entry;

template <class Wanted, class Actual>
bool is(const std::optional<Wanted>& wanted, const Actual& actual) {
  return !wanted || *wanted == actual;
}

bool matches(const Match& match, const Subject& subject) {
  const auto& operations = match.operations;
  const auto& shards = subject.shards;
  if (!operations.empty() &&
      std::find(operations.begin(), operations.end(), subject.operation) == operations.end())
    return false;
  if (!is(match.account, subject.caller.account) || !is(match.region, subject.caller.region) ||
      !is(match.consumer, subject.consumer))
    return false;
  if (match.stream && !policy::matches(*match.stream, subject.stream)) return false;
  return !match.shard || std::find(shards.begin(), shards.end(), *match.shard) != shards.end();
}

// Fails the records a rule is about; false: there was none.
bool fail_records(const Rule& rule, const Subject& subject, Decision& decision) {
  const RecordFailures& failures = *rule.effects.records;
  const std::size_t count = subject.shards.size();
  decision.records.resize(count);
  bool failed = false;
  std::size_t looked_at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is(rule.match.shard, subject.shards[i])) continue;
    bool fails = false;
    if (failures.indexes) {
      fails = std::find(failures.indexes->begin(), failures.indexes->end(), i) != failures.indexes->end();
    } else {
      const auto before = static_cast<double>(looked_at++);
      fails = std::ceil((before + 1) * failures.share) > std::ceil(before * failures.share);
    }
    if (!fails) continue;
    failed = true;
    if (!decision.records[i]) decision.records[i] = record_error(failures, subject, subject.shards[i]);
  }
  return failed;
}

template <class T>
void set_once(std::optional<T>& out, const std::optional<T>& value) {
  if (!out) out = value;
}

milliseconds drawn(const Latency& latency, storage::Random& random) {
  if (latency.spread.count() == 0) return latency.least;
  const auto end = static_cast<std::uint64_t>(latency.spread.count()) + 1;
  return latency.least + milliseconds(random.below(end));
}

// Whether the rule does anything to the operation.
bool concerns(const Effects& effects, std::string_view operation) {
  const bool reads = operation == protocol::GetRecords::name;
  const bool subscribes = operation == protocol::SubscribeToShard::name;
  return effects.failure || effects.reset || effects.latency ||
         (effects.records && operation == protocol::PutRecords::name) || (effects.page_records && reads) ||
         (effects.visible_after && (reads || subscribes)) || (effects.drop && subscribes);
}

}  // namespace

std::vector<std::string> RuleBook::append(std::vector<Entry> entries, std::vector<Rule> rules,
                                          storage::Timestamp now) {
  if (entries.size() + rules.size() > rules_max) {
    throw document::Problem(fmt::format("There would be {} rules; at most {} are kept: remove some.",
                                        entries.size() + rules.size(), rules_max));
  }
  std::set<std::string> taken;
  for (const Entry& entry : entries) taken.insert(entry.rule.id);
  for (const Rule& rule : rules) {
    if (rule.id.empty() || taken.insert(rule.id).second) continue;
    throw document::Problem(fmt::format(
        "There is a rule \"{}\" already; give this one another id, or remove that one first.", rule.id));
  }
  std::vector<std::string> ids;
  for (Rule& rule : rules) {
    while (rule.id.empty()) {
      std::string id = std::to_string(next_id_++);
      if (taken.insert(id).second) rule.id = std::move(id);
    }
    ids.push_back(rule.id);
    entries.push_back({.rule = std::move(rule), .came = now});
  }
  entries_ = std::move(entries);
  count_ = entries_.size();
  return ids;
}

std::vector<std::string> RuleBook::add(std::vector<Rule> rules, storage::Timestamp now) {
  std::lock_guard lock(mutex_);
  return append(entries_, std::move(rules), now);
}

std::vector<std::string> RuleBook::replace(std::vector<Rule> rules, storage::Timestamp now) {
  std::lock_guard lock(mutex_);
  return append({}, std::move(rules), now);
}

bool RuleBook::remove(std::string_view id) {
  std::lock_guard lock(mutex_);
  const auto removed = std::erase_if(entries_, [&](const Entry& entry) { return entry.rule.id == id; });
  count_ = entries_.size();
  return removed > 0;
}

void RuleBook::clear() {
  std::lock_guard lock(mutex_);
  entries_.clear();
  count_ = 0;
}

void RuleBook::begin_anew(storage::Timestamp now) {
  std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) entry = {.rule = std::move(entry.rule), .came = now};
}

std::vector<Entry> RuleBook::list() const {
  std::lock_guard lock(mutex_);
  return entries_;
}

bool RuleBook::is_due(Entry& entry, storage::Timestamp now) {
  const Schedule& schedule = entry.rule.schedule;
  const storage::Timestamp begin = entry.came + schedule.from;
  if (now < begin || (schedule.lasting && now >= begin + *schedule.lasting)) return false;
  const std::int64_t place = ++entry.matched - schedule.skip;
  if (place <= 0 || place % schedule.every != 0) return false;
  if (schedule.count && entry.hits >= *schedule.count) return false;
  return schedule.probability >= 1 || random_.uniform() < schedule.probability;
}

void RuleBook::decide(const Subject& subject, Decision& decision) {
  std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    const Effects& effects = entry.rule.effects;
    if (!concerns(effects, subject.operation) || !matches(entry.rule.match, subject)) continue;
    if (!is_due(entry, subject.now)) continue;
    bool hit = !effects.records;
    if (effects.records && subject.operation == protocol::PutRecords::name)
      hit = fail_records(entry.rule, subject, decision);
    if (effects.latency && !decision.latency) decision.latency = drawn(*effects.latency, random_);
    set_once(decision.restraint.records_max, effects.page_records);
    if (effects.visible_after && decision.restraint.visible_after.count() == 0)
      decision.restraint.visible_after = *effects.visible_after;
    set_once(decision.drop, effects.drop);
    if (effects.failure) decision.verdict = verdict_of(*effects.failure, subject);
    if (effects.reset) decision.verdict = Verdict{.moment = *effects.reset, .reset = true};
    hit = hit || effects.latency || decision.verdict;
    if (!hit) continue;
    ++entry.hits;
    decision.note += fmt::format("{}{}", decision.note.empty() ? "fault rule " : ", ", entry.rule.id);
    if (decision.verdict) return;
  }
}

}  // namespace kinesisd::server::faults
