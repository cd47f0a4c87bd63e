// The server without its sockets and threads: JSON in, JSON or an error out, on a clock the test moves.
#pragma once

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "protocol/error.hpp"
#include "server/api/dispatch.hpp"
#include "storage/journal/group_commit.hpp"
#include "storage/memory/memory_engine.hpp"
#include "storage/state/state.hpp"
#include "tests/support/manual_clock.hpp"

namespace kinesisd::server {

// An engine whose next writes fail, as on a full disk.
class FailingEngine : public storage::MemoryEngine {
 public:
  void write(std::span<const storage::Change> changes) override {
    if (failing) throw std::runtime_error("database or disk is full");
    storage::MemoryEngine::write(changes);
  }
  bool failing = false;
};

inline storage::StreamSettings settings_with(std::int64_t transition_ms) {
  storage::StreamSettings settings;
  settings.transitions = {.end_when_observed = false, .after_ms = transition_ms};
  settings.records_on_disk = false;
  return settings;
}

// A call is committed before it is answered.
class Api {
 public:
  explicit Api(storage::StreamSettings settings = settings_with(0))
      : streams_(std::move(settings), journal_, std::string(32, 'k')) {
    journal_.attach(
        streams_, clock, [this](storage::Settled news) { durable_ = news.durable; },
        [](const std::string&) {});
  }

  // The body, or for an error its type and sentence.
  std::string call(std::string_view operation, std::string json) {
    return call(operation, std::move(json), protocol::Encoding::json);
  }
  std::string call(std::string_view operation, std::string request, protocol::Encoding encoding) {
    auto body = protocol::parse(request, encoding);
    REQUIRE(body);
    Context context{.streams = streams_,
                    .now = clock.now(),
                    .caller = {.account = "123456789012", .region = "us-east-1"},
                    .operation = operation,
                    .encoding = encoding,
                    .rates = rates,
                    .stream_name = {},
                    .note = {}};
    const RunOperation run = find_operation(operation);
    REQUIRE(run != nullptr);
    Outcome outcome = run(context, body.value());
    REQUIRE(!outcome.disk);
    if (outcome.ticket != storage::no_ticket) {
      REQUIRE(journal_.commit_batch());
      if (!durable_) return outcome.body_if_lost ? outcome.body_if_lost() : "InternalFailure";
    }
    return outcome.body ? outcome.body.value() : protocol::sentence(outcome.body.error());
  }

  void create(const std::string& stream, int shards = 1) {
    REQUIRE(call("CreateStream",
                 R"({"StreamName":")" + stream + R"(","ShardCount":)" + std::to_string(shards) + "}")
                .empty());
  }

  std::string put(const std::string& data = "YQ==") {
    return call("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":")" + data + R"("})");
  }

  std::string iterator(const std::string& rest) {
    return member(call("GetShardIterator", R"({"StreamName":"s","ShardId":"0",)" + rest + "}"),
                  "ShardIterator");
  }

  std::string read(const std::string& iterator) {
    return call("GetRecords", R"({"ShardIterator":")" + iterator + R"("})");
  }

  // The text of a string member; empty when it is absent.
  static std::string member(const std::string& json, const std::string& name) {
    const std::string start = '"' + name + "\":\"";
    const std::size_t at = json.find(start);
    if (at == std::string::npos) return {};
    return json.substr(at + start.size(), json.find('"', at + start.size()) - at - start.size());
  }

  void trim() {
    while (journal_.trim_slice()) {
    }
  }

  tests::ManualClock clock;
  FailingEngine engine;
  RateLimits* rates = nullptr;

 private:
  storage::GroupCommit journal_{engine};
  GuardedState streams_;
  bool durable_ = true;
};

}  // namespace kinesisd::server
