// A stream through TLS: what sessions read and write is encrypted on its way through the stream below. Knows
// no HTTP.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <utility>

#include "server/net/stream.hpp"
#include "server/net/tls_engine.hpp"

namespace kinesisd::server {

// At most one read and one write at a time, all on one thread. Moved only while there is neither.
template <class Next>
class TlsStream {
 public:
  static constexpr bool is_encrypted = true;
  using executor_type = typename Next::executor_type;

  // `received` is what the client has sent so far.
  TlsStream(Next next, tls::SslPtr ssl, std::string_view received)
      : state_(std::make_unique<State>(std::move(next), std::move(ssl), received)) {}
  TlsStream(TlsStream&&) noexcept = default;
  TlsStream& operator=(TlsStream&&) = delete;
  ~TlsStream() {
    if (state_ != nullptr) close();
  }

  executor_type get_executor() { return state_->next.get_executor(); }
  TlsEngine& engine() { return state_->engine; }
  bool comes_from_loopback() const { return server::comes_from_loopback(state_->next); }
  std::string client() const { return client_of(state_->next); }
  // Whether the client has been sent anything, the certificate with it.
  bool has_spoken() const { return state_->has_spoken; }

  // Calls `fn` once if the client ends the connection within `within` and has sent nothing through it.
  void if_left_silently(std::chrono::milliseconds within, std::function<void()> fn) {
    state_->silent_until = std::chrono::steady_clock::now() + within;
    state_->left_silently = std::move(fn);
  }

  // Both sides have agreed on everything; an error means that they have not, and engine().error() may say
  // why.
  boost::asio::awaitable<boost::system::error_code> handshake() {
    State& state = *state_;
    for (;;) {
      const TlsEngine::Step step = state.engine.handshake();
      if (step == TlsEngine::Step::failed) state.send_rest();
      if (!state.engine.out().empty()) {
        state.take_out();
        const auto [error, size] =
            co_await boost::asio::async_write(state.next, buffer(state.sending), nothrow);
        state.end_write();
        state.has_spoken = true;
        if (error) co_return error;
      }
      if (step == TlsEngine::Step::done) co_return boost::system::error_code();
      if (step != TlsEngine::Step::needs_bytes) co_return boost::asio::error::connection_aborted;
      const auto [error, size] = co_await state.next.async_read_some(buffer(state.engine.room()), nothrow);
      if (error) co_return error;
      state.engine.received(size);
    }
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        Read{state_.get(), first_of<char>(buffers)}, token, state_->next);
  }

