#include "server/net/io_threads.hpp"

#include <atomic>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>
#include <thread>

using namespace kinesisd::server;
using kinesisd::storage::Settled;
using kinesisd::storage::Ticket;

namespace {

// One thread's waits, driven by hand.
struct Waits {
  void wait(Ticket ticket) {
    asio::co_spawn(
        thread.context(),
        [](Waits& self, Ticket t) -> asio::awaitable<void> {
          auto expectation = self.thread.commits().expect();
          const bool durable = co_await self.thread.commits().wait(t);
          self.seen += std::to_string(t) + (durable ? "+" : "-") + " ";
        }(*this, ticket),
        asio::detached);
    thread.context().restart();
    thread.context().poll();
  }
  void settle(Ticket after, Settled news) {
    thread.commits().settle(after, news);
    thread.context().restart();
    thread.context().poll();
  }

  std::string seen;
  IoThreads threads{1};
  IoThread& thread = threads.thread(0);
};

}  // namespace

TEST_CASE("Who waits for a commit is resumed in the order of the tickets, as far as they are settled") {
  Waits waits;
  for (const Ticket ticket : {3, 1, 2, 7}) waits.wait(ticket);
  CHECK(waits.thread.commits().expected());
  waits.settle(0, {2, true});
  CHECK(waits.seen == "1+ 2+ ");
  waits.settle(2, {6, false});
  CHECK(waits.seen == "1+ 2+ 3- ");
  waits.settle(6, {7, true});
  CHECK(waits.seen == "1+ 2+ 3- 7+ ");
  CHECK_FALSE(waits.thread.commits().expected());
}

TEST_CASE("Who waits for what is settled already learns how it ended") {
  Waits waits;
  auto expectation = waits.thread.commits().expect();
  waits.settle(0, {2, true});
  waits.settle(2, {4, false});
  waits.settle(4, {6, true});
  for (const Ticket ticket : {2, 3, 4, 5, 0}) waits.wait(ticket);
  CHECK(waits.seen == "2+ 3- 4- 5+ 0+ ");
}

TEST_CASE("What is no longer known to be durable is taken for lost") {
  Waits waits;
  auto expectation = waits.thread.commits().expect();
  for (Ticket t = 0; t < 400; t += 2) {
    waits.settle(t, {t + 1, true});
    waits.settle(t + 1, {t + 2, false});
  }
  waits.wait(1);
  waits.wait(399);
  waits.wait(400);
  CHECK(waits.seen == "1- 399+ 400- ");
}

TEST_CASE("A wait that never ends is destroyed with its thread") {
  auto held = std::make_shared<int>(1);
  {
    IoThreads threads(1);
    IoThread& thread = threads.thread(0);
    asio::co_spawn(
        thread.context(),
        [](IoThread& t, std::shared_ptr<int>) -> asio::awaitable<void> {
          auto expectation = t.commits().expect();
          co_await t.commits().wait(5);
        }(thread, held),
        asio::detached);
    thread.context().poll();
    CHECK(held.use_count() == 2);
  }
  CHECK(held.use_count() == 1);
}

TEST_CASE("No news of the journal is missed by threads that expect it") {
  IoThreads io(3);
  io.start();
  std::atomic<Ticket> submitted{0};
  std::mutex journal;  // stands for the streams' lock
  std::atomic<int> running{6};
  std::vector<std::future<int>> done;
  for (std::size_t i = 0; i < 6; ++i) {
    done.push_back(asio::co_spawn(
        io.context(i % 3),
        [](std::atomic<Ticket>& next, std::mutex& lock, std::atomic<int>& left) -> asio::awaitable<int> {
          int durable = 0;
          for (int round = 0; round < 300; ++round) {
            auto expectation = IoThread::current().commits().expect();
            Ticket ticket = 0;
            {
              std::lock_guard guard(lock);
              ticket = ++next;
            }
            const bool kept = co_await IoThread::current().commits().wait(ticket);
            durable += kept ? 1 : 0;
          }
          --left;
          co_return durable;
        }(submitted, journal, running),
        asio::use_future));
  }
  Ticket settled = 0;
  while (running > 0) {
    Ticket through = 0;
    {
      std::lock_guard guard(journal);
      through = submitted;
    }
    if (through == settled) {
      std::this_thread::yield();
      continue;
    }
    settled = through;
    io.settled({through, true});
  }
  for (auto& result : done) CHECK(result.get() == 300);
}

