#include "server/admin/clock.hpp"

#include <optional>
#include <string>
#include <utility>

#include "protocol/json.hpp"
#include "server/admin/control.hpp"
#include "server/document/reader.hpp"
#include "server/support/instant.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::server::own {

namespace {

Response clock_answer(const ServiceClock::Reading& reading) {
  std::string body;
  protocol::json::Writer writer(body);
  writer.begin_map(4);
  put_time(writer, "now", reading.now);
  writer.key("now_ms");
  writer.integer(storage::epoch_ms(reading.now));
  writer.key("offset_ms");
  writer.integer(reading.offset.count());
  writer.key("frozen");
  writer.boolean(reading.frozen);
  writer.end_map();
  return json(200, std::move(body));
}

storage::Timestamp time_of(const document::Item& item) {
  const auto time = commands::parse_instant(item.text());
  if (!time) item.refuse("write a time such as \"2026-01-31T12:00:00Z\"");
  return *time;
}

// Time that stands still goes on by {"resume": true} alone: a false says nothing anyone could mean.
bool is_true(const document::Item& item) {
  if (!item.boolean()) item.refuse("write true, or leave it out");
  return true;
}

TimeChange change_in(std::string body) {
  const document::Document document = document::parse_json(std::move(body));
  const document::Object object =
      document::root(document).object({"advance", "advance_ms", "set", "freeze", "resume"});
  TimeChange change;
  const auto how_far = object.one_of({"advance", "advance_ms", "set"});
  const auto mode = object.one_of({"freeze", "resume"});
  if (!how_far && !mode) {
    throw document::Problem(
        "The body says nothing of time; send {\"advance\": \"25h\"}, {\"set\": \"2026-01-31T12:00:00Z\"}, "
        "{\"freeze\": true} or {\"resume\": true}.");
  }
  if (const auto set = object.find("set")) change.set = time_of(*set);
  if (const auto advance = object.find("advance")) change.advance = advance->duration();
  if (const auto advance = object.find("advance_ms")) change.advance = advance->duration();
  if (mode && is_true(*mode)) change.frozen = object.find("freeze").has_value();
  return change;
}

Answer move_clock(Call& call) {
  const TimeChange change = change_in(std::move(call.request.body));
  ServiceClock& clock = call.control.clock;
  std::optional<ServiceClock::Plan> plan;
  std::optional<storage::Ticket> ticket = storage::no_ticket;
  // Planned and submitted in one step, so that the journal has changes in the order in which they were made.
  call.control.streams.with([&](storage::State& state) {
    plan = clock.plan(change);
    if (!plan) return;
    ticket = storage::change_clock(state, plan->change);
    if (!ticket) clock.settle(plan->change, false);
  });
  if (!ticket) return {error(503, "Too much waits for the disk to keep another time; try again.")};
  return {clock_answer(plan ? plan->then : clock.read()), *ticket};
}

}  // namespace

Answer answer_clock(Call& call) {
  if (call.request.method == "GET" || call.request.method == "HEAD")
    return {clock_answer(call.control.clock.read())};
  try {
    return move_clock(call);
  } catch (const ClockError& refused) {
    return {error(400, refused.what())};
  } catch (const document::Problem& refused) {
    return {error(400, refused.what())};
  }
}

}  // namespace kinesisd::server::own
