// One HTTP/1.0 or HTTP/1.1 connection: requests in, answers out, in order. Knows nothing of what they mean.
#pragma once

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "server/net/http1_answer.hpp"
#include "server/net/http1_parser.hpp"
#include "server/net/session_host.hpp"
#include "server/net/stream.hpp"

namespace kinesisd::server {

// A Stream is a TCP socket, a TLS stream or beast::test::stream. Lives in the frame of the coroutine that
// runs it.
template <class Stream>
class Http1Session final : public Connection {
 public:
  // `received` is what the client has sent so far.
  Http1Session(Stream& stream, SessionHost& host, boost::beast::flat_buffer received)
      : Connection(host),
        stream_(stream),
        host_(host),
        from_loopback_(comes_from_loopback(stream)),
        client_(client_of(stream)),
        buffer_(std::move(received)) {}

  // Ends when the connection is done for; the stream may then be closed.
  boost::asio::awaitable<void> run() {
    for (bool more = true; more;) {
      more = co_await serve_one();  // g++ 12 miscompiles co_await in a loop's condition
    }
  }

  // After `run`: what the client has asked to go on with, and been promised. What it has sent since is in
  // `received`.
  std::optional<H2cUpgrade> take_upgrade(boost::beast::flat_buffer& received) {
    if (upgrade_) received = std::move(buffer_);
    return std::move(upgrade_);
  }

  void stop_soon() override {
    if (source_ != nullptr) source_->stop();
    if (idle_) abandon();
  }
  void abandon() override { close_stream(stream_); }

 private:
  static constexpr std::size_t read_bytes = 16U << 10;
  static constexpr std::size_t body_read_bytes = 128U << 10;
  static constexpr std::size_t watch_bytes = 512;
  static constexpr std::size_t joined_body_max = 16U << 10;  // larger bodies are not copied behind their head

  // False: the connection ends.
  boost::asio::awaitable<bool> serve_one() {
    Http1Parser& parser = parser_.emplace(host_.limits(), held_, host_.service().reads_every_header());
    boost::beast::error_code error;
    while (!parser.is_done()) {
      error = {};
      if (!parser.got_some()) skip_empty_lines();
      if (buffer_.size() > 0) {
        buffer_.consume(parser.put(boost::asio::const_buffer(buffer_.data()), error));
        if (error && error != boost::beast::http::error::need_more) break;
        if (parser.is_done()) break;
        if (!error && buffer_.size() > 0) continue;
      }
      if (parser.is_header_done() && parser.expects_continue() && !std::exchange(continued_, true)) {
        const bool written = co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
        if (!written) co_return false;
      }
      // The parser has no bound for what it cannot use yet, such as a chunk's extensions.
      if (buffer_.size() > host_.limits().header_bytes) {
        error = boost::beast::http::error::header_limit;
        break;
      }
      const bool read = co_await read_more(parser);
      if (!read) co_return false;
    }
    continued_ = false;
    end_transfer();
    if (!parser.is_done()) {
      co_await refuse(parser, error);
      co_return false;
    }
    const bool changes = co_await change_protocol(parser);
    if (changes) co_return false;
    expect_nothing();
    parser.request().over_tls = is_encrypted<Stream>;
    parser.request().from_loopback = from_loopback_;
    parser.request().version = parser.is_http11() ? HttpVersion::http11 : HttpVersion::http10;
    parser.request().client = &client_;
    Response response = co_await host_.service().answer(std::move(parser.request()));
    if (response.reset) {
      reset_stream(stream_);
      co_return false;
    }
    if (!parser.in_flight().change_to_answer(response.body.size())) response = host_.service().overloaded();
    Http1AnswerForm form{.head = parser.is_head(),
                         .keep_alive = parser.keep_alive() && !host_.stopping(),
                         .http10 = !parser.is_http11()};
    if (response.source != nullptr && form.http10) form.keep_alive = false;
    const bool written = co_await write(response, form);
    if (written && response.source != nullptr) {
      co_return co_await write_source(std::move(response.source), form);
    }
    if (!written || form.keep_alive) co_return written;
    co_await drain(host_.limits().linger);
    co_return false;
  }

