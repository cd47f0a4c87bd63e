// The journal: one thread that writes everything waiting in one transaction, then makes it readable and tells
// the listener. Knows no socket and no SQL.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "storage/journal/disposal.hpp"
#include "storage/journal/engine.hpp"
#include "storage/journal/pace.hpp"
#include "storage/model/clock.hpp"
#include "storage/state/change.hpp"
#include "storage/state/guarded.hpp"
#include "storage/state/journal.hpp"
#include "storage/state/stream_settings.hpp"

namespace kinesisd::storage {

struct State;

struct GroupCommitLimits {
  std::size_t waiting_bytes_max = 64U << 20;  // beyond either, has_room() is false and puts are refused
  std::size_t waiting_changes_max = 100'000;
  std::size_t batch_bytes_max = 16U << 20;  // of one transaction; a single larger change is still one
  std::size_t batch_changes_max = 10'000;
  std::size_t worth_writing_bytes = 64U << 10;  // either is worth a transaction while more is being made
  std::size_t worth_writing_changes = 8;
  SliceLimits slice;  // the most that is trimmed between two transactions
  PaceLimits pace;    // of trimming while others write
};

class GroupCommit final : public Journal {
 public:
  // Both are called on the journal thread, without any lock held, and must not throw.
  using Listener = std::function<void(Settled)>;        // once per transaction, tickets ascending
  using Log = std::function<void(const std::string&)>;  // a sentence on what went wrong

  // What tells how long a slice of trimming took.
  using Stopwatch = std::function<SteadyTime()>;

  // `engine` outlives the journal.
  explicit GroupCommit(Engine& engine, GroupCommitLimits limits = {},
                       Stopwatch stopwatch = std::chrono::steady_clock::now);
  ~GroupCommit() override;

  // What is submitted is written after the next wake(), or within a second.
  Ticket submit(Change change) override;
  bool has_room() const override;
  // Why the last write failed, in the database's words; empty: it did not fail. After a failure writing is
  // tried again every second, whether there is something to write or not. Any thread.
  std::string trouble() const;
  // What waits to be written. Any thread.
  std::size_t waiting_bytes() const { return waiting_bytes_.load(std::memory_order_relaxed); }
  std::size_t waiting_changes() const { return waiting_changes_.load(std::memory_order_relaxed); }
  // Writes all that waits. Whoever submits calls it when it has nothing more to submit for the moment, so
  // that many changes share a transaction. Any thread.
  void wake();
  // The same, if enough waits already: the disk's work then goes on beside the making of changes.
  void wake_if_worthwhile();

  // Starts the thread. The arguments outlive the journal or are given up by `stop`.
  void start(Guarded<State>& streams, Clock& clock, Listener listener, Log log);
  // Between `attach` and `start`: writes everything that waits in one transaction, or throws and has written
  // nothing.
  void commit_waiting();
  // Writes everything that waits, ends the thread and closes the engine. Nothing may be submitted afterwards.
  // False: closing failed, which the log says.
  bool stop();

  // Runs `step` once all that was submitted is durable, with nothing else going on: on the journal's thread
  // (on the caller's if there is none), with the streams' lock held, so it may write through the engine.
  // Blocks; throws std::runtime_error, with the text of what the step threw or of why what was submitted
  // could not be written. Not to be called with the lock held.
  using Step = std::function<void(State& streams, Engine& engine, Wakes& wakes)>;
  void exclusive(const Step& step);

  // Where what the streams have lost is freed.
  Disposal& disposal() { return disposal_; }

  // The thread's two steps, for tests that do without the thread: `attach` in place of `start`.
  void attach(Guarded<State>& streams, Clock& clock, Listener listener, Log log);
  // Writes and settles one transaction; false: nothing was waiting.
  bool commit_batch();
  // Trims one slice of what has expired or was deleted, whether it is due or not; true while there is more.
  bool trim_slice();
  // Does so if it is due: not while puts have not had their share of the time. The thread calls it after
  // each transaction, and when it has waited for the time that this returns; nullopt: nothing is left to trim
  // for now.
  std::optional<SteadyTime> trim_when_due();
  // After a failure: tries whether writing works again.
  void retry();

 private:
  struct Batch {
    std::vector<Change> changes;
    Ticket through = no_ticket;
  };

  enum class Work { some, none, never };
  using Task = std::packaged_task<std::optional<std::string>()>;  // gives why it failed

  void run();
  Work wait_for_work(std::optional<SteadyTime> trim_at);
  Batch take(std::size_t bytes_max, std::size_t changes_max);
  void settle(const Batch& batch);
  void settle_clock(State& state, std::span<const Change> durable);
  void undo(State& state, std::vector<Change>& changes, std::vector<RecordPtr>& garbage);
  void say_failed(const std::string& why);
  void fail(Batch batch, const std::string& why);
  bool begin_trouble(const std::string& why);
  void end_trouble();
  bool trim(const SliceLimits& slice);
  void run_steps();
  void run_step(const Step& step);
  void release(const Batch& batch);
  void dispose(const Batch& batch);

  Engine& engine_;
  const GroupCommitLimits limits_;
  const Stopwatch stopwatch_;

  std::mutex mutex_;  // guards everything up to stopping_
  std::condition_variable work_;
  std::deque<Change> waiting_;
  Ticket last_ticket_ = no_ticket;
  Ticket taken_ticket_ = no_ticket;  // the last one that is not waiting any more
  std::size_t untaken_bytes_ = 0;    // of waiting_
  std::deque<Task> steps_;
  bool woken_ = false;  // there is something to write, and nothing to wait for
  bool stopping_ = false;
  std::atomic<std::size_t> waiting_bytes_{0};
  std::atomic<std::size_t> waiting_changes_{0};

  Guarded<State>* streams_ = nullptr;
  Clock* clock_ = nullptr;
  Listener listener_;
  Log log_;
  mutable std::mutex trouble_mutex_;
  std::string trouble_;   // guarded; empty: none
  bool failing_ = false;  // journal thread: there is trouble, and the log has said so
  // Journal thread, too.
  Pace pace_;
  bool more_to_trim_ = false;
  std::size_t trimmed_bytes_ = 0;  // of memory, since they were given back
  SteadyTime looked_at_{};         // when nothing was left to trim
  Timestamp trimmed_at_{};         // the same, as the service's clock says
  Disposal disposal_;
  std::thread thread_;
};

}  // namespace kinesisd::storage
