#include "server/net/http2_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace kinesisd::server {

namespace {

constexpr std::size_t header_overhead = 32;  // RFC 9113 counts this for each field
constexpr std::size_t headers_expected = 8;

nghttp2_nv field(std::string_view name, std::string_view value, std::uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
  const auto bytes = [](std::string_view text) {
    // nghttp2 copies both and changes neither.
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), flags};
}

std::string_view text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// Random values would only push others out of the compression table.
std::uint8_t indexing(std::string_view name) {
  return name == "x-amzn-requestid" || name == "x-amz-id-2" ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
}

}  // namespace

// nghttp2 calls these from receive and fill; none of them may throw through it but bad_alloc, which ends the
// process either way.
struct Http2Engine::Callbacks {
  static Http2Engine& engine(void* user_data) { return *static_cast<Http2Engine*>(user_data); }

  static Stream* stream(nghttp2_session* session, std::int32_t id) {
    return static_cast<Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static int on_begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user_data) {
    Http2Engine& self = engine(user_data);
    self.block_bytes_ = 0;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    if (self.open_streams() >= self.host_.limits().streams_per_connection) {
      self.count_refusal();
      return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                       NGHTTP2_REFUSED_STREAM);
    }
    Stream& opened = self.open_stream(frame->hd.stream_id);
    return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, &opened);
  }

  static int on_header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                       void* user_data) {
    Http2Engine& self = engine(user_data);
    // Only this ends the decoding.
    if (!self.affords_header(name_size + value_size + header_overhead)) return NGHTTP2_ERR_CALLBACK_FAILURE;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;  // trailers
    if (Stream* s = stream(session, frame->hd.stream_id)) {
      self.on_header(*s, text(name, name_size), text(value, value_size));
    }
    return 0;
  }

  // nghttp2 resets the stream, which the client may never read.
  static int on_invalid_frame(nghttp2_session*, const nghttp2_frame*, int, void* user_data) {
    engine(user_data).count_refusal();
    return 0;
  }

  static int on_data(nghttp2_session* session, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                     std::size_t size, void* user_data) {
    if (Stream* s = stream(session, id)) engine(user_data).on_body(*s, text(bytes, size));
    return 0;
  }

  static int on_frame_received(nghttp2_session* session, const nghttp2_frame* frame, void* user_data) {
    Http2Engine& self = engine(user_data);
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
      case NGHTTP2_DATA: {
        Stream* s = stream(session, frame->hd.stream_id);
        if (s == nullptr) break;
        const bool end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        if (frame->hd.type == NGHTTP2_HEADERS && !end) self.on_headers_end(*s);
        if (end) self.on_request_end(*s);
        break;
      }
      case NGHTTP2_RST_STREAM:
        if (self.resets_.exceeds(self.host_.limits().http2_resets_per_second)) self.calm_down();
        break;
      case NGHTTP2_GOAWAY:
        self.client_leaves_ = true;
        break;
      case NGHTTP2_SETTINGS:
      case NGHTTP2_PING:
      case NGHTTP2_PRIORITY:
        if (self.control_frames_.exceeds(self.host_.limits().http2_control_per_second)) self.calm_down();
        break;
      default:
        break;
    }
    return 0;
  }

  // Resets that the client provoked count like its own. Without an error they only end a refused upload, and
  // refusals are counted where they are made.
  static int on_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Http2Engine& self = engine(user_data);
    if (frame->hd.type != NGHTTP2_RST_STREAM) return 0;
    if (self.untold_refusals_ > 0) --self.untold_refusals_;
    const std::uint32_t error = frame->rst_stream.error_code;
    if (error != NGHTTP2_NO_ERROR && error != NGHTTP2_REFUSED_STREAM && error != NGHTTP2_CANCEL &&
        self.resets_.exceeds(self.host_.limits().http2_resets_per_second)) {
      self.calm_down();
    }
    return 0;
  }

  static int on_stream_closed(nghttp2_session* session, std::int32_t id, std::uint32_t, void* user_data) {
    if (Stream* s = stream(session, id)) engine(user_data).close_stream(*s);
    return 0;
  }

  static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source* source, void* user_data) {
    Stream& s = *static_cast<Stream*>(source->ptr);
    const std::size_t left = s.response.body.size() - s.sent;
    const bool more_to_come = s.response.source != nullptr && !s.complete;
    if (left == 0 && more_to_come) {
      engine(user_data).ask(s);
      return NGHTTP2_ERR_DEFERRED;
    }
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (left <= size && !more_to_come) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(std::min(left, size));
  }

  static int send_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* frame_head, std::size_t size,
                       nghttp2_data_source* source, void* user_data) {
    constexpr std::size_t frame_head_bytes = 9;
    Http2Engine& self = engine(user_data);
    Stream& s = *static_cast<Stream*>(source->ptr);
    self.out_->append(text(frame_head, frame_head_bytes));
    self.out_->append(s.response.body, s.sent, size);
    s.sent += size;
    ++self.progress_;
    if (s.state == State::streaming && s.sent == s.response.body.size()) self.piece_sent(s);
    return self.out_->size() >= self.enough_ ? NGHTTP2_ERR_PAUSE : 0;
  }

  static nghttp2_session_callbacks* table() {
    nghttp2_session_callbacks* all = nullptr;
    if (nghttp2_session_callbacks_new(&all) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_begin_headers_callback(all, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(all, on_header);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(all, on_invalid_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, on_frame_received);
    nghttp2_session_callbacks_set_on_frame_send_callback(all, on_frame_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, on_stream_closed);
    nghttp2_session_callbacks_set_send_data_callback(all, send_data);
    return all;
  }
};

bool Http2Engine::Rate::exceeds(std::size_t max, std::size_t amount) {
  const auto now = std::chrono::steady_clock::now();
  if (now - second >= std::chrono::seconds(1)) {
    second = now;
    count = 0;
  }
  count += amount;
  return count > max;
}

Http2Engine::Http2Engine(SessionHost& host)
    : host_(host), every_header_(host.service().reads_every_header()) {
  const Limits& bounds = host.limits();
  nghttp2_option* option = nullptr;
  if (nghttp2_option_new(&option) != 0) throw std::bad_alloc();
  nghttp2_option_set_max_outbound_ack(option, bounds.http2_queued_frames);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_session_callbacks* callbacks = Callbacks::table();
  const int failed = nghttp2_session_server_new2(&session_, callbacks, this, option);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_option_del(option);
  if (failed != 0) throw std::bad_alloc();

  const std::array<nghttp2_settings_entry, 4> settings = {{
      // What nghttp2 itself holds the client to, which is to end the connection; see announce_streams.
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
       static_cast<std::uint32_t>(bounds.streams_per_connection + bounds.http2_refused_streams)},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, bounds.http2_window_bytes},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(bounds.header_bytes)},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  }};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<std::int32_t>(bounds.http2_connection_window_bytes));
}

