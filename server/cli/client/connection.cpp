#include "server/cli/client/connection.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

namespace kinesisd::server::client {

namespace {

std::string explain(int error) {
  return std::generic_category().message(error);
}

int milliseconds_left(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

// False when the deadline passed.
bool poll_until(int file, short events, Deadline deadline, int interrupt) {
  std::array<pollfd, 2> files{{{file, events, 0}, {interrupt, POLLIN, 0}}};
  while (true) {
    const int ready = poll(files.data(), files.size(), milliseconds_left(deadline));
    if (files[1].revents != 0) throw Interrupted();
    if (ready > 0) return true;
    if (ready == 0 && std::chrono::steady_clock::now() >= deadline) return false;
    if (ready < 0 && errno != EINTR) throw ConnectionError(explain(errno));
  }
}

struct FreeAddresses {
  void operator()(addrinfo* first) const { freeaddrinfo(first); }
};

// Addresses need no resolver, and neither does localhost: where there is no /etc/hosts it is itself still.
std::vector<std::string> addresses_of(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (host == "localhost" || host.ends_with(".localhost")) return {"127.0.0.1", "::1"};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, host.c_str(), bytes.data()) == 1) return {host};
  }
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(host.c_str(), nullptr, &wanted, &list); error != 0) {
    throw ConnectionError(fmt::format("{} has no address: {}", host, gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, FreeAddresses> owned(list);
  std::vector<std::string> out;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0)
      out.emplace_back(text.data());
  }
  return out;
}

// `address` is in digits. The length of what was filled in; 0: it is no address.
socklen_t socket_address(const std::string& address, std::uint16_t port, sockaddr_storage& out) {
  auto& v4 = reinterpret_cast<sockaddr_in&>(out);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
  if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return sizeof v4;
  }
  if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    return sizeof v6;
  }
  return 0;
}

void trust_pem(SSL_CTX& context, const std::string& pem) {
  const tls::BioPtr bio(tls::require(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), "PEM"));
  while (true) {
    const tls::CertificatePtr one(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!one) break;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), one.get());
  }
  ERR_clear_error();
}

// Where distributions keep whom they trust; OpenSSL's own default is one of them, or is set by SSL_CERT_FILE.
void trust_system(SSL_CTX& context) {
  constexpr std::array files = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                "/etc/ssl/cert.pem"};
  SSL_CTX_set_default_verify_paths(&context);
  for (const char* file : files) {
    if (access(file, R_OK) == 0 && SSL_CTX_load_verify_locations(&context, file, nullptr) == 1) break;
  }
  ERR_clear_error();
}

}  // namespace

Connection::Connection(const Endpoint& endpoint, const Trust& trust, Deadline deadline, int interrupt)
    : endpoint_(endpoint), interrupt_(interrupt) {
  try {
    bool connected = false;
    for (const std::string& address : addresses_of(endpoint_.host)) {
      connected = connect_to(address, deadline);
      if (connected) break;
    }
    if (!connected) throw ConnectionError(fmt::format("{} cannot be reached: {}", endpoint_.url(), reason_));
    if (endpoint_.tls) begin_tls(trust, deadline);
  } catch (...) {
    if (socket_ >= 0) close(socket_);
    throw;
  }
}

Connection::~Connection() {
  if (tls_) SSL_shutdown(tls_.get());
  ERR_clear_error();
  if (socket_ >= 0) close(socket_);
}

bool Connection::connect_to(const std::string& address, Deadline deadline) {
  sockaddr_storage to{};
  const socklen_t size = socket_address(address, endpoint_.port, to);
  if (socket_ >= 0) close(socket_);
  socket_ = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) {
    reason_ = explain(errno);
    return false;
  }
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int error = connect(socket_, reinterpret_cast<const sockaddr*>(&to), size) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    socklen_t error_size = sizeof error;
    if (!poll_until(socket_, POLLOUT, deadline, interrupt_)) {
      error = ETIMEDOUT;
    } else if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &error_size) != 0) {
      error = errno;
    }
  }
  if (error != 0) reason_ = explain(error);
  return error == 0;
}

