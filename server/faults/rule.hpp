// A rule of trouble on demand: which requests it is about, which of them it hits, and what becomes of those.
// Values only; what they mean is decided in rule_book.cpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "storage/model/sequence_number.hpp"

namespace kinesisd::server::faults {

using std::chrono::milliseconds;

inline constexpr std::size_t rules_max = 1000;
inline constexpr milliseconds latency_max{15 * 60 * 1000};  // with its spread

// What is not set matches everything.
struct Match {
  std::vector<std::string> operations = {};
  std::optional<std::string> account = {};  // of the caller, as is the region
  std::optional<std::string> region = {};
  std::optional<std::string> stream = {};  // `*` stands for any characters
  std::optional<std::string> consumer = {};
  std::optional<storage::ShardIndex> shard = {};  // one of those the request is about
};

// Which of the requests that match are hit. A window counts from when the rule came, on the service's clock.
struct Schedule {
  std::int64_t skip = 0;                   // the first so many are left alone
  std::int64_t every = 1;                  // then every so many-th
  double probability = 1;                  // of those
  std::optional<std::int64_t> count = {};  // no more hits than this
  milliseconds from{0};
  std::optional<milliseconds> lasting = {};
};

// Of the commit. After: what was asked for has been done, and the client is not told.
enum class Moment { before, after };

// An answer other than the operation's.
struct Failure {
  std::string type = {};                    // empty: what AWS throttles the operation with, or a bare status
  std::optional<int> status = {};           // that of the type; 400 of one that is not known
  std::optional<std::string> message = {};  // AWS's own
  Moment moment = Moment::before;
};

struct Latency {
  milliseconds least{0};
  milliseconds spread{0};  // up to so much more
};

// Records of a PutRecords that are refused although the call succeeds.
struct RecordFailures {
  double share = 1;  // of the records the rule is about; spread evenly, beginning with the first
  std::optional<std::vector<std::size_t>> indexes = {};  // in place of a share: those of the request, from 0
  protocol::ErrorType type = protocol::ErrorType::ProvisionedThroughputExceededException;
  std::optional<std::string> message = {};
};

// The end of a subscription after so many events.
struct Drop {
  std::int64_t events = 0;
  std::optional<protocol::ErrorType> error = {};  // unset: the connection breaks
};

// At least one is set, and of failure and reset at most one.
struct Effects {
  std::optional<Failure> failure = {};
  std::optional<Moment> reset = {};
  std::optional<Latency> latency = {};
  std::optional<RecordFailures> records = {};
  std::optional<std::size_t> page_records = {};
  std::optional<milliseconds> visible_after = {};
  std::optional<Drop> drop = {};
};

struct Rule {
  std::string id = {};  // empty: it is given one
  Match match = {};
  Schedule schedule = {};
  Effects effects = {};
  std::string text = {};  // as it was given, in JSON
};

}  // namespace kinesisd::server::faults
