// Structures to bytes: one walk over the tables for every encoding. Knows no operation and no HTTP.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "protocol/cbor.hpp"
#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/schema.hpp"
#include "protocol/wire.hpp"

namespace kinesisd::protocol {

// Writes one value. A Writer is as json::Writer.
template <class Writer>
void write(std::string_view value, Writer& writer) {
  writer.text(value);
}

template <class Writer>
void write(const Blob& value, Writer& writer) {
  writer.bytes(value.bytes);
}

template <class Writer>
void write(const BlobView& value, Writer& writer) {
  writer.bytes(value.bytes);
}

template <class Writer>
void write(Timestamp value, Writer& writer) {
  writer.timestamp(value);
}

template <class T, class Writer>
requires std::is_arithmetic_v<T>
void write(T value, Writer& writer) {
  if constexpr (std::is_same_v<T, bool>) {
    writer.boolean(value);
  } else {
    static_assert(std::is_integral_v<T>, "the service has no member of this type");
    writer.integer(value);
  }
}

template <class T, class Writer>
requires std::is_enum_v<T>
void write(T value, Writer& writer) {
  writer.text(enum_name(value));
}

template <class Writer>
void write(const std::map<std::string, std::string>& value, Writer& writer) {
  writer.begin_map(value.size());
  for (const auto& [name, text] : value) {
    writer.key(name);
    writer.text(text);
  }
  writer.end_map();
}

template <Structure T, class Writer>
void write(const T& value, Writer& writer);

template <class T, class Writer>
void write(const std::vector<T>& value, Writer& writer) {
  writer.begin_list(value.size());
  for (const auto& item : value) write(item, writer);
  writer.end_list();
}

// Absent members are left out, never null.
template <Structure T, class Writer>
void write(const T& value, Writer& writer) {
  std::size_t present = 0;
  for_each_field<T>([&](const auto& field) {
    if constexpr (is_optional<typename std::remove_cvref_t<decltype(field)>::Type>) {
      present += (value.*field.member).has_value() ? 1 : 0;
    } else {
      ++present;
    }
  });
  writer.begin_map(present);
  for_each_field<T>([&](const auto& field) {
    const auto& member = value.*field.member;
    if constexpr (is_optional<std::remove_cvref_t<decltype(member)>>) {
      if (!member) return;
      writer.key(field.name);
      write(*member, writer);
    } else {
      writer.key(field.name);
      write(member, writer);
    }
  });
  writer.end_map();
}

// A whole answer; a Void writes nothing at all.
template <class Response, class Writer>
void encode(const Response& response, Writer& writer) {
  if constexpr (!std::is_same_v<Response, Void>) write(response, writer);
}

// The body of an answer.
template <class Response>
std::string encode_body(const Response& response, Encoding encoding) {
  constexpr std::size_t small_body_bytes = 256;  // most answers are one allocation
  std::string body;
  if constexpr (!std::is_same_v<Response, Void>) body.reserve(small_body_bytes);
  if (encoding == Encoding::cbor) {
    cbor::Writer writer(body);
    encode(response, writer);
  } else {
    json::Writer writer(body);
    encode(response, writer);
  }
  return body;
}

// `{"__type": ..., "message": ...}`: capital `Message` for SerializationException, no message when it is
// empty.
std::string encode_error(const Error& error, Encoding encoding);
// The same with a type that may be none of AWS's.
std::string encode_error(std::string_view type, std::string_view message, Encoding encoding);

}  // namespace kinesisd::protocol