TEST_CASE("Blocking work runs elsewhere and its caller resumes on its own thread") {
  IoThreads io(2);
  io.start();
  auto work = [](IoThreads& threads) -> asio::awaitable<bool> {
    const auto here = std::this_thread::get_id();
    const auto there = co_await threads.on_disk([] { return std::this_thread::get_id(); });
    const bool elsewhere = there.value() != here;
    const bool back = std::this_thread::get_id() == here;
    const bool second = IoThread::current().index() == 1;
    co_return (elsewhere && back && second);
  };
  CHECK(asio::co_spawn(io.context(1), work(io), asio::use_future).get());
}

TEST_CASE("What blocking work throws reaches its caller") {
  IoThreads io(1);
  io.start();
  auto work = [](IoThreads& threads) -> asio::awaitable<void> {
    co_await threads.on_disk([]() -> int { throw std::runtime_error("unreadable"); });
  };
  CHECK_THROWS_WITH(asio::co_spawn(io.context(0), work(io), asio::use_future).get(), "unreadable");
}

TEST_CASE("Blocking work beyond the limit is refused") {
  Limits bounds;
  bounds.disk_reads_queued = 1;
  IoThreads io(1, bounds);
  io.start();
  std::promise<void> begun;
  std::promise<void> end;
  auto first = [](IoThreads& threads, std::promise<void>& b, std::promise<void>& e) -> asio::awaitable<bool> {
    const auto result = co_await threads.on_disk([&] {
      b.set_value();
      e.get_future().wait();
      return 1;
    });
    co_return result.has_value();
  };
  auto second = [](IoThreads& threads) -> asio::awaitable<bool> {
    const auto result = co_await threads.on_disk([] { return 1; });
    co_return result.has_value();
  };
  auto running = asio::co_spawn(io.context(0), first(io, begun, end), asio::use_future);
  begun.get_future().wait();
  CHECK_FALSE(asio::co_spawn(io.context(0), second(io), asio::use_future).get());
  end.set_value();
  CHECK(running.get());
  CHECK(asio::co_spawn(io.context(0), second(io), asio::use_future).get());
}

TEST_CASE("Blocking work that has not begun when the threads are stopped is left undone") {
  constexpr int pool_threads = 2;
  IoThreads io(1);
  io.start();
  std::promise<void> begun[pool_threads];
  std::atomic<int> ended = 0;
  std::atomic<bool> ran = false;
  // Holds its thread until the stop is under way.
  auto hold = [](IoThreads& threads, std::promise<void>& b, std::atomic<int>& e) -> asio::awaitable<void> {
    co_await threads.on_disk([&] {
      b.set_value();
      while (!threads.context(0).stopped()) std::this_thread::yield();
      return ++e;
    });
  };
  auto queue = [](IoThreads& threads, std::atomic<bool>& r) -> asio::awaitable<void> {
    co_await threads.on_disk([&] { return r = true; });
  };
  for (auto& one : begun) {
    asio::co_spawn(io.context(0), hold(io, one, ended), asio::detached);
    one.get_future().wait();
  }
  asio::co_spawn(io.context(0), queue(io, ran), asio::detached);
  asio::post(io.context(0), asio::use_future).wait();  // it stands in the queue
  io.stop();
  CHECK(ended == pool_threads);
  CHECK_FALSE(ran);
}
