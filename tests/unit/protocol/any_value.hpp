// A value of no type in particular, and what it looks like in each encoding: JSON, and CBOR in any of the
// forms that CBOR leaves to its writer.
#pragma once

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/cbor.hpp"
#include "protocol/json.hpp"

namespace kinesisd::protocol {

struct AnyValue;
struct AnyList {
  std::vector<AnyValue> items;
};
struct AnyMap {
  std::vector<std::pair<std::string, AnyValue>> entries;  // keys may stand there twice
};
struct AnyValue {
  // A Blob is base64 in JSON and bytes in CBOR, a Timestamp seconds and milliseconds.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Blob, Timestamp,
               AnyList, AnyMap>
      value;
};

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::int64_t between(std::int64_t min, std::int64_t max) {
    return std::uniform_int_distribution<std::int64_t>{min, max}(random_);
  }
  template <class Range>
  const auto& of(const Range& range) {
    return range[below(std::size(range))];
  }

 private:
  std::mt19937 random_;
};

inline std::string json_of(const AnyValue& any);

struct AnyAsJson {
  std::string out;

  void operator()(std::monostate) { out += "null"; }
  void operator()(bool value) { json::Writer(out).boolean(value); }
  void operator()(std::int64_t value) { json::Writer(out).integer(value); }
  void operator()(std::uint64_t value) { out += fmt::format("{}", value); }
  void operator()(double value) { out += fmt::format("{:#}", value); }  // never without its point
  void operator()(const std::string& value) { json::Writer(out).text(value); }
  void operator()(const Blob& value) { json::Writer(out).bytes(value.bytes); }
  void operator()(Timestamp value) { json::Writer(out).timestamp(value); }
  void operator()(const AnyList& list) {
    out += '[';
    for (const AnyValue& item : list.items) out += (&item == list.items.data() ? "" : ",") + json_of(item);
    out += ']';
  }
  void operator()(const AnyMap& map) {
    out += '{';
    for (const auto& entry : map.entries) {
      if (&entry != map.entries.data()) out += ',';
      json::Writer(out).text(entry.first);
      out += ':' + json_of(entry.second);
    }
    out += '}';
  }
};

inline std::string json_of(const AnyValue& any) {
  AnyAsJson json;
  std::visit(json, any.value);
  return json.out;
}

// Each form at random: lengths or none, heads longer than needed, strings in pieces, tags that mean nothing,
// floats as short as they may be.
class AnyAsCbor {
 public:
  explicit AnyAsCbor(Random& random) : random_(random) {}

  std::string take() { return std::move(out_); }
  void write(const AnyValue& any) {
    if (random_.one_in(20)) head(6, random_.of(std::array<std::uint64_t, 4>{1, 24, 55799, 1U << 20}));
    std::visit(*this, any.value);
  }

  void operator()(std::monostate) { out_ += random_.one_in(2) ? '\xF6' : '\xF7'; }
  void operator()(bool value) { out_ += value ? '\xF5' : '\xF4'; }
  void operator()(std::int64_t value) {
    if (value >= 0) return head(0, static_cast<std::uint64_t>(value));
    head(1, static_cast<std::uint64_t>(-1 - value));
  }
  void operator()(std::uint64_t value) { head(0, value); }
  void operator()(double value) {
    const auto single = static_cast<float>(value);
    if (static_cast<double>(single) == value && random_.one_in(2)) {
      number('\xFA', std::bit_cast<std::uint32_t>(single), 4);
    } else {
      number('\xFB', std::bit_cast<std::uint64_t>(value), 8);
    }
  }
  void operator()(const std::string& value) { string(3, value); }
  void operator()(const Blob& value) { string(2, value.bytes); }
  void operator()(Timestamp value) {
    if (!random_.one_in(4)) head(6, 1);
    const std::int64_t ms = value.time_since_epoch().count();
    if (random_.one_in(4)) return (*this)(static_cast<double>(ms));
    (*this)(ms);
  }
  void operator()(const AnyList& list) {
    const bool open = begin(4, list.items.size());
    for (const AnyValue& item : list.items) write(item);
    if (open) out_ += '\xFF';
  }
  void operator()(const AnyMap& map) {
    const bool open = begin(5, map.entries.size());
    for (const auto& [key, value] : map.entries) {
      string(3, key);
      write(value);
    }
    if (open) out_ += '\xFF';
  }

 private:
  void number(char first, std::uint64_t value, unsigned bytes) {
    out_ += first;
    for (unsigned i = bytes; i-- > 0;) out_ += static_cast<char>(value >> (8 * i) & 0xFF);
  }
  void head(unsigned major, std::uint64_t value) {
    const bool longer = random_.one_in(8);
    const auto first = [&](unsigned info) { return static_cast<char>(major << 5U | info); };
    if (value < 24 && !longer) {
      out_ += first(static_cast<unsigned>(value));
    } else if (value <= 0xFF && !longer) {
      number(first(24), value, 1);
    } else if (value <= 0xFFFF && !longer) {
      number(first(25), value, 2);
    } else if (value <= 0xFFFFFFFF && !longer) {
      number(first(26), value, 4);
    } else {
      number(first(27), value, 8);
    }
  }
  bool begin(unsigned major, std::size_t count) {
    const bool open = random_.one_in(2);
    if (open) {
      out_ += static_cast<char>(major << 5U | 31U);
    } else {
      head(major, count);
    }
    return open;
  }
  void string(unsigned major, std::string_view value) {
    if (!random_.one_in(4)) {
      head(major, value.size());
      out_ += value;
      return;
    }
    out_ += static_cast<char>(major << 5U | 31U);
    while (!value.empty() || random_.one_in(3)) {
      const std::size_t piece = random_.below(value.size() + 1);
      head(major, piece);
      out_ += value.substr(0, piece);
      value.remove_prefix(piece);
    }
    out_ += '\xFF';
  }

  Random& random_;
  std::string out_;
};

inline std::string cbor_of(const AnyValue& any, Random& random) {
  AnyAsCbor cbor(random);
  cbor.write(any);
  return cbor.take();
}

}  // namespace kinesisd::protocol
