// What sessions need of a stream beyond reading and writing, whether it is a socket or a test's.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>

namespace kinesisd::server {

// Errors come back as values.
inline constexpr auto nothrow = boost::asio::as_tuple(boost::asio::use_awaitable);

// Its reads and writes end with an error soon after.
template <class Stream>
void close_stream(Stream& stream) {
  if constexpr (requires(boost::system::error_code error) { stream.close(error); }) {
    boost::system::error_code ignored;
    stream.close(ignored);
  } else {
    stream.close();
  }
}

// The same, and the client learns that the connection broke, not that it ended.
template <class Stream>
void reset_stream(Stream& stream) {
  if constexpr (requires { stream.reset(); }) {
    stream.reset();
  } else {
    const boost::asio::socket_base::linger none(true, 0);
    if constexpr (requires(boost::system::error_code error) { stream.set_option(none, error); }) {
      boost::system::error_code ignored;
      stream.set_option(none, ignored);
    }
    close_stream(stream);
  }
}

// Whether what goes through it can be read on its way.
template <class Stream>
inline constexpr bool is_encrypted = false;
template <class Stream>
requires(Stream::is_encrypted) inline constexpr bool is_encrypted<Stream> = true;

// An IPv4 address written as an IPv6 one is what it was.
inline bool is_loopback(const boost::asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

// Whether the client is on this machine. False when nobody can tell, as of a connection that has gone.
template <class Stream>
bool comes_from_loopback(const Stream& stream) {
  if constexpr (requires { stream.comes_from_loopback(); }) {
    return stream.comes_from_loopback();
  } else if constexpr (requires(boost::system::error_code error) { stream.remote_endpoint(error); }) {
    boost::system::error_code error;
    const auto peer = stream.remote_endpoint(error);
    return !error && is_loopback(peer.address());
  } else {
    return false;
  }
}

// Where the client is, as ADDR:PORT; empty when nobody can tell, as of a connection that has gone.
template <class Stream>
std::string client_of(const Stream& stream) {
  if constexpr (requires { stream.client(); }) {
    return stream.client();
  } else if constexpr (requires(boost::system::error_code error) { stream.remote_endpoint(error); }) {
    boost::system::error_code error;
    const auto peer = stream.remote_endpoint(error);
    if (error) return {};
    const std::string address = peer.address().to_string();
    const std::string port = std::to_string(peer.port());
    return peer.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
  } else {
    return {};
  }
}

// The client sees the end; what it still sends can be read.
template <class Stream>
void shut_down_sending(Stream& stream) {
  if constexpr (requires(boost::system::error_code error) {
                  stream.shutdown(boost::asio::ip::tcp::socket::shutdown_send, error);
                }) {
    boost::system::error_code ignored;
    stream.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  }
}

}  // namespace kinesisd::server
