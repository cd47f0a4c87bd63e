// The threads that do all network I/O: one io_context each, so that a connection never meets another thread.
// Also where a request waits for its commit, and the way to blocking work. Knows no protocol.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "server/support/limits.hpp"
#include "storage/state/journal.hpp"

namespace kinesisd::server {

namespace asio = boost::asio;

// The requests of one I/O thread that wait for the disk. All calls but `expected` are for that thread.
//
//   auto expectation = commits.expect();      // before the change is made: from here on no news is missed
//   Ticket ticket = streams.with(...);
//   bool durable = co_await commits.wait(ticket);
class CommitWaits {
 public:
  CommitWaits() = default;
  CommitWaits(const CommitWaits&) = delete;
  CommitWaits& operator=(const CommitWaits&) = delete;

  // Held from before a change is submitted until it has been waited for.
  class Expectation {
   public:
    explicit Expectation(CommitWaits& waits) : waits_(&waits) { waits_->raise(); }
    ~Expectation() {
      if (waits_ != nullptr) waits_->lower();
    }
    Expectation(Expectation&& other) noexcept : waits_(std::exchange(other.waits_, nullptr)) {}
    Expectation& operator=(Expectation&&) = delete;

   private:
    CommitWaits* waits_;
  };

  [[nodiscard]] Expectation expect() { return Expectation(*this); }

  // Whether the change is on disk; false: it was lost and undone. Tickets may come in any order.
  asio::awaitable<bool> wait(storage::Ticket ticket);

  // Any thread: whether someone must be told. Sequentially after the submit of a change whose expectation is
  // held, this is true.
  bool expected() const { return expecting_.load(std::memory_order_acquire) > 0; }

  // Everything after ticket `after` up to `news.through` is settled. Resumes who waits for it, here and now.
  void settle(storage::Ticket after, storage::Settled news);

  // Gives up everyone who waits, without a word: their coroutines are destroyed by their context.
  void abandon();

 private:
  using Handler = asio::async_result<asio::use_awaitable_t<>, void(bool)>::handler_type;
  // Lives in the frame of the waiting coroutine, which its handler owns.
  struct Waiter {
    storage::Ticket ticket;
    std::optional<Handler> handler{};
    Waiter* before = nullptr;
    Waiter* after = nullptr;
  };
  struct Range {
    storage::Ticket after;
    storage::Ticket through;
  };
  static constexpr std::size_t lost_ranges_max = 64;

  void raise() { expecting_.fetch_add(1, std::memory_order_acq_rel); }
  void lower();
  void enter(Waiter& waiter);
  Handler leave_first();
  bool was_durable(storage::Ticket ticket) const;
  void note_lost(Range range);

  std::atomic<std::size_t> expecting_{0};
  // In the order of their tickets.
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  storage::Ticket settled_through_ = 0;
  // What was lost while someone expected news, oldest first. Older than `known_after_`: forgotten, so taken
  // for lost.
  std::deque<Range> lost_;
  storage::Ticket known_after_ = 0;
};

class IoThreads;

// One thread and what belongs to it alone.
class IoThread {
 public:
  IoThread(std::size_t index, IoThreads& all) : index_(index), all_(all) {}
  ~IoThread() { commits_.abandon(); }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // The one that runs the calling code; only for code that runs on an I/O thread.
  static IoThread& current();

  std::size_t index() const { return index_; }
  IoThreads& all() { return all_; }
  asio::io_context& context() { return context_; }
  CommitWaits& commits() { return commits_; }

  // Calls `fn` when everything that is ready now has been handled; further calls before that are one with it.
  // This thread only.
  template <class F>
  void after_ready(F fn) {
    if (std::exchange(after_ready_, true)) return;
    asio::post(context_, [this, fn = std::move(fn)] {
      after_ready_ = false;
      fn();
    });
  }

  // Runs the context on the calling thread until it is stopped or, without a work guard, has nothing left.
  void run();

 private:
  std::size_t index_;
  IoThreads& all_;
  bool after_ready_ = false;
  CommitWaits commits_;  // what the context destroys in the end still speaks to it
  asio::io_context context_{1};
};

class IoThreads {
 public:
  explicit IoThreads(std::size_t count, const Limits& bounds = limits);
  ~IoThreads();  // stops
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  std::size_t size() const { return threads_.size(); }
  IoThread& thread(std::size_t i) { return *threads_[i]; }
  asio::io_context& context(std::size_t i) { return threads_[i]->context(); }

  void start();
  // Stops all contexts, whatever is in flight, and joins. What waits is destroyed with the contexts.
  void stop();

  // The journal's thread: wakes each I/O thread that expects news, once.
  void settled(storage::Settled news);

  // Runs a blocking function on a thread of its own and resumes the caller on its I/O thread with what it
  // returned or threw. nullopt: too many are waiting already. What has not begun when the threads are stopped
  // is not run any more.
  template <class F>
  asio::awaitable<std::optional<std::invoke_result_t<F&>>> on_disk(F fn) {
    using R = std::invoke_result_t<F&>;
    DiskTurn turn(*this);
    if (!turn.taken()) co_return std::nullopt;
    auto run = [](F work, const std::atomic<bool>& ending) -> asio::awaitable<std::optional<R>> {
      if (ending.load(std::memory_order_relaxed)) co_return std::nullopt;
      co_return std::optional<R>(work());
    };
    co_return co_await asio::co_spawn(disk_pool().get_executor(), run(std::move(fn), ending_),
                                      asio::use_awaitable);
  }

 private:
  // A place in the bounded queue of blocking functions.
  class DiskTurn {
   public:
    explicit DiskTurn(IoThreads& threads) : threads_(threads), taken_(threads.enter_disk_queue()) {}
    ~DiskTurn() {
      if (taken_) threads_.disk_queued_.fetch_sub(1, std::memory_order_relaxed);
    }
    DiskTurn(const DiskTurn&) = delete;
    DiskTurn& operator=(const DiskTurn&) = delete;
    bool taken() const { return taken_; }

   private:
    IoThreads& threads_;
    bool taken_;
  };

  bool enter_disk_queue();
  asio::thread_pool& disk_pool();

  Limits limits_;
  std::atomic<std::size_t> disk_queued_{0};
  // Set before the contexts are stopped, and nothing else hangs on it: blocking work that sees it late is one
  // that had begun, and its caller is destroyed with its context either way.
  std::atomic<bool> ending_{false};
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::vector<std::thread> running_;
  storage::Ticket settled_through_ = 0;  // the journal thread's
  std::once_flag disk_pool_made_;
  std::unique_ptr<asio::thread_pool> disk_pool_;
};

}  // namespace kinesisd::server
