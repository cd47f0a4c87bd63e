// One HTTP/2 connection: the engine's bytes through a stream, a coroutine for each request. Knows nothing of
// what requests mean.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "server/net/http2_engine.hpp"
#include "server/net/session_host.hpp"
#include "server/net/stream.hpp"

namespace kinesisd::server {

// Owns the stream, because answers and a write may outlast the reading coroutine; each of them shares the
// session.
template <class Stream>
class Http2Session final : public Connection, public std::enable_shared_from_this<Http2Session<Stream>> {
 public:
  Http2Session(Stream stream, std::shared_ptr<SessionHost> host, ConnectionPlace place)
      : Connection(*host),
        host_(std::move(host)),
        place_(std::move(place)),
        stream_(std::move(stream)),
        from_loopback_(comes_from_loopback(stream_)),
        client_(client_of(stream_)),
        engine_(*host_) {}

  // Before `run`: a request that came over HTTP/1.1 is answered first.
  void begin_with(H2cUpgrade upgrade) { engine_.begin_with(std::move(upgrade)); }

  // Ends when the connection is done for. `received` is what the client has sent so far. The caller holds the
  // session.
  boost::asio::awaitable<void> run(std::string_view received) {
    take(received);
    if (host_->stopping()) stop_soon();
    for (;;) {
      const auto [error, size] = co_await stream_.async_read_some(boost::asio::buffer(in_), nothrow);
      if (error) break;
      if (!lingering_ && !engine_.deaf()) {
        take({in_.data(), size});
      } else if (drained_ += size; drained_ > host_->limits().drain_bytes) {
        break;
      }
    }
    close_stream(stream_);
    engine_.stop_sources();  // who waits for them holds the session
  }

  void stop_soon() override {
    if (lingering_) return abandon();
    engine_.say_goodbye();
    schedule_flush();
  }
  void abandon() override { close_stream(stream_); }

 private:
  static constexpr std::size_t read_bytes = 16U << 10;
  static constexpr std::size_t write_bytes = 64U << 10;
  static constexpr std::uint64_t turn_bytes = 1U << 20;  // of answers made at a stretch
  static constexpr std::chrono::milliseconds look_for_late{1000};

  enum class Waiting { service, idle, client, subscriber, writing, close };

  void take(std::string_view bytes) {
    engine_.receive(bytes);
    for (Http2Engine::Ready& ready : engine_.take_ready()) ready_.push_back(std::move(ready));
    begin_ready();
    flush();
  }

  // A client that does not read its answers has to wait with its requests, and after a large answer others
  // have their turn.
  void begin_ready() {
    const std::uint64_t before = engine_.answered_bytes();
    while (!ready_.empty() && !engine_.full() && !turn_scheduled_) {
      if (engine_.answered_bytes() - before > turn_bytes) return schedule_turn();
      Http2Engine::Ready ready = std::move(ready_.front());
      ready_.pop_front();
      ready.request.over_tls = is_encrypted<Stream>;
      ready.request.from_loopback = from_loopback_;
      ready.request.version = HttpVersion::http2;
      ready.request.client = &client_;
      boost::asio::co_spawn(stream_.get_executor(), answer(this->shared_from_this(), std::move(ready)),
                            boost::asio::detached);
    }
  }

  static boost::asio::awaitable<void> answer(std::shared_ptr<Http2Session> self, Http2Engine::Ready ready) {
    Response response = co_await self->host_->service().answer(std::move(ready.request));
    // One stream could be reset alone; what AWS's clients meet with is a connection that breaks.
    if (response.reset) co_return reset_stream(self->stream_);
    self->engine_.answer(ready.stream, std::move(response));
    self->schedule_flush();
  }

  static boost::asio::awaitable<void> feed(std::shared_ptr<Http2Session> self, Http2Engine::Hungry hungry) {
    std::string piece = co_await hungry.source->next();
    if (piece.empty() && hungry.source->is_broken_off()) co_return reset_stream(self->stream_);
    self->engine_.feed(hungry.stream, std::move(piece));
    self->schedule_flush();
  }

  void schedule_turn() {
    turn_scheduled_ = true;
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      self->turn_scheduled_ = false;
      self->begin_ready();
    });
  }

  // Many answers come with one commit; they leave in one write.
  void schedule_flush() {
    if (writing_ || std::exchange(flush_scheduled_, true)) return;
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      self->flush_scheduled_ = false;
      self->flush();
    });
  }

  void flush() {
    if (writing_ || lingering_) return;
    out_.clear();
    engine_.fill(out_, write_bytes);
    begin_ready();  // some have left
    writing_ = !out_.empty();
    if (writing_) {
      boost::asio::async_write(stream_, boost::asio::buffer(out_),
                               [self = this->shared_from_this()](boost::system::error_code error,
                                                                 std::size_t) { self->written(error); });
    } else if (engine_.finished()) {
      // The reading coroutine sees the client close, or the deadline does. Who has said that it will close is
      // left to do so: Node drops what it has not read yet when we close first.
      lingering_ = true;
      if (!engine_.client_leaves() || host_->stopping()) shut_down_sending(stream_);
    }
    for (Http2Engine::Hungry& hungry : engine_.take_hungry()) {
      boost::asio::co_spawn(stream_.get_executor(), feed(this->shared_from_this(), std::move(hungry)),
                            boost::asio::detached);
    }
    watch();
  }

  void written(boost::system::error_code error) {
    writing_ = false;
    if (error) {
      close_stream(stream_);
    } else {
      flush();
    }
  }

  // Sets the deadline that fits what the connection is waiting for. A stalled client gets no more time by
  // talking of other things.
  void watch() {
    const Limits& bounds = host_->limits();
    if (host_->now() - looked_for_late_ >= look_for_late) {
      looked_for_late_ = host_->now();
      engine_.end_late(host_->now());
      schedule_flush();
    }
    const Waiting before =
        std::exchange(waiting_, lingering_                                       ? Waiting::close
                                : writing_                                       ? Waiting::writing
                                : engine_.waits_for_client()                     ? Waiting::client
                                : engine_.held_back() > 0                        ? Waiting::subscriber
                                : engine_.in_service() + engine_.streaming() > 0 ? Waiting::service
                                                                                 : Waiting::idle);
    switch (waiting_) {
      case Waiting::service:
        return expect_nothing();
      case Waiting::idle:
        return expect_within(bounds.idle);
      case Waiting::writing:
        return expect_within(bounds.write_stalled);
      case Waiting::close:
        return expect_within(engine_.client_leaves() ? bounds.idle : bounds.linger);
      case Waiting::client:
      case Waiting::subscriber:
        if (std::exchange(progress_, engine_.progress()) == engine_.progress() && before == waiting_) return;
        return expect_within(waiting_ == Waiting::client ? bounds.slow_request : bounds.stalled_subscriber);
    }
  }

  std::shared_ptr<SessionHost> host_;
  ConnectionPlace place_;
  Stream stream_;
  const bool from_loopback_;
  const std::string client_;
  Http2Engine engine_;
  std::deque<Http2Engine::Ready> ready_;  // in service as the engine counts
  std::array<char, read_bytes> in_;
  std::string out_;
  bool writing_ = false;
  bool flush_scheduled_ = false;
  bool turn_scheduled_ = false;
  bool lingering_ = false;
  std::size_t drained_ = 0;
  Waiting waiting_ = Waiting::idle;
  std::uint64_t progress_ = 0;
  std::chrono::steady_clock::time_point looked_for_late_ = host_->now();
};

}  // namespace kinesisd::server
