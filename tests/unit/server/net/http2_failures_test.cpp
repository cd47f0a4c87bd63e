// HTTP/2 sessions over a stream whose reads and writes are written down beforehand, each failing once: no
// step of a connection may leave anything behind.
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include "server/net/connection.hpp"
#include "tests/unit/server/net/raw_http2.hpp"

using namespace kinesisd::server;
using namespace kinesisd::server::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t never = std::string::npos;

struct Script {
  std::vector<std::string> reads;    // what each read gives; then the client has closed
  std::size_t failing_read = never;  // counted from 0
  std::size_t failing_write = never;
  std::size_t write_bytes = 1000;  // taken by a write at most
  // Filled in while it runs.
  std::size_t read_count = 0;
  std::size_t write_count = 0;
  std::string written{};
  bool closed = false;
};

// As much of a socket as sessions use; lives as long as its session.
class ScriptedStream {
 public:
  using executor_type = asio::any_io_executor;

  ScriptedStream(asio::any_io_executor executor, Script& script)
      : executor_(std::move(executor)), script_(&script) {}

  executor_type get_executor() { return executor_; }
  void close() { script_->closed = true; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    std::size_t size = 0;
    boost::system::error_code error = failure(script_->read_count, script_->failing_read);
    if (!error && script_->reads.empty()) error = asio::error::eof;
    if (!error) {
      std::string& next = script_->reads.front();
      size = asio::buffer_copy(buffers, asio::buffer(next));
      next.erase(0, size);
      if (next.empty()) script_->reads.erase(script_->reads.begin());
    }
    return complete(error, size, std::forward<Token>(token));
  }

  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, boost::system::error_code& error) {
    error = failure(script_->write_count, script_->failing_write);
    if (error) return 0;
    std::string taken(std::min(script_->write_bytes, asio::buffer_size(buffers)), '\0');
    asio::buffer_copy(asio::buffer(taken), buffers);
    script_->written += taken;
    return taken.size();
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    boost::system::error_code error;
    const std::size_t size = write_some(buffers, error);
    return complete(error, size, std::forward<Token>(token));
  }

 private:
  boost::system::error_code failure(std::size_t& count, std::size_t failing) const {
    if (script_->closed) return asio::error::operation_aborted;
    if (count++ == failing) return asio::error::connection_reset;
    return {};
  }

  template <class Token>
  auto complete(boost::system::error_code error, std::size_t size, Token&& token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [executor = executor_, error, size](auto handler) {
          const auto handlers = asio::get_associated_executor(handler, executor);
          auto call = [handler = std::move(handler), error, size]() mutable {
            std::move(handler)(error, size);
          };
          asio::post(executor, asio::bind_executor(handlers, std::move(call)));
        },
        token);
  }

  asio::any_io_executor executor_;
  Script* script_;
};

// Answers with many bytes, some requests only after others have had their turn.
class SlowService : public StubService {
 public:
  explicit SlowService(std::size_t answer_bytes) {
    on_request = [answer_bytes](Request request) -> asio::awaitable<Response> {
      if (request.body == "slow") {
        for (int turn = 0; turn < 10; ++turn) co_await asio::post(asio::use_awaitable);
      }
      Response response;
      response.body.assign(answer_bytes, 'a');
      co_return response;
    };
  }
};

struct Ended {
  std::size_t reads;
  std::size_t writes;
  std::string written;
};

// Runs the script to its end, whatever that is, and checks that nothing is left.
Ended run(Script script, std::size_t answer_bytes) {
  asio::io_context context;
  SlowService service(answer_bytes);
  std::ostringstream log_text;
  Log log(LogLevel::info, LogFormat::text, log_text);
  const auto bounds = std::make_shared<SharedBounds>(limits);
  auto host = std::make_shared<SessionHost>(context.get_executor(), service, log, bounds);
  const std::weak_ptr<SessionHost> left = host;
  bool ended = false;
  asio::co_spawn(context,
                 serve(ScriptedStream(context.get_executor(), script), host, *ConnectionPlace::take(bounds)),
                 [&](std::exception_ptr problem) { ended = problem == nullptr; });
  host.reset();
  while (!(ended && left.expired()) && context.run_one_for(10s) > 0) {
  }
  CHECK(ended);
  CHECK(left.expired());  // no session holds it any more
  CHECK(bounds->connections() == 0);
  CHECK(bounds->bytes_in_flight() == 0);
  return {script.read_count, script.write_count, script.written};
}

