#include "server/net/tls_engine.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace kinesisd::server {

namespace {

// One record at its largest and the next one's beginning.
constexpr std::size_t in_bytes = 18U << 10;
// Taken at once, so that one system call sends several records.
constexpr std::size_t write_bytes_max = 64U << 10;

}  // namespace

// OpenSSL calls these; they must not throw but bad_alloc, which ends the process either way.
struct TlsEngine::Bio {
  static TlsEngine& engine(BIO* bio) { return *static_cast<TlsEngine*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, int size) {
    TlsEngine& self = engine(bio);
    BIO_clear_retry_flags(bio);
    const std::size_t bytes = std::min(static_cast<std::size_t>(size), self.in_end_ - self.in_begin_);
    if (bytes == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    std::memcpy(into, self.in_.data() + self.in_begin_, bytes);
    self.in_begin_ += bytes;
    return static_cast<int>(bytes);
  }

  static int write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    engine(bio).out_.append(bytes, static_cast<std::size_t>(size));
    return size;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* fresh =
          tls::require(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kinesisd"), "TLS");
      BIO_meth_set_read(fresh, read);
      BIO_meth_set_write(fresh, write);
      BIO_meth_set_ctrl(fresh, control);
      BIO_meth_set_create(fresh, create);
      return fresh;
    }();
    return made;
  }
};

TlsEngine::TlsEngine(tls::SslPtr ssl, std::string_view received)
    : in_(received.begin(), received.end()), in_end_(received.size()), ssl_(std::move(ssl)) {
  BIO* bio = tls::require(BIO_new(Bio::method()), "TLS");
  BIO_set_data(bio, this);
  SSL_set_bio(ssl_.get(), bio, bio);
}

std::span<char> TlsEngine::room() {
  // OpenSSL has taken what was there, or it would not need more.
  in_begin_ = in_end_ = 0;
  in_.resize(in_bytes);
  return in_;
}

TlsEngine::Step TlsEngine::step_after(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Step::needs_bytes;
    case SSL_ERROR_ZERO_RETURN:
      return Step::ended;
    default:
      if (error_ == 0) error_ = ERR_peek_error();
      ERR_clear_error();
      return Step::failed;
  }
}

TlsEngine::Step TlsEngine::handshake() {
  ERR_clear_error();
  const int result = SSL_accept(ssl_.get());
  return result == 1 ? Step::done : step_after(result);
}

std::string_view TlsEngine::protocol() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

TlsEngine::Step TlsEngine::read(std::span<char> into, std::size_t& bytes) {
  bytes = 0;
  ERR_clear_error();
  while (bytes < into.size()) {
    std::size_t more = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data() + bytes, into.size() - bytes, &more);
    bytes += more;
    if (result == 1 && (in_begin_ < in_end_ || SSL_pending(ssl_.get()) > 0)) continue;
    if (result == 1) return Step::done;
    const Step step = step_after(result);  // comes again when it is not the first
    return bytes > 0 ? Step::done : step;
  }
  return Step::done;
}

TlsEngine::Step TlsEngine::write(std::span<const char> first, std::span<const char> second,
                                 std::size_t& bytes) {
  bytes = 0;
  ERR_clear_error();
  for (const std::span<const char> part : {first, second}) {
    std::span<const char> left = part.first(std::min(part.size(), write_bytes_max - bytes));
    while (!left.empty()) {
      std::size_t written = 0;
      const int result = SSL_write_ex(ssl_.get(), left.data(), left.size(), &written);
      if (result != 1) {
        const Step step = step_after(result);
        return bytes > 0 ? Step::done : step;
      }
      bytes += written;
      left = left.subspan(written);
    }
  }
  return Step::done;
}

void TlsEngine::finish() {
  ERR_clear_error();
  if (error_ != 0 || SSL_is_init_finished(ssl_.get()) != 1) return;
  if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace kinesisd::server
