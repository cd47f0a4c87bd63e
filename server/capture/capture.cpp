#include "server/capture/capture.hpp"
#include "server/support/counted.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

namespace kinesisd::server::capture {

namespace {

constexpr std::size_t batch_writes_max = 1024;

// It holds what the database holds, so others may not read it either.
int open_file(const std::string& path, Log& log) {
  constexpr mode_t for_owner = 0600;
  const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, for_owner);
  if (file >= 0) {
    struct stat info {};
    if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0 &&
        fchmod(file, for_owner) != 0)
      log.warn(
          "--capture {}: others may read it, and its mode cannot be changed: {}; run chmod 600 on it as its "
          "owner.",
          path, std::generic_category().message(errno));
    return file;
  }
  throw CaptureError(fmt::format("--capture {} cannot be written: {}; choose another file.", path,
                                 std::generic_category().message(errno)));
}

std::size_t bytes_of(const Write& write) {
  return write.request.size() + write.response.size() + write.tree.nodes.size() * sizeof(write.tree.nodes[0]);
}

}  // namespace

Capture::Capture(const std::string& path, Log& log)
    : path_(path),
      log_(log),
      is_new_(access(path.c_str(), F_OK) != 0),
      file_(open_file(path, log)),
      writer_([this] { run(); }) {}

Capture::~Capture() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  news_.notify_one();
  writer_.join();
  if (is_new_ && lseek(file_, 0, SEEK_END) == 0) unlink(path_.c_str());
  close(file_);
}

Capture::Pass Capture::begin(std::string_view operation) {
  if (!is_write(operation)) return {};
  const std::lock_guard lock(mutex_);
  running_.insert(++moments_);
  return {this, moments_};
}

void Capture::end(std::uint64_t begun, std::optional<Write> write, storage::Ticket ticket) {
  const std::lock_guard lock(mutex_);
  running_.erase(begun);
  if (write && waiting_bytes_ + bytes_of(*write) > waiting_bytes_max) {
    ++left_out_;
  } else if (write) {
    waiting_bytes_ += bytes_of(*write);
    waiting_.push({ticket, ++moments_, std::move(*write)});
  }
  news_.notify_one();
}

// What began after this one ended has a later ticket; what began before and still runs may have an earlier
// one.
bool Capture::is_first_in_order() const {
  return !waiting_.empty() && (running_.empty() || waiting_.top().ended < *running_.begin());
}

std::vector<Capture::Entry> Capture::take() {
  std::vector<Entry> out;
  while (out.size() < batch_writes_max && is_first_in_order()) {
    // The queue gives its top to be looked at only; it is gone in the next line.
    out.push_back(std::move(const_cast<Entry&>(waiting_.top())));
    waiting_.pop();
    waiting_bytes_ -= bytes_of(out.back().write);
  }
  return out;
}

void Capture::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    news_.wait(lock, [&] { return stopping_ || left_out_ > 0 || is_first_in_order(); });
    std::vector<Entry> batch = take();
    const std::uint64_t left_out = std::exchange(left_out_, 0);
    if (batch.empty() && left_out == 0 && stopping_) return;
    lock.unlock();
    if (left_out > 0)
      log_.error("--capture {}: the disk is too slow, so this is left out: {}.", path_,
                 counted(left_out, "write"));
    std::string lines;
    for (Entry& entry : batch) lines += lines_of(entry.write);
    append(lines, batch.size());
    lock.lock();
  }
}

// Whole lines or none: what a full disk cuts off is taken back.
void Capture::append(std::string_view lines, std::size_t writes) {
  const off_t before = lseek(file_, 0, SEEK_END);
  std::string_view rest = lines;
  while (!rest.empty()) {
    const ssize_t written = write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const std::string reason = std::generic_category().message(errno);
      if (rest.size() < lines.size() && before >= 0 && ftruncate(file_, before) != 0) failing_ = false;
      if (!std::exchange(failing_, true))
        log_.error("--capture {}: {}; what is written now is left out.", path_, reason);
      return;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  if (writes > 0 && std::exchange(failing_, false)) log_.info("--capture {} is written again.", path_);
}

}  // namespace kinesisd::server::capture