  // True: HTTP/1.1 ends here, in favour of HTTP/2 or because the client has gone.
  boost::asio::awaitable<bool> change_protocol(Http1Parser& parser) {
    if (is_encrypted<Stream> || host_.stopping() || !parser.keep_alive()) co_return false;
    std::optional<std::string> settings = parser.h2c_settings();
    if (!settings) co_return false;
    const bool written =
        co_await write_all("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    if (written) {
      upgrade_.emplace(H2cUpgrade{.settings = *std::move(settings),
                                  .request = std::move(parser.request()),
                                  .is_head = parser.is_head()});
    }
    co_return true;
  }

  // Sends a body as it comes. One read is under way meanwhile, which tells when the client goes; it may bring
  // the beginning of the next request. False: the connection ends.
  boost::asio::awaitable<bool> write_source(std::shared_ptr<BodySource> source, Http1AnswerForm form) {
    const bool in_chunks = !form.http10;
    source_ = std::move(source);
    // From here on, because the coroutine begins later. A next request that is there already must not wait
    // for the client to send more.
    watching_ = buffer_.size() == 0;
    watched_.emplace(stream_.get_executor(), boost::asio::steady_timer::time_point::max());
    if (watching_) boost::asio::co_spawn(stream_.get_executor(), watch_client(), boost::asio::detached);
    if (host_.stopping()) source_->stop();
    bool written = true;
    while (written) {
      expect_nothing();
      const std::string piece = co_await source_->next();
      if (piece.empty()) break;
      InFlight held(held_);
      held.add(piece.size());
      written = co_await write_piece(piece, in_chunks);
    }
    if (source_->is_broken_off()) {
      reset_stream(stream_);
      written = false;
    }
    source_.reset();
    if (written && in_chunks) written = co_await write_all(http1_last_chunk);
    const bool goes_on = written && form.keep_alive && !host_.stopping();
    if (!written) {
      close_stream(stream_);
    } else if (!goes_on) {
      shut_down_sending(stream_);
    }
    idle_ = true;
    expect_within(goes_on ? host_.limits().idle : host_.limits().linger);
    if (watching_) co_await watched_->async_wait(nothrow);
    idle_ = false;
    watched_.reset();
    co_return goes_on && !gone_;
  }

  boost::asio::awaitable<bool> write_piece(std::string_view piece, bool in_chunks) {
    out_.clear();
    if (in_chunks) append_http1_chunk_head(out_, piece.size());
    if (piece.size() <= joined_body_max) {
      out_ += piece;
      if (in_chunks) out_ += http1_chunk_end;
      co_return co_await write_all(out_, {}, host_.limits().stalled_subscriber);
    }
    const bool written = co_await write_all(out_, piece, host_.limits().stalled_subscriber);
    if (!written || !in_chunks) co_return written;
    co_return co_await write_all(http1_chunk_end, {}, host_.limits().stalled_subscriber);
  }

  boost::asio::awaitable<void> watch_client() {
    if (buffer_.size() == 0) buffer_.shrink_to_fit();
    const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(watch_bytes), nothrow);
    buffer_.commit(size);
    watching_ = false;
    gone_ = static_cast<bool>(error);
    if (gone_ && source_ != nullptr) source_->stop();
    if (watched_) watched_->cancel();
  }

  // Some clients send one after a body.
  void skip_empty_lines() {
    const auto* bytes = static_cast<const char*>(buffer_.data().data());
    std::size_t empty = 0;
    while (empty < buffer_.size() && (bytes[empty] == '\r' || bytes[empty] == '\n')) ++empty;
    buffer_.consume(empty);
  }

