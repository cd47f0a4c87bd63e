// Copies what the WAL holds into the database, beside the transactions: on a thread and a connection of its
// own, so that no put waits for the copying and its fsyncs.
#pragma once

#include <SQLiteCpp/Database.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "storage/sqlite/connection.hpp"

namespace kinesisd::storage {

class Checkpointer {
 public:
  // The database outlives the checkpointer.
  explicit Checkpointer(ConnectionOptions options) : options_(std::move(options)) {}
  // Ends the thread, which finishes the checkpoint it is at.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // After each transaction of the one writer, by its thread: the WAL now has so many pages. Seldom makes a
  // short checkpoint itself: the last bit of one that the thread has made while transactions went on, without
  // which the WAL would never begin anew; or, where the disk is slower than what is written, waits for the
  // thread's. Does not throw: a checkpoint that fails is tried again when the WAL has grown.
  void committed(SQLite::Database& writer, int wal_pages);
  // Lets the thread copy what there is after the next transaction, however little that is: the file shrinks
  // only then. By the writer's thread.
  void ask_soon() { soon_ = true; }

 private:
  enum class State { idle, asked, at_work };

  bool started();
  void ask();
  void wait_until_idle();
  void run();
  void checkpoint();

  const ConnectionOptions options_;
  // The writer's.
  bool soon_ = false;
  int next_ask_ = 0;   // with so many pages
  int next_wait_ = 0;  // with so many pages
  std::atomic<int> wal_pages_{0};
  std::atomic<bool> nearly_done_{false};  // what is left is for the writer

  std::mutex mutex_;  // guards the next two
  State state_ = State::idle;
  bool stopping_ = false;
  std::condition_variable changed_;
  std::unique_ptr<SQLite::Database> database_;  // the thread's
  std::thread thread_;                          // from the first checkpoint on
};

}  // namespace kinesisd::storage
