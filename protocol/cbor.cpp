#include "protocol/cbor.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "protocol/errors.hpp"

namespace kinesisd::protocol::cbor {

namespace {

// The upper three bits of an item's first byte.
enum Major : unsigned {
  unsigned_integer,
  negative_integer,
  byte_string,
  text_string,
  list,
  map,
  tag,
  simple
};

constexpr unsigned epoch_tag = 1;
constexpr unsigned inline_max = 23;     // the largest value the first byte holds itself
constexpr unsigned indefinite = 31;     // in place of a length
constexpr char break_byte = '\xFF';     // ends what has no length
constexpr std::size_t heap_bytes = 32;  // of a string that does not fit into the string object itself

// What stands before an item: its kind and a number, the value itself or a length.
struct Head {
  unsigned major;
  unsigned info;  // the lower five bits of the first byte
  std::uint64_t value;

  bool is_indefinite() const { return info == indefinite; }
};

double half_to_double(std::uint64_t bits) {
  const auto fraction = static_cast<double>(bits & 0x3FF);
  const int exponent = static_cast<int>(bits >> 10 & 0x1F);
  double value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  if (exponent == 31) {
    value =
        fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits >> 15) != 0 ? -value : value;
}

// One pass over the body, straight into the builder. libcbor's streaming decoder would do the heads, but it
// calls back through a table for each item, checks no UTF-8, and leaves nesting and the joining of pieces to
// its caller, which is nearly all of what stands here.
class Reader {
 public:
  explicit Reader(std::string& body) : at_(body.data()), end_(body.data() + body.size()) {}

  bool read() { return value() && at_ == end_; }
  wire::Tree take() { return {Encoding::cbor, builder_.take()}; }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  bool head(Head& out);
  bool value();
  bool real_or_simple(const Head& head);
  bool characters(const Head& head);
  bool join(unsigned major, std::string_view& out);
  bool list_of(const Head& head);
  bool map_of(const Head& head);
  bool more(const Head& head, std::uint32_t count);

