// HTTP/2 without I/O: bytes in, requests out; answers in, bytes out. Bounded against every flood we know of.
// Knows no sockets; nghttp2 does the protocol.
#pragma once

#include <nghttp2/nghttp2.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http_message.hpp"
#include "server/net/h2c_upgrade.hpp"
#include "server/net/session_host.hpp"

namespace kinesisd::server {

class Http2Engine {
 public:
  struct Ready {
    std::int32_t stream;
    Request request;
  };

  // A stream that has sent all it was given of a body that is still coming.
  struct Hungry {
    std::int32_t stream;
    std::shared_ptr<BodySource> source;
  };

  explicit Http2Engine(SessionHost& host);
  ~Http2Engine();
  Http2Engine(const Http2Engine&) = delete;
  Http2Engine& operator=(const Http2Engine&) = delete;

  // At most once, before all others: the request that HTTP/1.1 has read becomes stream 1.
  void begin_with(H2cUpgrade upgrade);

  // Takes what the client sent. The requests that became complete are in `ready` until taken.
  void receive(std::string_view bytes);
  std::vector<Ready> take_ready() { return std::exchange(ready_, {}); }

  // Exactly once for each ready request; does nothing if the client has given up on it.
  void answer(std::int32_t stream, Response response);

  // The streams whose source is to be asked, once each: for every one `feed` is called in the end.
  std::vector<Hungry> take_hungry() { return std::exchange(hungry_, {}); }
  // The next piece of a body, none when it is complete; does nothing if the client has given up on it.
  void feed(std::int32_t stream, std::string piece);
  // Ends all bodies that are still coming.
  void stop_sources();

  // Appends bytes to send, until there are `enough` or no more. Afterwards call again: more may be possible.
  void fill(std::string& out, std::size_t enough);

  // Sends GOAWAY: streams in flight end, further ones are refused.
  void say_goodbye();

  // Nothing more will come or go.
  bool finished() const;
  // Whatever the client sends is dropped.
  bool deaf() const { return deaf_; }
  // The client has said that it closes when its streams have ended.
  bool client_leaves() const { return client_leaves_; }
  // Requests that the service is still working on.
  std::size_t in_service() const { return in_service_; }
  // A request or an answer waits for the client to send, or to make room.
  bool waits_for_client() const { return receiving_ + sending_ > 0; }
  // The answers that wait for the client are as many as it may have: no further ones should be made.
  bool full() const { return (refused_answer_ && answer_bytes_ > 0) || !held_.may_hold(answer_bytes_); }
  // Of all answers so far, refused ones too: what they cost is making them.
  std::uint64_t answered_bytes() const { return answered_bytes_; }
  // Resets the streams whose request or answer has not come to its end within Limits::transfer.
  void end_late(std::chrono::steady_clock::time_point now);
  // Bodies that are still coming, and those of them that wait for the client to make room: for a piece, or
  // before another is asked for.
  std::size_t streaming() const { return streaming_; }
  std::size_t held_back() const { return held_back_; }
  // Changes whenever a stream moves.
  std::uint64_t progress() const { return progress_; }

 private:
  enum class State { receiving, in_service, sending, streaming };
  struct Stream {
    explicit Stream(ConnectionBytes& held) : in_flight(held) {}
    std::int32_t id = 0;  // 0: it is free
    State state = State::receiving;
    bool is_head = false;
    bool expects_continue = false;
    InFlight in_flight;
    std::chrono::steady_clock::time_point begun{};  // its request, then its answer
    std::size_t announced_bytes = 0;                // of the request's body
    std::size_t answer_bytes = 0;
    Request request;
    Response response;
    std::size_t sent = 0;   // of the response's body, or of the piece of it that there is
    bool asked = false;     // for the next piece
    bool complete = false;  // no piece comes after this one
  };
  // Events of the current second.
  struct Rate {
    std::chrono::steady_clock::time_point second{};
    std::size_t count = 0;
    bool exceeds(std::size_t max, std::size_t amount = 1);
  };
  struct Callbacks;  // nghttp2's, in http2_engine.cpp

  Stream& open_stream(std::int32_t id);
  void close_stream(Stream& stream);
  std::size_t open_streams() const { return streams_.size() - free_.size(); }
  void count_refusal();
  bool affords_header(std::size_t bytes);
  void set_state(Stream& stream, State state);
  void on_header(Stream& stream, std::string_view name, std::string_view value);
  void on_headers_end(Stream& stream);
  void on_body(Stream& stream, std::string_view bytes);
  void on_request_end(Stream& stream);
  void refuse(Stream& stream, Response response);
  void send(Stream& stream, Response response);
  void ask(Stream& stream);
  void piece_sent(Stream& stream);
  void calm_down();
  void announce_streams(std::string& settings_frame, std::size_t at) const;

  SessionHost& host_;
  const bool every_header_;  // see Service::reads_every_header
  nghttp2_session* session_ = nullptr;
  ConnectionBytes held_{host_.bounds()};
  std::size_t answer_bytes_ = 0;
  bool refused_answer_ = false;  // for want of room, and none has been given back since
  std::uint64_t answered_bytes_ = 0;
  std::vector<std::unique_ptr<Stream>> streams_;  // in use or free for the next request
  std::vector<Stream*> free_;
  std::vector<Ready> ready_;
  std::size_t in_service_ = 0;
  std::size_t receiving_ = 0;
  std::size_t sending_ = 0;
  std::size_t streaming_ = 0;
  std::size_t held_back_ = 0;
  std::vector<Hungry> hungry_;
  std::uint64_t progress_ = 0;
  Rate resets_;
  Rate refusals_;
  std::size_t untold_refusals_ = 0;
  std::size_t block_bytes_ = 0;  // of the headers that are being read, decompressed
  Rate large_headers_;
  Rate control_frames_;
  bool goodbye_ = false;
  bool client_leaves_ = false;
  bool broken_ = false;
  bool deaf_ = false;           // to a client that has gone too far
  bool announced_ = false;      // our settings are on their way
  std::string* out_ = nullptr;  // during fill
  std::size_t enough_ = 0;
  std::vector<nghttp2_nv> fields_;
  std::string names_;
};

}  // namespace kinesisd::server