  // Of a sequence, takes the first two that are not empty.
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    auto at = boost::asio::buffer_sequence_begin(buffers);
    const auto end = boost::asio::buffer_sequence_end(buffers);
    std::span<const char> parts[2];
    for (std::size_t taken = 0; at != end && taken < 2; ++at) {
      const boost::asio::const_buffer one(*at);
      if (one.size() > 0) parts[taken++] = {static_cast<const char*>(one.data()), one.size()};
    }
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        Write{state_.get(), parts[0], parts[1]}, token, state_->next);
  }

  // The client is told that nothing more comes, and sees that it was the end and no cut.
  void shutdown(boost::asio::ip::tcp::socket::shutdown_type, boost::system::error_code& error) {
    state_->engine.finish();
    state_->send_rest();
    shut_down_sending(state_->next);
    error = {};
  }

  void close() {
    if (std::exchange(state_->closed, true)) return;
    if (!state_->writing) state_->engine.finish();  // after half an answer that would be a lie
    state_->send_rest();
    close_stream(state_->next);
  }

  // What TLS would have to say about it is left out.
  void reset() {
    if (!std::exchange(state_->closed, true)) reset_stream(state_->next);
  }

 private:
  struct State {
    State(Next below, tls::SslPtr ssl, std::string_view received)
        : next(std::move(below)), engine(std::move(ssl), received) {
      if constexpr (requires(boost::system::error_code error) { next.non_blocking(true, error); }) {
        boost::system::error_code ignored;
        next.non_blocking(true, ignored);  // for send_rest
      }
    }

    void take_out() {
      sending.clear();
      sending.swap(engine.out());
      writing = true;
    }

    void end_write() {
      constexpr std::size_t kept_bytes = 20U << 10;
      writing = false;
      sending.clear();
      if (sending.capacity() > kept_bytes) sending = {};
      if (engine.out().empty()) sending.swap(engine.out());
    }

    // A few bytes that close the conversation: what the socket does not take at once is lost.
    void send_rest() {
      if (writing || engine.out().empty()) return;
      boost::system::error_code ignored;
      next.write_some(boost::asio::buffer(engine.out()), ignored);
      engine.out().clear();
    }

    void heard(std::size_t bytes, bool ended) {
      if (left_silently == nullptr || (bytes == 0 && !ended)) return;
      const auto tell = std::exchange(left_silently, nullptr);
      if (bytes == 0 && !closed && std::chrono::steady_clock::now() < silent_until) tell();
    }

    Next next;
    TlsEngine engine;
    std::function<void()> left_silently;  // unset: nobody asks, or there is nothing left to tell
    std::chrono::steady_clock::time_point silent_until;
    std::string sending;  // what a write below is about
    bool has_spoken = false;
    bool writing = false;
    bool closed = false;
  };

  // Who waits for either owns the stream, so that `state` lives.
  struct Read {
    State* state;
    std::span<char> into;
    bool started = false;

    template <class Self>
    void operator()(Self& self, boost::system::error_code error = {}, std::size_t received = 0) {
      const bool at_once = !std::exchange(started, true);
      if (posted) return self.complete(result, bytes);
      state->engine.received(received);
      TlsEngine::Step step = TlsEngine::Step::failed;
      if (!error && !state->closed) step = state->engine.read(into, bytes);
      if (step == TlsEngine::Step::needs_bytes) {
        return state->next.async_read_some(buffer(state->engine.room()), std::move(self));
      }
      if (!error && step == TlsEngine::Step::failed) error = boost::asio::error::connection_aborted;
      if (step == TlsEngine::Step::ended) error = boost::asio::error::eof;
      if (step == TlsEngine::Step::failed) state->send_rest();
      state->heard(bytes, error.failed());
      if (!at_once) return self.complete(error, bytes);
      posted = true;
      result = error;
      boost::asio::post(state->next.get_executor(), std::move(self));
    }

    bool posted = false;
    boost::system::error_code result{};
    std::size_t bytes = 0;
  };

  struct Write {
    State* state;
    std::span<const char> first;
    std::span<const char> second;

    template <class Self>
    void operator()(Self& self) {
      if (posted) return self.complete(result, bytes);
      const TlsEngine::Step step =
          state->closed ? TlsEngine::Step::failed : state->engine.write(first, second, bytes);
      if (step == TlsEngine::Step::done && bytes > 0) {
        state->take_out();
        return boost::asio::async_write(state->next, buffer(state->sending), std::move(self));
      }
      posted = true;
      if (step != TlsEngine::Step::done) result = boost::asio::error::connection_aborted;
      boost::asio::post(state->next.get_executor(), std::move(self));
    }

    template <class Self>
    void operator()(Self& self, boost::system::error_code error, std::size_t) {
      state->end_write();
      state->heard(0, error.failed());  // a write may meet the end before the read does
      self.complete(error, error ? 0 : bytes);
    }

    bool posted = false;
    boost::system::error_code result{};
    std::size_t bytes = 0;
  };

  static boost::asio::mutable_buffer buffer(std::span<char> bytes) { return {bytes.data(), bytes.size()}; }
  static boost::asio::const_buffer buffer(const std::string& bytes) { return {bytes.data(), bytes.size()}; }

  template <class Char, class Buffers>
  static std::span<Char> first_of(const Buffers& buffers) {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
      const boost::asio::mutable_buffer one(*at);
      if (one.size() > 0) return {static_cast<Char*>(one.data()), one.size()};
    }
    return {};
  }

  std::unique_ptr<State> state_;
};

}  // namespace kinesisd::server