  char* at_;
  char* end_;
  wire::Builder builder_;
};

bool Reader::head(Head& out) {
  if (at_ == end_) return false;
  const unsigned first = static_cast<unsigned char>(*at_++);
  out = {.major = first >> 5U, .info = first & 0x1FU, .value = first & 0x1FU};
  if (out.info <= inline_max) return true;
  if (out.is_indefinite()) return out.major >= byte_string && out.major <= map;
  if (out.info > 27) return false;  // reserved
  const std::size_t bytes = std::size_t{1} << (out.info - 24);
  if (left() < bytes) return false;
  out.value = 0;
  for (std::size_t i = 0; i < bytes; ++i) out.value = out.value << 8 | static_cast<unsigned char>(*at_++);
  return true;
}

// Recursion ends at wire::depth_max, where the builder begins no more lists and maps. Tags may stand in any
// number before a value; what they say is decided by the member.
bool Reader::value() {
  constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  Head item{};
  do {
    if (!head(item)) return false;
  } while (item.major == tag);
  switch (item.major) {
    case unsigned_integer:
      return builder_.integer(static_cast<std::int64_t>(std::min(item.value, max)));
    case negative_integer:
      return builder_.integer(-1 - static_cast<std::int64_t>(std::min(item.value, max)));
    case byte_string:
    case text_string:
      return characters(item);
    case list:
      return list_of(item);
    case map:
      return map_of(item);
    default:
      return real_or_simple(item);
  }
}

bool Reader::real_or_simple(const Head& head) {
  switch (head.info) {
    case 20:
      return builder_.boolean(false);
    case 21:
      return builder_.boolean(true);
    case 22:  // null
    case 23:  // undefined
      return builder_.null();
    case 25:
      return builder_.real(half_to_double(head.value));
    case 26:
      return builder_.real(std::bit_cast<float>(static_cast<std::uint32_t>(head.value)));
    case 27:
      return builder_.real(std::bit_cast<double>(head.value));
    default:  // simple values that mean nothing
      return false;
  }
}

bool Reader::characters(const Head& head) {
  std::string_view value;
  if (head.is_indefinite()) {
    if (!join(head.major, value)) return false;
  } else {
    if (head.value > left()) return false;
    value = {at_, static_cast<std::size_t>(head.value)};
    at_ += value.size();
  }
  if (head.major == byte_string) return builder_.bytes(value);
  return wire::is_utf8(value) && builder_.text(value);
}

// Moves the pieces together over the heads between them, so that one view shows all. A character may reach
// from one piece into the next: what counts is the whole.
bool Reader::join(unsigned major, std::string_view& out) {
  char* const start = at_;
  char* joined = at_;
  while (at_ != end_ && *at_ != break_byte) {
    Head piece{};
    if (!head(piece) || piece.major != major || piece.is_indefinite() || piece.value > left()) return false;
    const auto size = static_cast<std::size_t>(piece.value);
    std::memmove(joined, at_, size);
    joined += size;
    at_ += size;
  }
  if (at_ == end_) return false;
  ++at_;
  out = {start, static_cast<std::size_t>(joined - start)};
  return true;
}

// Whether another part follows; takes the break of what has no length. A length that claims more than there
// is costs nothing: its parts are counted as they come.
bool Reader::more(const Head& head, std::uint32_t count) {
  if (!head.is_indefinite()) return count < head.value;
  if (at_ == end_ || *at_ != break_byte) return true;
  ++at_;
  return false;
}

bool Reader::list_of(const Head& head) {
  if (!builder_.begin(wire::Kind::list)) return false;
  std::uint32_t count = 0;
  for (; more(head, count); ++count) {
    if (!value()) return false;
  }
  return builder_.end(count);
}

bool Reader::map_of(const Head& head) {
  if (!builder_.begin(wire::Kind::map)) return false;
  std::uint32_t count = 0;
  for (; more(head, count); ++count) {
    Head key{};
    if (!this->head(key) || key.major != text_string || !characters(key) || !value()) return false;
  }
  return builder_.end(count);
}

}  // namespace

Result<wire::Tree> parse(std::string& body) {
  // Keeps short bodies out of the string object itself, so that views survive its being moved.
  body.reserve(heap_bytes);
  Reader reader(body);
  if (!reader.read()) return errors::unreadable_body();
  return reader.take();
}

void Writer::head(unsigned major, std::uint64_t value) {
  if (value <= inline_max) {
    out_ += static_cast<char>(major << 5U | static_cast<unsigned>(value));
    return;
  }
  const unsigned size_code = value <= 0xFF ? 0 : value <= 0xFFFF ? 1 : value <= 0xFFFFFFFF ? 2 : 3;
  const std::size_t bytes = std::size_t{1} << size_code;
  std::array<char, 9> head{static_cast<char>(major << 5U | (24 + size_code))};
  for (std::size_t i = bytes; i != 0; --i, value >>= 8) head[i] = static_cast<char>(value & 0xFF);
  out_.append(head.data(), bytes + 1);
}

void Writer::begin_map(std::size_t count) {
  head(map, count);
}

void Writer::begin_list(std::size_t count) {
  head(list, count);
}

void Writer::text(std::string_view value) {
  head(text_string, value.size());
  out_ += value;
}

void Writer::integer(std::int64_t value) {
  if (value >= 0) return head(unsigned_integer, static_cast<std::uint64_t>(value));
  head(negative_integer, static_cast<std::uint64_t>(-1 - value));
}

void Writer::boolean(bool value) {
  out_ += value ? '\xF5' : '\xF4';
}

void Writer::bytes(std::string_view value) {
  head(byte_string, value.size());
  out_ += value;
}

void Writer::timestamp(Timestamp value) {
  head(tag, epoch_tag);
  integer(value.time_since_epoch().count());
}

}  // namespace kinesisd::protocol::cbor
