// The frame around every operation: decode, handle, encode. Included by the files in server/operations only.
//
// An operation `Op` is a function `handle(Context&, Op::Request&)` that gives a Result of
//   - Op::Response;
//   - Committed<Op::Response>: the answer waits for the commit. Overload `if_lost(Context&, Response&)` where
//     a lost commit has an answer of its own;
//   - storage::PendingRead: the answer waits for records; `respond(const Context&, RecordPage)` makes it;
//   - storage::Subscribed: the answer is a stream of Op::Event; `event_of<Op>(EventPage)` makes one.
#pragma once

#include <type_traits>
#include <utility>

#include "protocol/errors.hpp"
#include "protocol/event_stream.hpp"
#include "server/api/access.hpp"
#include "server/api/lifting.hpp"
#include "server/api/meet.hpp"
#include "server/api/operation.hpp"
#include "server/api/resource_names.hpp"
#include "storage/records/reads.hpp"

namespace kinesisd::server {

template <class T>
inline constexpr bool is_committed = false;
template <class Response>
inline constexpr bool is_committed<Committed<Response>> = true;

// Puts, which meet the rules of trouble on demand once it is known where their records go.
template <class Request>
concept PlacesOne = requires(Request request) {
  request.explicit_hash_key;
};
template <class Request>
concept PlacesMany = requires(Request request) {
  request.records;
};
template <class Request>
inline constexpr bool places_records = PlacesOne<Request> || PlacesMany<Request>;

template <class Response>
Outcome outcome_of(Context& context, Committed<Response> committed) {
  Outcome outcome{.body = protocol::encode_body(committed.response, context.encoding),
                  .ticket = committed.ticket};
  if constexpr (requires { if_lost(context, committed.response); }) {
    outcome.body_if_lost = [&context, response = std::move(committed.response)]() mutable {
      if_lost(context, response);
      return protocol::encode_body(response, context.encoding);
    };
  }
  return outcome;
}

// A template only so that `respond` is looked up where the operation is.
template <class Read>
Result<std::string> page_body(Context& context, Read read) {
  BOOST_OUTCOME_TRY(auto page, context.streams.with([&](storage::State& state) {
    return storage::finish_read(state, std::move(read), context.now);
  }));
  return protocol::encode_body(respond(context, std::move(page)), context.encoding);
}

template <class Read>
Outcome outcome_of_read(Context& context, Read read) {
  if (!read.disk) return {.body = page_body(context, std::move(read))};
  Outcome outcome{.disk = read.disk};
  outcome.after_read = [&context, read = std::move(read)](std::vector<storage::RecordPtr> records) mutable {
    read.records = std::move(records);
    return page_body(context, std::move(read));
  };
  return outcome;
}

// Specialized where the operation is.
template <class Op>
typename Op::Event event_of(storage::EventPage page);

template <class Op>
EventFeed feed_of(storage::Subscribed subscribed) {
  if (subscribed.taken_over != nullptr) subscribed.taken_over->wake();
  return {.subscription = std::move(subscribed.subscription),
          .consumer = std::move(subscribed.consumer),
          .expires = subscribed.expires,
          .frame = [](storage::EventPage page) {
            return protocol::event_stream::event(event_of<Op>(std::move(page)));
          }};
}

template <class Op>
Outcome run(Context& context, const protocol::wire::Tree& body) {
  context.cross_account = protocol::is_cross_account<Op>;
  // AWS streams to JSON callers only, and has nothing better to say to others.
  if (protocol::Streaming<Op> && context.encoding != protocol::Encoding::json)
    return {.body = protocol::errors::internal_failure()};
  auto request = decode_for_stream<typename Op::Request>(context, body);
  if (!request) return {.body = request.error()};
  context.stream_name = stream_name_in(request.value());
  if constexpr (protocol::Rated<Op>) {
    if (context.rates != nullptr) {
      auto allowed =
          context.rates->count({context.caller, Op::name, context.stream_name, Op::rate}, context.now);
      if (!allowed) return {.body = allowed.error()};
    }
  }
  if (context.trouble != nullptr && !places_records<typename Op::Request>) {
    auto met = faults::meet(context, faults::named_in(request.value()));
    if (!met) return {.body = met.error()};
  }
  auto handled = handle(context, request.value());
  if (!handled) return {.body = handled.error()};
  using Handled = std::remove_cvref_t<decltype(handled.value())>;
  if constexpr (std::is_same_v<Handled, storage::Subscribed>) {
    return {.events = feed_of<Op>(std::move(handled.value()))};
  } else if constexpr (std::is_same_v<Handled, storage::PendingRead>) {
    return outcome_of_read(context, std::move(handled.value()));
  } else if constexpr (is_committed<Handled>) {
    return outcome_of(context, std::move(handled.value()));
  } else {
    return {.body = protocol::encode_body(handled.value(), context.encoding)};
  }
}

}  // namespace kinesisd::server
