#include "protocol/wire.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "protocol/cbor.hpp"
#include "protocol/errors.hpp"
#include "protocol/json.hpp"

namespace kinesisd::protocol {

namespace wire {

namespace {

// Bytes of the character `text` starts with, which is not ASCII; 0 when it is not UTF-8.
std::size_t character_bytes(const unsigned char* text, std::size_t left) {
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < left && text[i] >= low && text[i] <= high;
  };
  const unsigned lead = text[0];
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;   // no overlong forms
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;  // no surrogates
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

// Length of the run of ASCII at the start, as far as whole words show it.
std::size_t ascii_words(const unsigned char* text, std::size_t left) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t words[4]; at + sizeof words <= left; at += sizeof words) {
    std::memcpy(words, text + at, sizeof words);
    if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) break;
  }
  return at;
}

}  // namespace

bool is_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  while (left != 0) {
    std::size_t step = ascii_words(at, left);
    if (step == 0) step = *at < 0x80 ? 1 : character_bytes(at, left);
    if (step == 0) return false;
    at += step;
    left -= step;
  }
  return true;
}

std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) ++length;  // the first byte of a character
    if (byte >= 0xF0) ++length;
  }
  return length;
}

std::int64_t saturate(double value) {
  constexpr double limit = 9223372036854775808.0;  // 2^63, the first that does not fit
  if (std::isnan(value)) return 0;
  if (value >= limit) return std::numeric_limits<std::int64_t>::max();
  if (value < -limit) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(std::floor(value));
}

Node* Builder::add(Kind kind) {
  if (nodes_.size() == nodes_max) return nullptr;
  Node& node = nodes_.emplace_back();
  node.kind = kind;
  return &node;
}

bool Builder::null() {
  return add(Kind::null) != nullptr;
}

bool Builder::boolean(bool value) {
  Node* node = add(Kind::boolean);
  if (node != nullptr) node->boolean = value;
  return node != nullptr;
}

bool Builder::integer(std::int64_t value) {
  Node* node = add(Kind::integer);
  if (node != nullptr) node->integer = value;
  return node != nullptr;
}

bool Builder::real(double value) {
  Node* node = add(Kind::real);
  if (node != nullptr) node->real = value;
  return node != nullptr;
}

bool Builder::characters(Kind text_or_bytes, std::string_view value) {
  if (value.size() > std::numeric_limits<std::uint32_t>::max()) return false;
  Node* node = add(text_or_bytes);
  if (node == nullptr) return false;
  node->start = value.data();
  node->count = static_cast<std::uint32_t>(value.size());
  return true;
}

bool Builder::begin(Kind list_or_map) {
  if (depth_ == depth_max || add(list_or_map) == nullptr) return false;
  open_[depth_++] = static_cast<std::uint32_t>(nodes_.size() - 1);
  return true;
}

bool Builder::end(std::uint32_t count) {
  const std::uint32_t at = open_[--depth_];
  nodes_[at].count = count;
  nodes_[at].span = static_cast<std::uint32_t>(nodes_.size()) - at;
  return true;
}

}  // namespace wire

Result<wire::Tree> parse(std::string& body, Encoding encoding) {
  BOOST_OUTCOME_TRY(auto tree, encoding == Encoding::json ? json::parse(body) : cbor::parse(body));
  const wire::Kind kind = tree.root().kind;
  if (kind != wire::Kind::map && kind != wire::Kind::list) return errors::unreadable_body();
  return tree;
}

}  // namespace kinesisd::protocol