void Connection::begin_tls(const Trust& trust, Deadline deadline) {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  context_.reset(tls::require(SSL_CTX_new(TLS_client_method()), "TLS"));
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  if (!trust.bundle) {
    trust_system(*context_);
  } else if (SSL_CTX_load_verify_locations(context_.get(), trust.bundle->c_str(), nullptr) != 1) {
    throw LastingError(fmt::format("{} is no file of certificates", *trust.bundle));
  }
  trust_pem(*context_, trust.also_pem);
  tls_.reset(tls::require(SSL_new(context_.get()), "TLS"));
  X509_VERIFY_PARAM* wanted = SSL_get0_param(tls_.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, endpoint_.host.c_str()) != 1) {
    ERR_clear_error();
    X509_VERIFY_PARAM_set1_host(wanted, endpoint_.host.c_str(), 0);
    SSL_set_tlsext_host_name(tls_.get(), endpoint_.host.c_str());
  }
  tls::require(SSL_set_fd(tls_.get(), socket_), "TLS");
  while (true) {
    const int result = SSL_connect(tls_.get());
    if (result == 1) return;
    wait_for_tls(result, deadline);
  }
}

void Connection::wait_for_tls(int result, Deadline deadline) {
  const int system_error = errno;
  const int error = SSL_get_error(tls_.get(), result);
  if (error == SSL_ERROR_WANT_READ) return wait(POLLIN, deadline);
  if (error == SSL_ERROR_WANT_WRITE) return wait(POLLOUT, deadline);
  const long verified = SSL_get_verify_result(tls_.get());
  if (verified != X509_V_OK) {
    throw LastingError(fmt::format("{} is not trusted: {}; name its CA with --ca-bundle", endpoint_.url(),
                                   X509_verify_cert_error_string(verified)));
  }
  const bool hung_up = error == SSL_ERROR_ZERO_RETURN || (error == SSL_ERROR_SYSCALL && system_error == 0);
  const std::string why = fmt::format("{} broke off: {}", endpoint_.url(),
                                      hung_up                      ? "it closed the connection"
                                      : error == SSL_ERROR_SYSCALL ? explain(system_error)
                                                                   : tls::last_error());
  const bool in_tls = SSL_get_state(tls_.get()) != TLS_ST_CW_CLNT_HELLO;  // the server's hello has come
  if (in_tls) throw ConnectionError(why);
  throw NoTlsError(why);
}

void Connection::wait(short events, Deadline deadline) const {
  if (poll_until(socket_, events, deadline, interrupt_)) return;
  throw ConnectionError(fmt::format("{} did not answer in time", endpoint_.url()));
}

void Connection::write(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    ssize_t sent = 0;
    errno = 0;
    if (tls_) {
      const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U));
      sent = SSL_write(tls_.get(), bytes.data(), size);
      if (sent <= 0) wait_for_tls(static_cast<int>(sent), deadline);
    } else {
      sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) {
        wait(POLLOUT, deadline);
      } else if (sent < 0 && errno != EINTR) {
        throw ConnectionError(fmt::format("{} broke off: {}", endpoint_.url(), explain(errno)));
      }
    }
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::size_t Connection::read(char* into, std::size_t size, Deadline deadline) {
  while (true) {
    errno = 0;
    if (tls_) {
      const int got = SSL_read(tls_.get(), into, static_cast<int>(std::min<std::size_t>(size, 1U << 20U)));
      if (got > 0) return static_cast<std::size_t>(got);
      if (SSL_get_error(tls_.get(), got) == SSL_ERROR_ZERO_RETURN) return 0;
      wait_for_tls(got, deadline);
      continue;
    }
    const ssize_t got = recv(socket_, into, size, 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN) {
      wait(POLLIN, deadline);
    } else if (errno != EINTR) {
      throw ConnectionError(fmt::format("{} broke off: {}", endpoint_.url(), explain(errno)));
    }
  }
}

bool Connection::is_stale() const {
  pollfd file{socket_, POLLIN, 0};
  return poll(&file, 1, 0) != 0;
}

void pause_until(Deadline deadline, int interrupt) {
  poll_until(-1, 0, deadline, interrupt);
}

}  // namespace kinesisd::server::client
