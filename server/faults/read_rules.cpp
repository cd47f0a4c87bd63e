#include "server/faults/read_rules.hpp"

#include <fmt/core.h>

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "protocol/operation_names.hpp"
#include "protocol/operations/get_records.hpp"
#include "protocol/operations/put_record.hpp"
#include "protocol/operations/put_records.hpp"
#include "protocol/operations/subscribe_to_shard.hpp"
#include "server/document/closest.hpp"
#include "server/document/reader.hpp"
#include "server/faults/texts.hpp"

namespace kinesisd::server::faults {

namespace {

using document::Item;
using document::Object;
using protocol::ErrorType;

constexpr std::int64_t count_max = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t text_bytes_max = 4096;
constexpr std::size_t id_bytes_max = 128;
constexpr std::int64_t records_max = 500;  // of a PutRecords
constexpr std::int64_t page_records_max = 10'000;
constexpr std::int64_t status_min = 400;
constexpr std::int64_t status_max = 599;
constexpr std::string_view reserved_id = "reset";  // stands for something else in the path

// What `read(item)` makes of a key that is there.
template <class Read>
auto read_if(const Object& object, std::string_view key, Read read)
    -> std::optional<std::decay_t<decltype(read(object.item()))>> {
  const std::optional<Item> item = object.find(key);
  if (!item) return std::nullopt;
  return read(*item);
}

const std::string& short_text(const Item& item) {
  if (item.word().size() > text_bytes_max) {
    item.complain(fmt::format(" is too long; write at most {} bytes", text_bytes_max));
  }
  return item.text();
}

std::string read_id(const Item& item) {
  const std::string& id = item.word();
  const bool plain =
      id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
      std::string::npos;
  if (!plain || id.size() > id_bytes_max || id == reserved_id) {
    item.refuse(fmt::format("write at most {} letters, digits, dots, hyphens and underscores, and not \"{}\"",
                            id_bytes_max, reserved_id));
  }
  return id;
}

std::string read_operation(const Item& item) {
  if (!protocol::knows_operation(item.word())) {
    const auto like = document::closest(item.text(), protocol::operation_names());
    item.refuse(fmt::format("write the name of an operation, such as \"{}\"",
                            like.value_or(protocol::PutRecord::name)));
  }
  return item.text();
}

std::vector<std::string> read_operations(const Item& item) {
  if (!item.is_list()) return {read_operation(item)};
  std::vector<std::string> operations;
  for (const Item& one : item.list()) operations.push_back(read_operation(one));
  return operations;
}

storage::ShardIndex read_shard(const Item& item) {
  if (item.kind() == document::Kind::integer) {
    return {static_cast<std::uint32_t>(item.integer(0, std::numeric_limits<std::int32_t>::max()))};
  }
  const auto index = storage::parse_shard_id(item.text());
  if (!index) item.refuse("write the id of a shard, such as \"shardId-000000000000\", or its number");
  return *index;
}

Moment read_moment(const Item& item) {
  constexpr std::array<std::string_view, 2> words = {"before", "after"};
  return item.choice(words) == 0 ? Moment::before : Moment::after;
}

// The name of a type that may have been meant, for the end of a sentence.
std::string_view example_of_type(std::string_view given) {
  constexpr auto names = protocol::enum_names<ErrorType>;
  return document::closest(given, names).value_or(name(ErrorType::InternalFailure));
}

ErrorType read_type(const Item& item) {
  const auto type = error_type(item.word());
  if (!type) {
    item.refuse(
        fmt::format("write the name of an error of AWS's, such as \"{}\"", example_of_type(item.text())));
  }
  return *type;
}

Failure read_failure(const Item& item) {
  Failure failure;
  if (item.is_text()) {
    failure.type = name(read_type(item));
    if (!has_usual_text(*error_type(failure.type))) {
      item.refuse("write { type = ..., message = ... }, because AWS has many messages for it");
    }
    return failure;
  }
  const Object object = item.object({"type", "status", "message", "when"});
  if (const auto status = object.find("status")) {
    failure.status = static_cast<int>(status->integer(status_min, status_max));
  }
  failure.message = read_if(object, "message", short_text);
  if (const auto moment = object.find("when")) failure.moment = read_moment(*moment);
  const auto type = object.find("type");
  if (!type) {
    if (!failure.status || failure.message)
      item.complain(" names no type; add one, such as \"InternalFailure\"");
    return failure;
  }
  failure.type = short_text(*type);
  const auto known = error_type(failure.type);
  if (!known && !failure.message && !failure.status) {
    type->refuse(
        fmt::format("write the name of an error of AWS's, such as \"{}\", or add a status and a message",
                    example_of_type(failure.type)));
  }
  if (known && !has_usual_text(*known) && !failure.message) {
    item.complain(" needs a message, because AWS has many for this type");
  }
  return failure;
}

Latency read_latency(const Item& item) {
  Latency latency;
  if (!item.is_object()) {
    latency.least = item.duration();
  } else {
    const Object object = item.object({"ms", "spread"});
    latency.least = object["ms"].duration();
    if (const auto spread = object.find("spread")) latency.spread = spread->duration();
  }
  if (latency.least > latency_max || latency.spread > latency_max - latency.least) {
    item.complain(fmt::format(" is longer than {} minutes; write less",
                              std::chrono::duration_cast<std::chrono::minutes>(latency_max).count()));
  }
  return latency;
}

RecordFailures read_records(const Item& item) {
  RecordFailures failures;
  const Object object = item.object({"share", "indexes", "type", "message"});
  const auto which = object.one_of({"share", "indexes"});
  if (const auto share = object.find("share")) failures.share = share->number(0, 1);
  if (which && which->is_list()) {
    auto& indexes = failures.indexes.emplace();
    for (const Item& index : which->list(records_max)) {
      indexes.push_back(static_cast<std::size_t>(index.integer(0, records_max - 1)));
    }
  } else if (object.find("indexes")) {
    which->list();
  }
  if (const auto type = object.find("type")) {
    failures.type = read_type(*type);
    failures.message = read_if(object, "message", short_text);
    if (!failures.message && !has_usual_text(failures.type)) {
      item.complain(" needs a message, because AWS has many for this type");
    }
  } else {
    failures.message = read_if(object, "message", short_text);
  }
  return failures;
}

Drop read_drop(const Item& item) {
  const Object object = item.object({"events", "error"});
  Drop drop{.events = object["events"].integer(0, count_max)};
  if (const auto error = object.find("error")) drop.error = read_type(*error);
  return drop;
}

std::size_t read_page(const Item& item) {
  const Object object = item.object({"records"});
  return static_cast<std::size_t>(object["records"].integer(0, page_records_max));
}

Match read_match(const Object& object) {
  Match match;
  if (const auto operation = object.find("operation")) match.operations = read_operations(*operation);
  match.account = read_if(object, "account", short_text);
  match.region = read_if(object, "region", short_text);
  match.stream = read_if(object, "stream", short_text);
  match.consumer = read_if(object, "consumer", short_text);
  match.shard = read_if(object, "shard", read_shard);
  return match;
}

Schedule read_schedule(const Object& object) {
  Schedule schedule;
  if (const auto skip = object.find("skip")) schedule.skip = skip->integer(0, count_max);
  if (const auto every = object.find("every")) schedule.every = every->integer(1, count_max);
  if (const auto probability = object.find("probability")) schedule.probability = probability->number(0, 1);
  schedule.count = read_if(object, "count", [](const Item& item) { return item.integer(0, count_max); });
  if (const auto from = object.find("from")) schedule.from = from->duration();
  schedule.lasting = read_if(object, "for", [](const Item& item) { return item.duration(); });
  return schedule;
}

// What an effect is about; effects that are not here are about every operation.
struct Concern {
  std::string_view key;
  std::vector<std::string> operations;
};

const std::vector<Concern>& concerns() {
  static const std::vector<Concern> all = {
      {"records", {std::string(protocol::PutRecords::name)}},
      {"page", {std::string(protocol::GetRecords::name)}},
      {"expired_iterator", {std::string(protocol::GetRecords::name)}},
      {"visible_after",
       {std::string(protocol::GetRecords::name), std::string(protocol::SubscribeToShard::name)}},
      {"drop", {std::string(protocol::SubscribeToShard::name)}},
  };
  return all;
}

// A rule whose effect none of its operations has is a mistake.
void check_concerns(const Object& object, const Match& match) {
  if (match.operations.empty()) return;
  for (const Concern& concern : concerns()) {
    const auto effect = object.find(concern.key);
    if (!effect) continue;
    bool common = false;
    std::string words;
    for (const std::string& operation : concern.operations) {
      words += fmt::format("{}{}", words.empty() ? "" : " or ", operation);
      for (const std::string& wanted : match.operations) common = common || wanted == operation;
    }
    if (!common) effect->complain(fmt::format(" does nothing here; it takes the operation {}", words));
  }
}

Effects read_effects(const Object& object) {
  Effects effects;
  if (const auto end = object.one_of({"error", "throttle", "expired_iterator", "reset"})) {
    if (object.find("error")) {
      effects.failure = read_failure(*end);
    } else if (object.find("reset")) {
      effects.reset = read_moment(*end);
    } else if (!end->boolean()) {
      end->refuse("write true, or leave it out");
    } else {
      effects.failure.emplace();
      if (object.find("expired_iterator")) effects.failure->type = name(ErrorType::ExpiredIteratorException);
    }
  }
  effects.latency = read_if(object, "latency", read_latency);
  effects.records = read_if(object, "records", read_records);
  effects.page_records = read_if(object, "page", read_page);
  effects.visible_after = read_if(object, "visible_after", [](const Item& item) { return item.duration(); });
  effects.drop = read_if(object, "drop", read_drop);
  return effects;
}

Rule read_rule(const Item& item) {
  const Object object = item.object(
      {"id",    "operation",   "account", "region", "stream",        "shard", "consumer", "skip",
       "every", "probability", "count",   "from",   "for",           "error", "throttle", "expired_iterator",
       "reset", "latency",     "records", "page",   "visible_after", "drop"});
  Rule rule;
  if (const auto id = object.find("id")) rule.id = read_id(*id);
  rule.match = read_match(object);
  rule.schedule = read_schedule(object);
  rule.effects = read_effects(object);
  check_concerns(object, rule.match);
  if (object.find("expired_iterator")) rule.match.operations = {std::string(protocol::GetRecords::name)};
  const Effects& effects = rule.effects;
  if (!effects.failure && !effects.reset && !effects.latency && !effects.records && !effects.page_records &&
      !effects.visible_after && !effects.drop) {
    item.complain(
        " says nothing that is to happen; add one of error, throttle, reset, latency, records, page, "
        "visible_after, expired_iterator and drop");
  }
  rule.text = document::to_json(item.value());
  return rule;
}

// A rule as it is listed. What was counted of it is not taken over.
Rule read_listed(const Item& item) {
  const Object object = item.object({"id", "hits", "matched", "rule"});
  Rule rule = read_rule(object["rule"]);
  if (const auto id = object.find("id"); id && rule.id.empty()) rule.id = read_id(*id);
  return rule;
}

std::vector<Rule> read_listing(const Item& item) {
  std::vector<Rule> rules;
  for (const Item& one : item.list(rules_max)) rules.push_back(read_listed(one));
  return rules;
}

std::vector<Rule> read_list(const Item& item) {
  std::vector<Rule> rules;
  for (const Item& one : item.list(rules_max)) rules.push_back(read_rule(one));
  return rules;
}

}  // namespace

std::vector<Rule> rules_from(const document::Document& document) {
  const Item root = document::root(document);
  if (root.is_list()) return read_list(root);
  for (const auto& [key, value] : root.entries()) {
    if (key == "rules") return read_listing(root.object({"rules"})["rules"]);
    const bool listed = document.format != document::Format::toml && value.is_object();
    if (key == "rule" && listed) return {read_listed(root)};
    if (key == "rule") return read_list(root.object({"rule"})["rule"]);
  }
  if (document.format == document::Format::toml) {
    constexpr std::array<std::string_view, 1> tables{"rule"};
    for (const auto& [key, item] : root.entries()) {
      if (!item.is_list() && !document::closest(key, tables))
        item.complain(" stands outside of a rule; write [[rule]] above it");
    }
    root.object({"rule"});
    return {};
  }
  return {read_rule(root)};
}

}  // namespace kinesisd::server::faults
