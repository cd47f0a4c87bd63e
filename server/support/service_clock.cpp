#include "server/support/service_clock.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "server/support/instant.hpp"

namespace kinesisd::server {

namespace {

using storage::ClockChanged;
using storage::ClockState;
using storage::Timestamp;

void refuse_too_far(Timestamp at, Timestamp wall, std::string_view remedy) {
  if (at <= wall + time_ahead_max) return;
  throw ClockError(fmt::format("{} is too far ahead; {} up to {}, a hundred years from now.",
                               commands::instant_text(at), remedy,
                               commands::instant_text(wall + time_ahead_max)));
}

}  // namespace

Timestamp wall_time() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Beginning begin_time(const ClockStart& start, const ClockState& stored, Timestamp newest, Timestamp wall) {
  if (start.at) refuse_too_far(*start.at, wall, "choose a --start-time");
  // A database in which nothing has ever been kept is as good as a new one.
  const bool is_new = stored == ClockState{} && newest == Timestamp{};
  const bool told = start.at && is_new;
  const bool frozen = start.frozen.value_or(stored.frozen.has_value());
  const Timestamp goes_on = std::max(stored.frozen.value_or(wall + stored.offset), newest);
  const Timestamp now = told ? *start.at : goes_on;

  Beginning begins{.state = stored, .line = {}};
  if (told || frozen != stored.frozen.has_value()) {
    begins.state = {now - wall, frozen ? std::optional(now) : std::nullopt};
  }
  if (start.at && *start.at != now) {
    begins.line = fmt::format(
        "--start-time {} is for a new database; the time of this one goes on from {}, and "
        "/_kinesisd/clock moves it.",
        commands::instant_text(*start.at), commands::instant_text(now));
  }
  return begins;
}

ServiceClock::ServiceClock(const ClockState& state, Timestamp newest, Wall wall)
    : wall_(std::move(wall)), state_(state), latest_(newest), planned_(state) {
  if (state_.frozen) state_.frozen = std::max(*state_.frozen, newest);
}

// With the lock held.
Timestamp ServiceClock::look(Timestamp wall) {
  if (unsettled_ == 0) latest_ = std::max(latest_, state_.frozen.value_or(wall + state_.offset));
  return latest_;
}

Timestamp ServiceClock::now() {
  const std::lock_guard lock(mutex_);
  return look(wall_());
}

ServiceClock::Reading ServiceClock::read() {
  const std::lock_guard lock(mutex_);
  // One look at the wall: a thread may be interrupted between two, for as long as the machine likes.
  const Timestamp wall = wall_();
  const Timestamp now = look(wall);
  return {now, now - wall, state_.frozen.has_value()};
}

bool ServiceClock::frozen() {
  const std::lock_guard lock(mutex_);
  return state_.frozen.has_value();
}

std::optional<ServiceClock::Plan> ServiceClock::plan(const TimeChange& change) {
  const std::lock_guard lock(mutex_);
  const Timestamp wall = wall_();
  const Timestamp now = unsettled_ > 0 ? planned_now_ : look(wall);
  if (change.set && *change.set < now) {
    throw ClockError(fmt::format("Time does not go backwards; it is {} already, later than {}.",
                                 commands::instant_text(now), commands::instant_text(*change.set)));
  }
  const bool was_frozen = planned_.frozen.has_value();
  const bool frozen = change.frozen.value_or(was_frozen);
  if (!change.set && change.advance.count() == 0 && frozen == was_frozen) return std::nullopt;
  const Timestamp then = change.set.value_or(now) + change.advance;
  refuse_too_far(then, wall, "go");

  Plan plan{.change = {planned_, {then - wall, frozen ? std::optional(then) : std::nullopt}},
            .then = {then, then - wall, frozen}};
  planned_ = plan.change.after;
  planned_now_ = then;
  ++unsettled_;
  return plan;
}

ClockChanged ServiceClock::restate() {
  const std::lock_guard lock(mutex_);
  planned_now_ = unsettled_ > 0 ? planned_now_ : look(wall_());
  ++unsettled_;
  return {planned_, planned_};
}

void ServiceClock::settle(const ClockChanged& change, bool durable) {
  const std::lock_guard lock(mutex_);
  if (unsettled_ > 0) --unsettled_;
  if (durable) {
    state_ = change.after;
  } else {
    planned_ = change.before;
  }
}

}  // namespace kinesisd::server