Http2Engine::~Http2Engine() {
  nghttp2_session_del(session_);
}

void Http2Engine::receive(std::string_view bytes) {
  if (broken_ || deaf_) return;
  const ssize_t taken =
      nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken >= 0) return;
  // nghttp2 says goodbye itself where the protocol has a word for what is wrong.
  if (taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_CALLBACK_FAILURE) {
    calm_down();
  } else {
    nghttp2_session_terminate_session(session_, NGHTTP2_PROTOCOL_ERROR);
  }
}

void Http2Engine::fill(std::string& out, std::size_t enough) {
  if (broken_) return;
  out_ = &out;
  enough_ = enough;
  while (out.size() < enough) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size < 0) broken_ = true;
    if (size <= 0) break;
    out.append(text(bytes, static_cast<std::size_t>(size)));
    if (!std::exchange(announced_, true)) announce_streams(out, out.size() - static_cast<std::size_t>(size));
  }
  out_ = nullptr;
}

bool Http2Engine::finished() const {
  if (broken_) return true;
  if (nghttp2_session_want_write(session_) != 0) return false;
  const bool all_done = receiving_ + sending_ + streaming_ + in_service_ == 0;
  return (goodbye_ && all_done) || nghttp2_session_want_read(session_) == 0;
}

void Http2Engine::say_goodbye() {
  if (std::exchange(goodbye_, true)) return;
  nghttp2_submit_shutdown_notice(session_);
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                        NGHTTP2_NO_ERROR, nullptr, 0);
  stop_sources();
}

// The first frame is our settings, and the first of them this one. Of a client that opens more streams than
// it says, nghttp2 would drop them all; we refuse only those.
void Http2Engine::announce_streams(std::string& settings_frame, std::size_t at) const {
  constexpr std::size_t frame_head_bytes = 9;
  constexpr std::size_t setting_id_bytes = 2;
  const auto value = static_cast<std::uint32_t>(host_.limits().streams_per_connection);
  at += frame_head_bytes + setting_id_bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    settings_frame.at(at++) = static_cast<char>(value >> static_cast<unsigned>(shift));
  }
}

