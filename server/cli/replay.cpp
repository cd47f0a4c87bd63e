#include <fmt/core.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "protocol/operations/create_stream.hpp"
#include "server/cli/client/putter.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/remote.hpp"
#include "server/cli/replay_line.hpp"
#include "server/document/answers.hpp"
#include "server/support/counted.hpp"
#include "storage/streams/counts.hpp"

namespace kinesisd::server::commands {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes active_within{5};
constexpr std::chrono::milliseconds between_looks{50};

struct Options {
  std::string file;
  client::TargetOptions target;
  std::vector<std::string> streams;  // NAME, or OLD=NEW
  std::optional<std::string> pace;
  bool create = true;
  bool changes = false;
};

// `max`, or how many times as fast; nullopt: neither.
std::optional<double> speed_of(const std::string& text) {
  if (text == "max") return 0.0;
  double speed = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), speed);
  if (wrong != std::errc{} || end != text.data() + text.size() || !(speed > 0)) return std::nullopt;
  return speed;
}

// Which stream takes the writes of another.
class Names {
 public:
  explicit Names(const std::vector<std::string>& streams) {
    for (const std::string& text : streams) {
      const std::size_t equals = text.find('=');
      if (equals == std::string::npos) {
        all_ = text;
      } else {
        some_[text.substr(0, equals)] = text.substr(equals + 1);
      }
    }
  }

  const std::string& of(const std::string& stream) const {
    const auto found = some_.find(stream);
    if (found != some_.end()) return found->second;
    return all_ ? *all_ : stream;
  }

 private:
  std::optional<std::string> all_;
  std::map<std::string, std::string> some_;
};

class Replay {
 public:
  Replay(client::Client& client, const Options& options, double speed)
      : client_(client), options_(options), names_(options.streams), pace_(speed) {}

  // The exit code.
  int run(std::istream& in);
  void report() const;

 private:
  void replay(const CapturedWrite& write);
  void change(const CapturedWrite& write);
  void wait_until_due(protocol::Timestamp at);
  void wait_until_active(const std::string& stream);
  void flush();
  client::Putter& putter(const std::string& stream);

  client::Client& client_;
  const Options& options_;
  Names names_;
  Pace pace_;
  Clock::time_point begun_ = Clock::now();
  std::map<std::string, std::unique_ptr<client::Putter>> putters_;
  std::uint64_t calls_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t passed_over_ = 0;
};

client::Putter& Replay::putter(const std::string& stream) {
  auto& one = putters_[stream];
  if (!one) one = std::make_unique<client::Putter>(client_, stream, true);
  return *one;
}

void Replay::flush() {
  for (const auto& [_, one] : putters_) one->flush();
}

// What is due is sent before the wait for what is not.
void Replay::wait_until_due(protocol::Timestamp at) {
  const auto due = begun_ + pace_.delay(at);
  if (due <= Clock::now()) return;
  flush();
  client::pause_until(due, client_.interrupt());
}

void Replay::wait_until_active(const std::string& stream) {
  protocol::DescribeStreamSummary::Request request;
  client::name_stream(request, stream);
  const auto until = Clock::now() + active_within;
  while (true) {
    const auto answer = client_.call<protocol::DescribeStreamSummary, client::SummaryAnswer>(request);
    if (answer.summary.status == protocol::StreamStatus::ACTIVE) return;
    if (Clock::now() > until) throw client::ConnectionError(fmt::format("{} does not become ACTIVE", stream));
    client::pause_until(Clock::now() + between_looks, client_.interrupt());
  }
}

// Calls other than puts: a stream that exists is used as it is, and none is deleted.
void Replay::change(const CapturedWrite& write) {
  const bool creates = write.operation == protocol::CreateStream::name;
  const std::string& stream = names_.of(write.stream);
  const auto request = request_for(write, stream);
  const bool wanted = creates ? options_.create : options_.changes && !write.operation.starts_with("Delete");
  if (!wanted || !request) {
    ++passed_over_;
    return;
  }
  flush();
  try {
    client_.call(write.operation, *request);
    wait_until_active(stream);
    ++calls_;
  } catch (const client::ServiceError& error) {
    if (creates && error.is(protocol::ErrorType::ResourceInUseException)) return;
    fmt::print(stderr, "{} {}: {}: {}\n", write.operation, stream, error.type(), error.what());
    ++failed_;
  }
}

void Replay::replay(const CapturedWrite& write) {
  wait_until_due(write.at);
  if (!write.is_record) return change(write);
  putter(names_.of(write.stream)).put(write.record);
}

int Replay::run(std::istream& in) {
  std::uint64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::string place = fmt::format("{}, line {}", options_.file, number);
    if (in.eof()) {
      fmt::print(stderr, "{} is cut off and left out.\n", place);
      break;
    }
    if (line.empty()) continue;
    try {
      replay(read_captured(line, place));
    } catch (const document::Problem& problem) {
      flush();
      fmt::print(stderr, "{}\n", problem.what());
      return 1;
    }
  }
  flush();
  return failed_ == 0 ? 0 : 1;
}

void Replay::report() const {
  std::uint64_t stored = 0;
  std::uint64_t streams = 0;
  for (const auto& [_, one] : putters_) {
    stored += one->stored();
    streams += one->stored() > 0 ? 1 : 0;
  }
  const auto took = std::chrono::duration<double>(Clock::now() - begun_);
  fmt::print(stderr, "{} put into {} in {:.1f} s", counted(stored, "record"), counted(streams, "stream"),
             took.count());
  if (calls_ > 0) fmt::print(stderr, "; {} repeated", counted(calls_, "call"));
  if (passed_over_ > 0) fmt::print(stderr, "; {} passed over", counted(passed_over_, "call"));
  if (failed_ > 0) fmt::print(stderr, "; {} refused", counted(failed_, "call"));
  fmt::print(stderr, ".\n");
}

}  // namespace

int replay(const Call& call) {
  Options options;
  Flags flags("replay",
              "Puts back what serve --capture FILE recorded, in the order of each partition key. Streams\n"
              "are created unless they exist; the writes of all accounts go to that of this command.",
              "FILE");
  flags.word("FILE", options.file);
  flags.text("pace", "N|max", "How many times as fast as it was recorded; max: at once. [1]", options.pace);
  flags.texts("stream", "[OLD=]NEW", "Puts the writes of the stream OLD, or of all, into NEW; repeatable.",
              options.streams);
  flags.on("no-create", "Creates no stream.", options.create, false);
  flags.on("changes", "Also repeats resharding and other changes, but never deletes.", options.changes);
  add_target(flags, options.target);
  if (const auto done = flags.parse(call.arguments)) return *done;
  const auto speed = speed_of(options.pace.value_or("1"));
  if (!speed) return flags.refuse("--pace: choose max or a number such as 1 or 10.");
  std::ifstream file;
  if (options.file != "-") {
    file.open(options.file, std::ios::binary);
    // A directory opens like a file and has nothing to read.
    if (!file || std::filesystem::is_directory(options.file))
      return flags.refuse(fmt::format("{} cannot be read; name a capture.", options.file));
  }
  const auto work = [&](client::Client& client) {
    Replay all(client, options, *speed);
    try {
      const int code = all.run(options.file == "-" ? std::cin : file);
      all.report();
      return code;
    } catch (...) {
      all.report();
      throw;
    }
  };
  return with_client(call, options.target, work, [] { return 1; });
}

}  // namespace kinesisd::server::commands
