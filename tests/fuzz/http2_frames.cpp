// Whatever an HTTP/2 client may send, to a service that answers at once. The first byte says how much arrives
// at a time, the second how long the answers are, the third whether the client begins as it should.
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "server/net/http2_engine.hpp"

using namespace kinesisd::server;

namespace {

constexpr std::string_view beginning{
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    "\0\0\0\4\0\0\0\0\0",
    33};
constexpr std::size_t fill_bytes = 1000;
constexpr std::size_t answer_step_bytes = 1000;

class SilentService : public Service {
 public:
  boost::asio::awaitable<Response> answer(Request /*request*/) override { co_return Response{}; }
  Response body_too_large() const override { return {.status = 413}; }
  Response overloaded() const override { return {.status = 503}; }
};

Limits small_limits() {
  Limits bounds;
  bounds.body_bytes = 2000;
  bounds.header_bytes = 1000;
  bounds.streams_per_connection = 10;
  bounds.in_flight_bytes = 400'000;
  bounds.http2_window_bytes = 1000;
  bounds.http2_connection_window_bytes = 70'000;
  return bounds;
}

// Sends all that can be sent; it has to come to an end.
void drain(Http2Engine& engine) {
  std::string out;
  do {
    out.clear();
    engine.fill(out, fill_bytes);
  } while (!out.empty());
}

void talk(SessionHost& host, std::string_view bytes, std::size_t at_a_time, std::size_t answer_bytes) {
  Http2Engine engine(host);
  while (!bytes.empty() && !engine.finished()) {
    engine.receive(bytes.substr(0, at_a_time));
    bytes.remove_prefix(std::min(at_a_time, bytes.size()));
    for (Http2Engine::Ready& ready : engine.take_ready()) {
      Response response;
      response.body = std::move(ready.request.body) + std::string(answer_bytes, 'a');
      engine.answer(ready.stream, std::move(response));
    }
    drain(engine);
  }
  if (engine.in_service() != 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::size_t at_a_time = data[0] + 1U;
  const std::size_t answer_bytes = data[1] * answer_step_bytes;
  std::string bytes(data[2] % 2 == 0 ? beginning : std::string_view());
  bytes.append(reinterpret_cast<const char*>(data) + 3, size - 3);
  boost::asio::io_context context;
  SilentService service;
  std::ostringstream log_text;
  Log log(LogLevel::error, LogFormat::text, log_text);
  const auto bounds = std::make_shared<SharedBounds>(small_limits());
  const auto host = std::make_shared<SessionHost>(context.get_executor(), service, log, bounds);
  talk(*host, bytes, at_a_time, answer_bytes);
  if (bounds->bytes_in_flight() != 0) std::abort();
  return 0;
}