void Http2Engine::count_refusal() {
  const std::size_t max = host_.limits().http2_refused_streams;
  if (refusals_.exceeds(max) || ++untold_refusals_ > max) calm_down();
}

void Http2Engine::calm_down() {
  deaf_ = true;
  nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
}

Http2Engine::Stream& Http2Engine::open_stream(std::int32_t id) {
  if (free_.empty()) {
    streams_.push_back(std::make_unique<Stream>(held_));
    free_.push_back(streams_.back().get());
  }
  Stream& stream = *free_.back();
  free_.pop_back();
  stream.id = id;
  stream.state = State::receiving;
  stream.begun = host_.now();
  stream.request.headers.reserve(headers_expected);
  ++receiving_;
  ++progress_;
  return stream;
}

void Http2Engine::close_stream(Stream& stream) {
  if (stream.response.source != nullptr) {
    stream.response.source->stop();
    if (!stream.asked) --held_back_;
  }
  set_state(stream, State::in_service);  // which is not counted by stream
  answer_bytes_ -= stream.answer_bytes;
  if (stream.answer_bytes > host_.limits().small_answer_bytes) refused_answer_ = false;
  stream = Stream(held_);
  free_.push_back(&stream);
}

void Http2Engine::end_late(std::chrono::steady_clock::time_point now) {
  for (const auto& stream : streams_) {
    const bool waits = stream->state == State::receiving || stream->state == State::sending;
    if (stream->id == 0 || !waits || now - stream->begun < host_.limits().transfer) continue;
    stream->begun = now;  // once is enough
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_CANCEL);
  }
}

void Http2Engine::set_state(Stream& stream, State state) {
  const auto count = [this](State s) -> std::size_t* {
    return s == State::receiving   ? &receiving_
           : s == State::sending   ? &sending_
           : s == State::streaming ? &streaming_
                                   : nullptr;
  };
  if (std::size_t* before = count(stream.state)) --*before;
  if (std::size_t* after = count(state)) ++*after;
  stream.state = state;
}

void Http2Engine::answer(std::int32_t id, Response response) {
  --in_service_;
  if (Stream* stream = Callbacks::stream(session_, id)) send(*stream, std::move(response));
}

void Http2Engine::refuse(Stream& stream, Response response) {
  send(stream, std::move(response));
  stream.request = {};
}

void Http2Engine::send(Stream& stream, Response response) {
  const bool streams = response.source != nullptr;
  const bool has_body = (!response.body.empty() || streams) && !stream.is_head;
  const bool has_room = stream.in_flight.change_to_answer(response.body.size());
  answered_bytes_ += response.body.size();
  if (!has_room) {
    refused_answer_ = true;
    response = host_.service().overloaded();
    stream.in_flight.add(response.body.size());
  }
  stream.response = std::move(response);
  stream.begun = host_.now();
  stream.answer_bytes = stream.response.body.size();
  answer_bytes_ += stream.answer_bytes;
  const Response& r = stream.response;

  std::size_t name_bytes = 0;
  for (const Header& header : r.headers) name_bytes += header.name.size();
  names_.clear();
  names_.reserve(name_bytes);  // fields_ points into it
  const fmt::format_int status(r.status);
  const fmt::format_int length(r.body.size());
  fields_.clear();
  fields_.push_back(field(":status", {status.data(), status.size()}));
  fields_.push_back(field("date", host_.date()));
  bool has_length = false;  // of a HEAD's answer that was passed on
  for (const Header& header : r.headers) {
    has_length |= header.name == "Content-Length";
    const std::size_t at = names_.size();
    for (const char c : header.name) {
      names_.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    const std::string_view name = std::string_view(names_).substr(at);
    fields_.push_back(field(name, header.value, indexing(name)));
  }
  if (!r.chunked_empty && !streams && !has_length && r.status != 204) {
    fields_.push_back(field("content-length", {length.data(), length.size()}));
  }
  nghttp2_data_provider body{.source = {.ptr = &stream}, .read_callback = Callbacks::read_body};
  nghttp2_submit_response(session_, stream.id, fields_.data(), fields_.size(), has_body ? &body : nullptr);
  set_state(stream, streams ? State::streaming : State::sending);
  if (streams) ++held_back_;
  if (streams && goodbye_) r.source->stop();
}

}  // namespace kinesisd::server