std::string body_of(std::uint32_t stream, const std::string& body) {
  return headers(stream, request_block, end_headers) + data(stream, body);
}

// Gives a connection time to write before its client closes.
std::vector<std::string> followed_by_pings(std::vector<std::string> reads) {
  reads.insert(reads.end(), 50, ping("12345678"));
  return reads;
}

struct Row {
  const char* why;
  std::vector<std::string> reads;
  std::size_t answer_bytes;
  const char* heard;
};

}  // namespace

TEST_CASE("Wherever a read or a write of an HTTP/2 connection fails, nothing is left of it") {
  const std::string room =
      settings(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20)) + window(0, 1 << 20);
  const Row row = GENERATE_COPY(values<Row>({
      {"requests that are answered at once",
       {preface, settings(), body_of(1, "a") + body_of(3, "b"), body_of(5, "c")},
       10,
       "200 on 1: aaaaaaaaaa; 200 on 3: aaaaaaaaaa; 200 on 5: aaaaaaaaaa"},
      {"a request in pieces",
       {"PRI * HT", preface.substr(8), settings().substr(0, 5), settings().substr(5),
        body_of(1, "a").substr(0, 11), body_of(1, "a").substr(11)},
       0,
       "200 on 1"},
      {"an answer that needs many writes", followed_by_pings({preface + settings(), room, body_of(1, "a")}),
       20'000, "200 on 1: 20000 bytes"},
      {"an answer there is no room for",
       {preface + settings(), body_of(1, "a"), ping("12345678")},
       100'000,
       ""},
      {"answers that come late",
       followed_by_pings(
           {preface + settings(), room, body_of(1, "slow"), body_of(3, "slow"), body_of(5, "a")}),
       201, "200 on 5: 201 bytes; 200 on 1: 201 bytes; 200 on 3: 201 bytes"},
      {"a reset while the service works",
       {preface + settings(), body_of(1, "slow"), reset(1), body_of(3, "a")},
       10,
       nullptr},
      {"a reset in the middle of an answer",
       {preface + settings(), body_of(1, "a"), reset(1), body_of(3, "a")},
       100'000,
       nullptr},
      {"a goodbye with an answer on its way",
       {preface + settings(), body_of(1, "slow") + goodbye(0)},
       10,
       nullptr},
      {"what is no HTTP/2",
       {preface + settings(), body_of(1, "slow"), std::string(20, '\xFF'), "more", "and more"},
       10,
       nullptr},
      {"half a body",
       {preface + settings(), headers(1, request_block, end_headers), data(1, "b", no_flags)},
       10,
       ""},
  }));
  INFO(row.why);
  const Ended whole = run({.reads = row.reads}, row.answer_bytes);
  Listening listening;
  listening.hear(whole.written);
  if (row.heard != nullptr) CHECK(listening.heard == row.heard);
  CHECK(whole.reads >= row.reads.size());
  CHECK(whole.writes > 0);
  for (std::size_t k = 0; k < whole.reads; ++k) {
    INFO("read " << k << " fails");
    const Ended cut = run({.reads = row.reads, .failing_read = k}, row.answer_bytes);
    CHECK(cut.written.size() <= whole.written.size());
  }
  for (std::size_t k = 0; k < whole.writes; ++k) {
    INFO("write " << k << " fails");
    // The Date is part of what is written: a second may begin between two runs, but not each time.
    bool same = false;
    for (int tries = 0; tries < 3 && !same; ++tries) {
      const Ended uncut = run({.reads = row.reads}, row.answer_bytes);
      const Ended cut = run({.reads = row.reads, .failing_write = k}, row.answer_bytes);
      CHECK(cut.writes == k + 1);
      same = cut.written == uncut.written.substr(0, cut.written.size());
    }
    CHECK(same);
  }
}
