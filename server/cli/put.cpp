#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <random>

#include "protocol/base64.hpp"
#include "server/cli/client/putter.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/remote.hpp"
#include "server/support/counted.hpp"

namespace kinesisd::server::commands {

namespace {

constexpr std::size_t line_bytes_max = 10U << 20U;  // no record is larger

struct Options {
  std::string stream;
  client::TargetOptions target;
  std::vector<std::string> data;
  std::optional<std::string> key;
  std::optional<std::string> separator;
  std::optional<std::string> hash_key;
  bool base64 = false;
};

// What is to be put, one after the other; bad input is a sentence.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Records {
 public:
  explicit Records(const Options& options) : options_(options) {}

  // Each record by itself has a key of its own, so that they spread over the shards.
  protocol::PutRecordsRequestEntry record(std::string_view text) {
    protocol::PutRecordsRequestEntry out;
    out.partition_key = options_.key;
    if (options_.separator) {
      const std::size_t at = text.find(*options_.separator);
      if (at == std::string_view::npos || at == 0)
        throw BadInput(fmt::format("A line has no key with \"{}\" behind it: {}", *options_.separator, text));
      out.partition_key = text.substr(0, at);
      text.remove_prefix(at + options_.separator->size());
    }
    if (!out.partition_key) out.partition_key = fmt::format("{:016x}", random_());
    out.explicit_hash_key = options_.hash_key;
    if (!options_.base64) {
      out.data.bytes = text;
    } else if (!protocol::base64::decode(text, out.data.bytes)) {
      throw BadInput(fmt::format("{} is not base64.", text));
    }
    return out;
  }

 private:
  const Options& options_;
  std::mt19937_64 random_{std::random_device{}()};
};

// Lines of stdin; what has been read is sent when no more is there at once.
class Lines {
 public:
  explicit Lines(int interrupt) : interrupt_(interrupt) {}

  // Whether a line can be had without waiting for the writer.
  bool is_ready() {
    if (buffer_.find('\n', begin_) != std::string::npos || ended_) return true;
    pollfd file{STDIN_FILENO, POLLIN, 0};
    return poll(&file, 1, 0) > 0;
  }

  // False at the end.
  bool next(std::string& line) {
    while (true) {
      const std::size_t end = buffer_.find('\n', begin_);
      if (end != std::string::npos) {
        line.assign(buffer_, begin_, end - begin_);
        begin_ = end + 1;
        return true;
      }
      if (ended_) {
        line.assign(buffer_, begin_);
        begin_ = buffer_.size();
        return !line.empty();
      }
      read_more();
    }
  }

 private:
  void read_more() {
    buffer_.erase(0, begin_);
    begin_ = 0;
    if (buffer_.size() > line_bytes_max) throw BadInput("A line is larger than any record may be.");
    std::array<pollfd, 2> files{{{STDIN_FILENO, POLLIN, 0}, {interrupt_, POLLIN, 0}}};
    poll(files.data(), files.size(), -1);
    if (files[1].revents != 0) throw client::Interrupted();
    std::array<char, 65536> bytes;
    const ssize_t got = read(STDIN_FILENO, bytes.data(), bytes.size());
    ended_ = got <= 0;
    if (got > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  }

  int interrupt_;
  std::string buffer_;
  std::size_t begin_ = 0;
  bool ended_ = false;
};

void put_lines(client::Putter& putter, Records& records, int interrupt) {
  Lines lines(interrupt);
  while (true) {
    if (!lines.is_ready()) putter.flush();
    std::string line;
    if (!lines.next(line)) break;
    putter.put(records.record(line));
  }
}

}  // namespace

int put(const Call& call) {
  Options options;
  Flags flags("put", "Puts records into a stream: those of --data, or each line of stdin.", "STREAM");
  flags.word("STREAM", options.stream);
  flags.texts("data", "TEXT", "A record; repeatable. Without it the lines of stdin are the records.",
              options.data);
  flags.text("key", "KEY", "The partition key of all of them. Without it each has a random one.",
             options.key);
  flags.text("key-separator", "TEXT", "Each record begins with its partition key and this text.",
             options.separator);
  flags.text("hash-key", "NUMBER", "The explicit hash key of all of them.", options.hash_key);
  flags.on("base64", "The records are written in base64.", options.base64);
  add_target(flags, options.target);
  if (const auto done = flags.parse(call.arguments)) return *done;
  if (options.key && options.separator) return flags.refuse("Give --key or --key-separator, not both.");
  std::uint64_t stored = 0;
  const auto report = [&](int code) {
    fmt::print(stderr, "{} put into {}.\n", counted(stored, "record"), options.stream);
    return code;
  };
  const auto work = [&](client::Client& client) {
    client::Putter putter(client, options.stream, false);
    int code = 0;
    try {
      Records records(options);
      for (const std::string& text : options.data) putter.put(records.record(text));
      if (options.data.empty()) put_lines(putter, records, client.interrupt());
      putter.flush();
    } catch (const BadInput& problem) {
      fmt::print(stderr, "{}\n", problem.what());
      putter.flush();
      code = 2;
    } catch (...) {
      stored = putter.stored();
      report(1);
      throw;
    }
    stored = putter.stored();
    return report(code);
  };
  return with_client(call, options.target, work, [] { return 1; });
}

}  // namespace kinesisd::server::commands
