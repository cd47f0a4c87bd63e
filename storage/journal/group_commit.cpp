#include "storage/journal/group_commit.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

#include "storage/state/state.hpp"

namespace kinesisd::storage {

namespace {

// How long the thread sleeps before it looks for expired records again.
constexpr std::chrono::seconds trim_every{1};

}  // namespace

GroupCommit::GroupCommit(Engine& engine, GroupCommitLimits limits, Stopwatch stopwatch)
    : engine_(engine), limits_(limits), stopwatch_(std::move(stopwatch)), pace_(limits.slice, limits.pace) {}

GroupCommit::~GroupCommit() {
  if (thread_.joinable()) stop();
}

Ticket GroupCommit::submit(Change change) {
  waiting_bytes_.fetch_add(change.bytes, std::memory_order_relaxed);
  waiting_changes_.fetch_add(1, std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  untaken_bytes_ += change.bytes;
  waiting_.push_back(std::move(change));
  return ++last_ticket_;
}

void GroupCommit::wake() {
  if (waiting_changes_.load(std::memory_order_relaxed) == 0) return;
  {
    std::lock_guard lock(mutex_);
    if (waiting_.empty() || std::exchange(woken_, true)) return;
  }
  work_.notify_one();
}

void GroupCommit::wake_if_worthwhile() {
  {
    std::lock_guard lock(mutex_);
    const bool enough =
        waiting_.size() >= limits_.worth_writing_changes || untaken_bytes_ >= limits_.worth_writing_bytes;
    if (!enough || std::exchange(woken_, true)) return;
  }
  work_.notify_one();
}

bool GroupCommit::has_room() const {
  return waiting_bytes_.load(std::memory_order_relaxed) < limits_.waiting_bytes_max &&
         waiting_changes_.load(std::memory_order_relaxed) < limits_.waiting_changes_max;
}

void GroupCommit::attach(Guarded<State>& streams, Clock& clock, Listener listener, Log log) {
  streams_ = &streams;
  clock_ = &clock;
  listener_ = std::move(listener);
  log_ = std::move(log);
}

void GroupCommit::start(Guarded<State>& streams, Clock& clock, Listener listener, Log log) {
  attach(streams, clock, std::move(listener), std::move(log));
  thread_ = std::thread([this] { run(); });
}

bool GroupCommit::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
  run_steps();
  while (commit_batch()) {
  }
  try {
    engine_.close();
    return true;
  } catch (const std::exception& error) {
    log_(error.what());
    return false;
  }
}

void GroupCommit::run() {
  std::optional<SteadyTime> trim_at;
  for (Work work = wait_for_work(trim_at); work != Work::never; work = wait_for_work(trim_at)) {
    commit_batch();
    run_steps();
    trim_at = trim_when_due();
  }
}

// None: not before the next slice of trimming, or the next look for expired records. Never: the thread is to
// end.
GroupCommit::Work GroupCommit::wait_for_work(std::optional<SteadyTime> trim_at) {
  const auto until = trim_at.value_or(stopwatch_() + trim_every);
  std::unique_lock lock(mutex_);
  work_.wait_until(lock, until, [this] { return woken_ || stopping_; });
  if (stopping_) return Work::never;
  return std::exchange(woken_, false) ? Work::some : Work::none;
}

GroupCommit::Batch GroupCommit::take(std::size_t bytes_max, std::size_t changes_max) {
  Batch batch;
  std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  while (!waiting_.empty() && batch.changes.size() < changes_max) {
    bytes += waiting_.front().bytes;
    if (bytes > bytes_max && !batch.changes.empty()) break;
    untaken_bytes_ -= waiting_.front().bytes;
    batch.changes.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  if (!waiting_.empty()) woken_ = true;  // a full batch leaves the rest to the next
  batch.through = taken_ticket_ += batch.changes.size();
  return batch;
}

bool GroupCommit::commit_batch() {
  Batch batch = take(limits_.batch_bytes_max, limits_.batch_changes_max);
  if (batch.changes.empty()) return false;
  try {
    engine_.write(batch.changes);
  } catch (const std::exception& error) {
    fail(std::move(batch), error.what());
    return true;
  }
  end_trouble();
  settle(batch);
  pace_.wrote(stopwatch_());
  return true;
}

void GroupCommit::commit_waiting() {
  const Batch batch = take(SIZE_MAX, SIZE_MAX);
  if (batch.changes.empty()) return;
  engine_.write(batch.changes);
  settle(batch);
}

// What was written is readable, and whoever waits for it is told.
void GroupCommit::settle(const Batch& batch) {
  const Arrivals arrivals = arrivals_of(batch.changes);
  Garbage garbage;
  Wakes wakes;
  streams_->with([&](State& state) {
    state.settle(arrivals, batch.through, garbage);
    settle_clock(state, batch.changes);
    state.wake(arrivals.runs, batch.changes, wakes);
  });
  release(batch);
  dispose(batch);
  listener_({batch.through, true});
  for (const auto& subscriber : wakes) subscriber->wake();
}

std::string GroupCommit::trouble() const {
  std::lock_guard lock(trouble_mutex_);
  return trouble_;
}

// True: this is news.
bool GroupCommit::begin_trouble(const std::string& why) {
  std::lock_guard lock(trouble_mutex_);
  trouble_ = why;
  return !std::exchange(failing_, true);
}

void GroupCommit::end_trouble() {
  if (!std::exchange(failing_, false)) return;
  {
    std::lock_guard lock(trouble_mutex_);
    trouble_.clear();
  }
  log_("Writing to the database works again.");
}

void GroupCommit::retry() {
  if (!failing_) return;
  try {
    engine_.try_writing();
  } catch (const std::exception&) {
    return;  // said already
  }
  end_trouble();
}

void GroupCommit::settle_clock(State& state, std::span<const Change> durable) {
  for (const Change& change : durable) {
    const auto* clock = std::get_if<std::unique_ptr<ClockChanged>>(&change.what);
    if (clock == nullptr) continue;
    state.time_frozen = (*clock)->after.frozen.has_value();
    clock_->settle(**clock, true);
  }
}

void GroupCommit::undo(State& state, std::vector<Change>& changes, Garbage& garbage) {
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    state.undo(*change, garbage);
    if (const auto* clock = std::get_if<std::unique_ptr<ClockChanged>>(&change->what))
      clock_->settle(**clock, false);
  }
}

void GroupCommit::say_failed(const std::string& why) {
  if (begin_trouble(why))
    log_("Writing to the database failed; what could not be written is answered InternalFailure: " + why);
}

// What was submitted since the batch was taken rests on it, so all of it is undone together.
void GroupCommit::fail(Batch batch, const std::string& why) {
  say_failed(why);
  Garbage garbage;
  Batch later;
  streams_->with([&](State& state) {
    later = take(SIZE_MAX, SIZE_MAX);
    for (auto* changes : {&later.changes, &batch.changes}) undo(state, *changes, garbage);
  });
  release(batch);
  release(later);
  listener_({later.through, false});
}

void GroupCommit::exclusive(const Step& step) {
  // An exception is not handed from one thread to the other, which then both could hold it: its text is.
  Task task([&]() -> std::optional<std::string> {
    try {
      run_step(step);
      return std::nullopt;
    } catch (const std::exception& error) {
      return error.what();
    }
  });
  auto done = task.get_future();
  if (thread_.joinable()) {
    {
      std::lock_guard lock(mutex_);
      steps_.push_back(std::move(task));
      woken_ = true;
    }
    work_.notify_one();
  } else {
    task();
  }
  if (const auto failure = done.get()) throw std::runtime_error(*failure);
}

void GroupCommit::run_steps() {
  for (;;) {
    Task task;
    {
      std::lock_guard lock(mutex_);
      if (steps_.empty()) return;
      task = std::move(steps_.front());
      steps_.pop_front();
    }
    task();
  }
}

// Nothing can be submitted while the lock is held, so what waits is written here and nothing is left waiting.
void GroupCommit::run_step(const Step& step) {
  Batch batch;
  Garbage garbage;
  Wakes wakes;
  std::string failure;
  std::exception_ptr refused;
  streams_->with([&](State& state) {
    batch = take(SIZE_MAX, SIZE_MAX);
    try {
      if (!batch.changes.empty()) engine_.write(batch.changes);
    } catch (const std::exception& error) {
      failure = error.what();
      undo(state, batch.changes, garbage);
      return;
    }
    const Arrivals arrivals = arrivals_of(batch.changes);
    if (!batch.changes.empty()) state.settle(arrivals, batch.through, garbage);
    settle_clock(state, batch.changes);
    state.wake(arrivals.runs, batch.changes, wakes);
    try {
      step(state, engine_, wakes);
    } catch (...) {
      refused = std::current_exception();
    }
  });
  release(batch);
  if (failure.empty()) dispose(batch);
  if (!batch.changes.empty()) listener_({batch.through, failure.empty()});
  for (const auto& subscriber : wakes) subscriber->wake();
  if (refused) std::rethrow_exception(refused);
  if (failure.empty()) return;
  say_failed(failure);
  throw std::runtime_error(failure);
}

// Their records still count against the bounds until here, because they are in memory until here.
void GroupCommit::release(const Batch& batch) {
  std::size_t bytes = 0;
  for (const auto& change : batch.changes) bytes += change.bytes;
  waiting_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  waiting_changes_.fetch_sub(batch.changes.size(), std::memory_order_relaxed);
}

// A stream that was deleted goes with all its records.
void GroupCommit::dispose(const Batch& batch) {
  for (const auto& change : batch.changes) {
    const auto* deleted = std::get_if<std::unique_ptr<StreamDeleted>>(&change.what);
    if (deleted == nullptr || (*deleted)->removed == nullptr) continue;
    const std::size_t bytes = bytes_in_memory(*(*deleted)->removed);
    disposal_.take(std::exchange((*deleted)->removed, nullptr), bytes);
  }
}

std::optional<SteadyTime> GroupCommit::trim_when_due() {
  // A jump of the service's clock is seen at once, because it comes with a transaction; that clock may also
  // stand still.
  const auto now = clock_->now();
  const auto at = stopwatch_();
  const bool look = at - looked_at_ >= trim_every || now - trimmed_at_ >= trim_every;
  if (!more_to_trim_ && !look) return std::nullopt;
  if (at < pace_.due()) return pace_.due();
  retry();
  if (trim_slice()) return pace_.due();
  disposal_.freed(std::exchange(trimmed_bytes_, 0));
  looked_at_ = at;
  trimmed_at_ = now;
  return std::nullopt;
}

bool GroupCommit::trim_slice() {
  const auto begun = stopwatch_();
  more_to_trim_ = trim(pace_.slice());
  pace_.sliced(begun, stopwatch_(), more_to_trim_);
  return more_to_trim_;
}

bool GroupCommit::trim(const SliceLimits& slice) {
  const auto now = clock_->now();
  bool more = false;
  Garbage garbage;
  std::shared_ptr<const std::set<std::int64_t>> pinned;
  const auto expired = streams_->with([&](State& state) {
    pinned = state.pinned_shards();
    const std::size_t before = state.memory_bytes;
    const auto result = state.trim(now, taken_ticket_, slice.records_max, garbage, more);
    trimmed_bytes_ += before - state.memory_bytes;
    return result;
  });
  try {
    if (expired) {
      const Trimmed trimmed = engine_.trim(*expired, slice);
      streams_->with([&](State& state) { state.trimmed(*expired, trimmed); });
    }
    return more || engine_.sweep(now, slice, *pinned);
  } catch (const std::exception& error) {
    if (begin_trouble(error.what()))
      log_(std::string("Deleting expired records from the database failed: ") + error.what());
    return false;
  }
}

}  // namespace kinesisd::storage
