// What an operation is given and what it leaves to be done. Operations are plain functions: no I/O, no
// coroutine, no clock; what has to be awaited is described here and awaited by the dispatcher.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/decode.hpp"
#include "protocol/encode.hpp"
#include "protocol/error.hpp"
#include "protocol/wire.hpp"
#include "server/api/rate_limits.hpp"
#include "storage/state/guarded.hpp"
#include "storage/state/requests.hpp"
#include "storage/state/views.hpp"

namespace kinesisd::storage {
class Strict;
struct State;
}  // namespace kinesisd::storage

namespace kinesisd::server {

namespace faults {
class Trouble;
struct Drop;
}  // namespace faults

using protocol::Result;
using GuardedState = storage::Guarded<storage::State>;

// One request on its way through its operation.
struct Context {
  GuardedState& streams;
  storage::Timestamp now;  // taken once per request
  storage::World caller;
  std::string_view operation;
  protocol::Encoding encoding;
  bool cross_account = false;          // whether a resource policy can open the operation to other accounts
  bool one_world = false;              // whether whatever an ARN names is the caller's own (--worlds one)
  bool over_tls = false;               // how the request came
  RateLimits* rates = nullptr;         // set where the control plane's rates are enforced (--limits all)
  faults::Trouble* trouble = nullptr;  // set while there are rules of trouble on demand
  storage::Strict* strict = nullptr;   // set where every nuisance that AWS is allowed happens (--strict)

  // For the log: the stream the request names, what a person should know although the call succeeded, and
  // a line of its own that says what AWS would not have done.
  std::string stream_name;
  std::string note;
  bool throttled = false;  // although the call succeeded
  std::string warning = {};
  std::shared_ptr<storage::CallTimes> times = {};  // to be told how long a call took that succeeded
};

// A subscription, and how its events are written.
struct EventFeed {
  std::shared_ptr<storage::Subscription> subscription;
  storage::ConsumerKey consumer;
  storage::Timestamp expires;
  std::string (*frame)(storage::EventPage page);
};

// What remains after the operation has run.
struct Outcome {
  Result<std::string> body = std::string();  // encoded; holds once `ticket` is durable
  storage::Ticket ticket = storage::no_ticket;
  // The answer when the commit fails; unset: InternalFailure.
  std::function<std::string()> body_if_lost{};
  // Records to be read before there is a body: read `disk`, then call `after_read`.
  std::optional<storage::DiskRange> disk{};
  std::function<Result<std::string>(std::vector<storage::RecordPtr>)> after_read{};
  // Set: the answer is a stream of these events, and there is no body.
  std::optional<EventFeed> events{};
};

// A response that holds once `ticket` is durable.
template <class Response>
struct Committed {
  Response response;
  storage::Ticket ticket;
};

// Runs the operation `Op` on a decoded body. Defined in server/api/run_operation.hpp, instantiated where its
// `handle` is.
template <class Op>
Outcome run(Context& context, const protocol::wire::Tree& body);

}  // namespace kinesisd::server
