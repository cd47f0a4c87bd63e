// Bodies that come piece by piece: what the engine has for them.
#include <utility>

#include "server/net/http2_engine.hpp"

namespace kinesisd::server {

void Http2Engine::ask(Stream& stream) {
  stream.asked = true;
  --held_back_;
  hungry_.push_back({stream.id, stream.response.source});
}

void Http2Engine::feed(std::int32_t id, std::string piece) {
  auto* stream = static_cast<Stream*>(nghttp2_session_get_stream_user_data(session_, id));
  if (stream == nullptr || stream->state != State::streaming) return;
  stream->asked = false;
  ++held_back_;
  stream->complete = piece.empty();
  stream->sent = 0;
  stream->in_flight.add(piece.size());
  stream->response.body = std::move(piece);
  nghttp2_session_resume_data(session_, id);
}

void Http2Engine::piece_sent(Stream& stream) {
  stream.in_flight.release();
  stream.response.body = {};
  stream.sent = 0;
}

void Http2Engine::stop_sources() {
  for (const auto& stream : streams_) {
    if (stream->response.source != nullptr) stream->response.source->stop();
  }
}

}  // namespace kinesisd::server
