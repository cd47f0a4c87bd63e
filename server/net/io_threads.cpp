#include "server/net/io_threads.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace kinesisd::server {

namespace {

constexpr std::size_t disk_threads = 2;

thread_local IoThread* running_here = nullptr;

}  // namespace

asio::awaitable<bool> CommitWaits::wait(storage::Ticket ticket) {
  if (ticket == storage::no_ticket) co_return true;
  if (ticket <= settled_through_) co_return was_durable(ticket);
  Waiter waiter{ticket};
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(bool)>(
      [this, &waiter](Handler handler) {
        waiter.handler.emplace(std::move(handler));
        enter(waiter);
      },
      asio::use_awaitable);
}

void CommitWaits::abandon() {
  while (first_ != nullptr) leave_first();
}

void CommitWaits::enter(Waiter& waiter) {
  // Nearly always the largest ticket yet, so this looks at the last one only.
  Waiter* before = last_;
  while (before != nullptr && before->ticket > waiter.ticket) before = before->before;
  waiter.before = before;
  waiter.after = before == nullptr ? first_ : before->after;
  (waiter.before == nullptr ? first_ : waiter.before->after) = &waiter;
  (waiter.after == nullptr ? last_ : waiter.after->before) = &waiter;
}

CommitWaits::Handler CommitWaits::leave_first() {
  Waiter& waiter = *first_;
  first_ = waiter.after;
  (first_ == nullptr ? last_ : first_->before) = nullptr;
  return std::move(*waiter.handler);
}

void CommitWaits::settle(storage::Ticket after, storage::Settled news) {
  settled_through_ = std::max(settled_through_, news.through);
  if (!news.durable && expected()) note_lost({after, news.through});
  // Who is resumed may wait again, so each one leaves first.
  while (first_ != nullptr && first_->ticket <= news.through) leave_first()(news.durable);
}

void CommitWaits::lower() {
  if (expecting_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    lost_.clear();
    known_after_ = settled_through_;
  }
}

bool CommitWaits::was_durable(storage::Ticket ticket) const {
  if (ticket <= known_after_) return false;
  return std::none_of(lost_.begin(), lost_.end(),
                      [&](const Range& range) { return range.after < ticket && ticket <= range.through; });
}

void CommitWaits::note_lost(Range range) {
  if (!lost_.empty() && lost_.back().through == range.after) {
    lost_.back().through = range.through;
    return;
  }
  if (lost_.size() == lost_ranges_max) {
    known_after_ = lost_.front().through;
    lost_.pop_front();
  }
  lost_.push_back(range);
}

IoThread& IoThread::current() {
  return *running_here;
}

void IoThread::run() {
  running_here = this;
  context_.run();
  running_here = nullptr;
}

IoThreads::IoThreads(std::size_t count, const Limits& bounds) : limits_(bounds) {
  for (std::size_t i = 0; i < count; ++i) threads_.push_back(std::make_unique<IoThread>(i, *this));
}

IoThreads::~IoThreads() {
  stop();
}

void IoThreads::start() {
  for (auto& thread : threads_) {
    work_.push_back(asio::make_work_guard(thread->context()));
    running_.emplace_back([&thread = *thread] { thread.run(); });
  }
}

void IoThreads::stop() {
  ending_.store(true, std::memory_order_relaxed);
  work_.clear();
  for (auto& thread : threads_) thread->context().stop();
  for (auto& thread : running_) thread.join();
  running_.clear();
  if (disk_pool_ != nullptr) disk_pool_->join();
}

void IoThreads::settled(storage::Settled news) {
  const storage::Ticket after = std::exchange(settled_through_, news.through);
  for (auto& thread : threads_) {
    if (!thread->commits().expected()) continue;
    asio::post(thread->context(),
               [thread = thread.get(), after, news] { thread->commits().settle(after, news); });
  }
}

bool IoThreads::enter_disk_queue() {
  if (disk_queued_.fetch_add(1, std::memory_order_relaxed) < limits_.disk_reads_queued) return true;
  disk_queued_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

asio::thread_pool& IoThreads::disk_pool() {
  std::call_once(disk_pool_made_, [this] { disk_pool_ = std::make_unique<asio::thread_pool>(disk_threads); });
  return *disk_pool_;
}

}  // namespace kinesisd::server
