// nghttp2 as a client, without I/O: what it has to say and what it has heard.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kinesisd::server::test {

class Http2Client {
 public:
  struct Answer {
    std::map<std::string, std::string> headers;
    std::string body;
    bool continued = false;  // 100 came first
    bool complete = false;
    std::optional<std::uint32_t> closed;  // with this error code
  };

  // Automatic: gives windows back as the answers come.
  explicit Http2Client(std::uint32_t window = 65535, bool automatic = true) {
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, automatic ? 0 : 1);
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_client_new2(&session, callbacks, this, option);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &entry, 1);
  }
  ~Http2Client() { nghttp2_session_del(session); }
  Http2Client(const Http2Client&) = delete;
  Http2Client& operator=(const Http2Client&) = delete;

  using Headers = std::vector<std::pair<std::string, std::string>>;

  // `path` with a body makes a POST, without one a GET. Returns the stream.
  std::int32_t request(const std::string& path, std::optional<std::string> body = {},
                       const Headers& more = {}, const std::string& method = "") {
    Headers headers = {{":method", !method.empty() ? method
                                   : body          ? "POST"
                                                   : "GET"},
                       {":scheme", "http"},
                       {":authority", "h"},
                       {":path", path}};
    headers.insert(headers.end(), more.begin(), more.end());
    std::vector<nghttp2_nv> fields;
    for (auto& [name, value] : headers) {
      fields.push_back({reinterpret_cast<std::uint8_t*>(name.data()),
                        reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(),
                        NGHTTP2_NV_FLAG_NONE});
    }
    nghttp2_data_provider provider{};
    provider.read_callback = read_body;
    if (body) {
      bodies_.push_back(std::make_unique<std::string>(std::move(*body)));
      provider.source.ptr = bodies_.back().get();
    }
    return nghttp2_submit_request(session, nullptr, fields.data(), fields.size(),
                                  provider.source.ptr == nullptr ? nullptr : &provider, nullptr);
  }

  // Bytes for the server.
  std::string sends() {
    std::string out;
    const std::uint8_t* bytes = nullptr;
    for (ssize_t n = 0; (n = nghttp2_session_mem_send(session, &bytes)) > 0;) {
      out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(n));
    }
    return out;
  }
  void hears(std::string_view bytes) {
    if (nghttp2_session_mem_recv(session, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) <
        0) {
      broken = true;
    }
  }

  std::map<std::int32_t, Answer> answers;
  std::optional<std::uint32_t> goodbye;  // the error code of the last GOAWAY
  int pongs = 0;
  bool broken = false;
  nghttp2_session* session = nullptr;

 private:
  static Http2Client& self(void* user_data) { return *static_cast<Http2Client*>(user_data); }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                       void* user_data) {
    Answer& answer = self(user_data).answers[frame->hd.stream_id];
    const std::string key(reinterpret_cast<const char*>(name), name_size);
    const std::string text(reinterpret_cast<const char*>(value), value_size);
    if (key == ":status" && text == "100") {
      answer.continued = true;
    } else {
      answer.headers[key] = text;
    }
    return 0;
  }
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                     std::size_t size, void* user_data) {
    self(user_data).answers[stream].body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Http2Client& client = self(user_data);
    if (frame->hd.type == NGHTTP2_GOAWAY) client.goodbye = frame->goaway.error_code;
    if (frame->hd.type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) ++client.pongs;
    const bool of_answer = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (of_answer && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      client.answers[frame->hd.stream_id].complete = true;
    }
    return 0;
  }
  static int on_close(nghttp2_session*, std::int32_t stream, std::uint32_t error, void* user_data) {
    self(user_data).answers[stream].closed = error;
    return 0;
  }
  static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* out, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source* source, void*) {
    auto& left = *static_cast<std::string*>(source->ptr);
    const std::size_t taken = left.copy(reinterpret_cast<char*>(out), size);
    left.erase(0, taken);
    if (left.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(taken);
  }

  std::vector<std::unique_ptr<std::string>> bodies_;
};

}  // namespace kinesisd::server::test
