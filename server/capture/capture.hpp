// Appends every write that was acknowledged to a file, in the order in which they happened. Costs the I/O
// threads no more than to hand over what they have; knows no operation.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <queue>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/capture/line.hpp"
#include "server/support/log.hpp"
#include "storage/state/journal.hpp"

namespace kinesisd::server::capture {

// The file cannot be written: a sentence for whoever starts the server.
struct CaptureError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Capture {
 public:
  // What may wait for the disk; beyond, writes are left out of the file, and the log says how many.
  static constexpr std::size_t waiting_bytes_max = 64U << 20U;

  // Opens the file to append to it. Throws CaptureError. The log outlives this.
  Capture(const std::string& path, Log& log);
  // Writes what is waiting. A file that did not exist and got nothing does not exist then either.
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // An operation on its way, from before it changes anything: writes that happened before its own wait for
  // it. Any thread; the capture outlives it.
  class Pass {
   public:
    Pass() = default;
    Pass(Capture* capture, std::uint64_t begun) : capture_(capture), begun_(begun) {}
    Pass(Pass&& other) noexcept : capture_(other.capture_), begun_(other.begun_) { other.capture_ = nullptr; }
    Pass& operator=(Pass&&) = delete;
    ~Pass() { leave(); }

    bool wants() const { return capture_ != nullptr; }
    // It is durable: `ticket` says which of the writes it is.
    void keep(Write write, storage::Ticket ticket) { end(std::move(write), ticket); }
    // There is nothing to keep, unless it has been kept; no other write waits for it any more.
    void leave() { end(std::nullopt, storage::no_ticket); }

   private:
    void end(std::optional<Write> write, storage::Ticket ticket) {
      if (capture_ != nullptr) capture_->end(begun_, std::move(write), ticket);
      capture_ = nullptr;
    }

    Capture* capture_ = nullptr;
    std::uint64_t begun_ = 0;
  };

  // For a reading operation a pass that wants nothing.
  Pass begin(std::string_view operation);

 private:
  struct Entry {
    storage::Ticket ticket;
    std::uint64_t ended;
    Write write;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const { return a.ticket > b.ticket; }
  };

  void end(std::uint64_t begun, std::optional<Write> write, storage::Ticket ticket);
  bool is_first_in_order() const;
  std::vector<Entry> take();
  void run();
  void append(std::string_view lines, std::size_t writes);

  const std::string path_;
  Log& log_;
  const bool is_new_;
  int file_;
  bool failing_ = false;  // the writer's

  std::mutex mutex_;
  std::condition_variable news_;
  std::uint64_t moments_ = 0;        // beginnings and ends so far
  std::set<std::uint64_t> running_;  // beginnings of operations on their way
  std::priority_queue<Entry, std::vector<Entry>, Later> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t left_out_ = 0;
  bool stopping_ = false;
  std::thread writer_;
};

}  // namespace kinesisd::server::capture
