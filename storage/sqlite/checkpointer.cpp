#include "storage/sqlite/checkpointer.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <system_error>

namespace kinesisd::storage {

namespace {

constexpr int nearly_done_pages = 64;  // copied by the writer in no time
constexpr int rounds_max = 8;          // after which the writer copies what is left, however much that is

struct Progress {
  int pages = 0;   // in the WAL when it began
  int copied = 0;  // of them
};

// Copies what no reader needs in the WAL, and waits for nobody.
Progress copy_pages(SQLite::Database& database) {
  Progress progress;
  const int result = sqlite3_wal_checkpoint_v2(database.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                               &progress.pages, &progress.copied);
  if (result != SQLITE_OK) throw SQLite::Exception(database.getHandle(), result);
  return progress;
}

}  // namespace

Checkpointer::~Checkpointer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Checkpointer::committed(SQLite::Database& writer, int wal_pages) {
  if (wal_pages < wal_pages_.exchange(wal_pages) || next_ask_ == 0) {  // it has begun anew
    next_ask_ = checkpoint_pages;
    next_wait_ = wal_pages_max;
    nearly_done_ = false;
  }
  const bool full = wal_pages >= next_wait_;
  if (full) {
    next_wait_ = wal_pages + checkpoint_pages;
    wait_until_idle();
  }
  if (full || nearly_done_.load(std::memory_order_relaxed)) {
    nearly_done_ = false;
    try {
      copy_pages(writer);
    } catch (const SQLite::Exception&) {
      // Tried again when there is more. What was committed is in the WAL.
    }
  } else if (wal_pages >= next_ask_ || soon_) {
    soon_ = false;
    next_ask_ = wal_pages + checkpoint_pages;
    if (started())
      ask();
    else
      nearly_done_ = true;
  }
}

// False: the machine has no thread left for it.
bool Checkpointer::started() {
  try {
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

void Checkpointer::ask() {
  {
    std::lock_guard lock(mutex_);
    if (state_ == State::idle) state_ = State::asked;
  }
  changed_.notify_all();
}

void Checkpointer::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return state_ == State::idle; });
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || state_ == State::asked; });
    if (stopping_) return;
    state_ = State::at_work;
    lock.unlock();
    checkpoint();
    lock.lock();
    state_ = State::idle;
    changed_.notify_all();
  }
}

// Each round copies what was written during the one before.
void Checkpointer::checkpoint() {
  try {
    if (!database_) database_ = open_checkpointer(options_);
    for (int round = 0, copied = -1; round < rounds_max; ++round) {
      const Progress progress = copy_pages(*database_);
      if (progress.copied < progress.pages && progress.copied == copied) return;  // a reader needs the rest
      copied = progress.copied;
      if (wal_pages_ - copied <= nearly_done_pages) break;
    }
    nearly_done_ = true;
  } catch (const SQLite::Exception&) {
    database_.reset();
  }
}

}  // namespace kinesisd::storage