  boost::asio::awaitable<bool> read_more(Http1Parser& parser) {
    const bool in_request = buffer_.size() > 0 || parser.got_some();
    if (!in_request && host_.stopping()) co_return false;
    idle_ = !in_request;
    if (idle_ && buffer_.capacity() > 2 * read_bytes) buffer_.shrink_to_fit();
    if (in_request && !in_transfer()) begin_transfer();
    expect_within(in_request ? host_.limits().slow_request : host_.limits().idle);
    const std::size_t wanted = parser.is_header_done() ? body_read_bytes : read_bytes;
    const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(wanted), nothrow);
    idle_ = false;
    buffer_.commit(size);
    co_return !error;
  }

  // Answers a request that could not be read to its end, and lets the client read that.
  boost::asio::awaitable<void> refuse(const Http1Parser& parser, boost::beast::error_code error) {
    namespace http = boost::beast::http;
    Response response;
    if (parser.overloaded()) {
      response = host_.service().overloaded();
    } else if (error == http::error::body_limit) {
      response = host_.service().body_too_large();
    } else {
      response.status = error == http::error::header_limit ? 431 : 400;
    }
    const Http1AnswerForm form{.head = parser.is_head(), .keep_alive = false};
    const bool written = co_await write(response, form);
    if (written) co_await drain(host_.limits().slow_request);
  }

  boost::asio::awaitable<bool> write(const Response& response, Http1AnswerForm form) {
    form.date = host_.date();
    out_.clear();
    append_http1_head(out_, response, form);
    std::string_view body = http1_body(response, form);
    if (body.size() <= joined_body_max) {
      out_ += body;
      body = {};
    }
    begin_transfer();
    const bool written = co_await write_all(out_, body);
    end_transfer();
    co_return written;
  }

  boost::asio::awaitable<bool> write_all(std::string_view first, std::string_view second = {}) {
    co_return co_await write_all(first, second, host_.limits().write_stalled);
  }

  boost::asio::awaitable<bool> write_all(std::string_view first, std::string_view second,
                                         std::chrono::milliseconds patience) {
    while (!first.empty() || !second.empty()) {
      expect_within(patience);
      const std::array<boost::asio::const_buffer, 2> bytes = {boost::asio::buffer(first),
                                                              boost::asio::buffer(second)};
      const auto [error, size] = co_await stream_.async_write_some(bytes, nothrow);
      if (error) co_return false;
      const std::size_t of_first = std::min(size, first.size());
      first.remove_prefix(of_first);
      second.remove_prefix(size - of_first);
    }
    co_return true;
  }

  // A socket closed with bytes unread is reset, and the client may lose the answer with it.
  boost::asio::awaitable<void> drain(std::chrono::milliseconds patience) {
    shut_down_sending(stream_);
    buffer_.consume(buffer_.size());
    begin_transfer();
    for (std::size_t left = host_.limits().drain_bytes; left > 0;) {
      expect_within(patience);
      const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(body_read_bytes), nothrow);
      if (error) co_return;
      left -= std::min(left, size);
    }
  }

  Stream& stream_;
  SessionHost& host_;
  const bool from_loopback_;
  const std::string client_;
  boost::beast::flat_buffer buffer_;
  ConnectionBytes held_{host_.bounds()};
  // Of the request at hand. Not in the frame of its coroutine, which then is small enough for Asio to keep it
  // for the next one.
  std::optional<Http1Parser> parser_;
  std::string out_;
  std::optional<H2cUpgrade> upgrade_;
  bool idle_ = false;       // between two requests
  bool continued_ = false;  // this request has had its 100 Continue
  // Of a body that is being sent as it comes.
  std::shared_ptr<BodySource> source_;
  std::optional<boost::asio::steady_timer> watched_;  // ends when watch_client does
  bool watching_ = false;
  bool gone_ = false;  // the client
};

}  // namespace kinesisd::server
