#include "protocol/json.hpp"

// SSE2 is part of every x86-64. The reader then looks up to 15 bytes ahead; `parse` provides them.
#ifdef __SSE2__
#define RAPIDJSON_SSE2
#endif
#include <fmt/format.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "protocol/base64.hpp"
#include "protocol/errors.hpp"

namespace kinesisd::protocol::json {

namespace {

constexpr std::size_t read_ahead_bytes = 16;

// The reader's events, handed to the builder.
class Events : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Events> {
 public:
  // With escapes, a text that was UTF-8 can become anything: `\udc00` alone is taken by the reader.
  explicit Events(bool escapes) : escapes_(escapes) {}

  bool Null() { return builder_.null(); }
  bool Bool(bool value) { return builder_.boolean(value); }
  bool Int(int value) { return builder_.integer(value); }
  bool Uint(unsigned value) { return builder_.integer(value); }
  bool Int64(std::int64_t value) { return builder_.integer(value); }
  bool Uint64(std::uint64_t value) {
    constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return builder_.integer(static_cast<std::int64_t>(std::min(value, max)));
  }
  bool Double(double value) { return builder_.real(value); }
  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const std::string_view value(text, length);
    return (!escapes_ || wire::is_utf8(value)) && builder_.text(value);
  }
  bool Key(const char* text, rapidjson::SizeType length, bool copy) { return String(text, length, copy); }
  bool StartObject() { return builder_.begin(wire::Kind::map); }
  bool EndObject(rapidjson::SizeType count) { return builder_.end(count); }
  bool StartArray() { return builder_.begin(wire::Kind::list); }
  bool EndArray(rapidjson::SizeType count) { return builder_.end(count); }

  wire::Tree take() { return {Encoding::json, builder_.take()}; }

 private:
  wire::Builder builder_;
  bool escapes_;
};

// What stands after the backslash; 0: the character needs none, 'u': four hexadecimal digits.
constexpr auto escapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

}  // namespace

Result<wire::Tree> parse(std::string& body) {
  if (!wire::is_utf8(body)) return errors::unreadable_body();
  const std::size_t size = body.size();
  Events events(body.find('\\') != std::string::npos);
  // Also keeps short bodies out of the string object itself, so that views survive its being moved.
  body.append(read_ahead_bytes, '\0');
  rapidjson::InsituStringStream stream(body.data());
  rapidjson::Reader reader;
  const bool parsed = !reader.Parse<rapidjson::kParseInsituFlag>(stream, events).IsError();
  body.resize(size);
  // The reader takes a zero byte for the end of the text.
  if (!parsed || stream.Tell() != size) return errors::unreadable_body();
  return events.take();
}

void Writer::begin_map(std::size_t /*count*/) {
  comma();
  out_ += '{';
  comma_ = false;
}

void Writer::end_map() {
  out_ += '}';
  comma_ = true;
}

void Writer::begin_list(std::size_t /*count*/) {
  comma();
  out_ += '[';
  comma_ = false;
}

void Writer::end_list() {
  out_ += ']';
  comma_ = true;
}

void Writer::key(std::string_view name) {
  text(name);
  out_ += ':';
  comma_ = false;
}

void Writer::text(std::string_view value) {
  comma();
  out_ += '"';
  std::size_t plain = 0;  // start of what has not been written
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char escape = escapes[static_cast<unsigned char>(value[i])];
    if (escape == 0) continue;
    out_ += value.substr(plain, i - plain);
    plain = i + 1;
    out_ += '\\';
    out_ += escape;
    if (escape == 'u') out_ += fmt::format("{:04x}", static_cast<unsigned>(value[i]));
  }
  out_ += value.substr(plain);
  out_ += '"';
}

void Writer::integer(std::int64_t value) {
  comma();
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
}

void Writer::boolean(bool value) {
  comma();
  out_ += value ? "true" : "false";
}

void Writer::bytes(std::string_view value) {
  comma();
  out_ += '"';
  base64::encode(value, out_);
  out_ += '"';
}

void Writer::timestamp(Timestamp value) {
  const std::int64_t ms = value.time_since_epoch().count();
  // The sign by itself: -0.5 has no whole part to carry it.
  if (ms < 0 && ms > -1000) {
    comma();
    out_ += "-0";
  } else {
    integer(ms / 1000);
  }
  const std::int64_t fraction = ms % 1000 < 0 ? -(ms % 1000) : ms % 1000;
  if (fraction == 0) return;
  std::array<char, 4> digits{'.', static_cast<char>('0' + fraction / 100),
                             static_cast<char>('0' + fraction / 10 % 10),
                             static_cast<char>('0' + fraction % 10)};
  std::string_view shown(digits.data(), digits.size());
  while (shown.ends_with('0')) shown.remove_suffix(1);
  out_ += shown;
}

}  // namespace kinesisd::protocol::json
