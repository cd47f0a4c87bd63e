// Whatever a request says, in CBOR it says the same as in JSON: it becomes the same request, or the same
// error.
#include <array>
#include <catch2/catch.hpp>
#include <limits>
#include <map>

#include "protocol/encode.hpp"
#include "tests/unit/protocol/any_value.hpp"
#include "tests/unit/protocol/requests.hpp"

namespace kinesisd::protocol {

namespace {

constexpr std::array<std::string_view, 16> texts{
    "s",
    "shardId-000000000000",
    "arn:aws:kinesis:us-east-1:123456789012:stream/s",
    "arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1700000000",
    "abcdefghij0123456789-abc",
    "0",
    "340282366920938463463374607431768211455",
    "49590338271490256608559692538361571095921575989136588898",
    "a b",
    "",
    "é",
    "水\xF0\x9F\x98\x80",
    "\n\"\\",
    "true",
    "YWI=",
    "null",
};

// Requests as clients might send them: members that are as they should be more often than not, and then
// absent, null, beyond a limit, or of another type.
class Requests {
 public:
  explicit Requests(unsigned seed) : random_(seed) {}

  template <Structure T>
  AnyValue any() {
    AnyMap map;
    for_each_field<T>([&](const auto& field) {
      using Member = typename std::remove_cvref_t<decltype(field)>::Type;
      if (random_.one_in(is_optional<Member> ? 2 : 12)) return;
      map.entries.emplace_back(field.name, member<ValueOf<Member>>(field.rules));
      if (random_.one_in(30)) map.entries.emplace_back(field.name, member<ValueOf<Member>>(field.rules));
    });
    if (random_.one_in(8)) map.entries.emplace_back("Unknown", anything(2));
    if (random_.one_in(2)) std::reverse(map.entries.begin(), map.entries.end());
    return {std::move(map)};
  }

  Random& random() { return random_; }

 private:
  template <class T>
  AnyValue member(const Rules& rules) {
    if (random_.one_in(25)) return {};
    if (random_.one_in(25)) return mistyped<T>();
    return value(rules, static_cast<T*>(nullptr));
  }

  // Of any type; numbers where the encodings count alike only.
  template <class T>
  AnyValue mistyped() {
    if constexpr (std::is_same_v<T, Timestamp>) {
      return random_.one_in(2) ? AnyValue{true} : AnyValue{std::string(random_.of(texts))};
    } else {
      return anything(2);
    }
  }

  AnyValue anything(int depth) {
    switch (random_.below(depth == 0 ? 6 : 8)) {
      case 0:
        return {random_.one_in(2)};
      case 1:
        return {random_.between(-3, 300)};
      case 2:
        return {static_cast<double>(random_.between(-1000, 1000)) / 4};
      case 3:
        return {std::string(random_.of(texts))};
      case 4:
        return {};
      case 5:
        return {std::numeric_limits<std::uint64_t>::max()};
      case 6: {
        AnyList list;
        for (auto count = random_.below(3); count > 0; --count) list.items.push_back(anything(depth - 1));
        return {std::move(list)};
      }
      default: {
        AnyMap map;
        for (auto count = random_.below(3); count > 0; --count) {
          map.entries.emplace_back(random_.of(texts), anything(depth - 1));
        }
        return {std::move(map)};
      }
    }
  }

  AnyValue value(const Rules& rules, const std::string* /*type*/) {
    if (rules.max_length && *rules.max_length < 4096 && random_.one_in(12)) {
      return {std::string(static_cast<std::size_t>(*rules.max_length + random_.between(0, 1)), 'a')};
    }
    if (rules.pattern != nullptr && !random_.one_in(6)) {
      for (std::size_t tries = 0; tries < 200; ++tries) {
        const std::string_view text = random_.of(texts);
        if (rules.pattern->matches(text)) return {std::string(text)};
      }
    }
    return {std::string(random_.of(texts))};
  }
  AnyValue value(const Rules& /*rules*/, const Blob* /*type*/) {
    if (random_.one_in(5)) return {std::string(random_.of(texts))};  // base64 or not, in both encodings
    Blob blob;
    for (auto count = random_.below(70); count > 0; --count)
      blob.bytes += static_cast<char>(random_.below(256));
    return {std::move(blob)};
  }
  AnyValue value(const Rules& /*rules*/, const bool* /*type*/) {
    static constexpr std::array<const char*, 5> words{"true", "NO", "1", "maybe", ""};
    if (random_.one_in(4)) return {std::string(random_.of(words))};
    return {random_.one_in(2)};
  }
  template <class T>
  requires std::is_integral_v<T> AnyValue value(const Rules& rules, const T* /*type*/) {
    const std::int64_t min = rules.min_value.value_or(std::numeric_limits<T>::min());
    const std::int64_t max = rules.max_value.value_or(std::numeric_limits<T>::max());
    switch (random_.below(10)) {
      case 0:
        return {random_.one_in(2) ? min : max};
      case 1:
        return {std::numeric_limits<std::int64_t>::max()};
      case 2:
        return {std::numeric_limits<std::int64_t>::min()};
      case 3:
        return {std::numeric_limits<std::uint64_t>::max()};
      case 4:
        return {static_cast<double>(random_.between(-1'000'000, 1'000'000)) / 8};
      default:
        return {random_.between(min, max)};
    }
  }
  AnyValue value(const Rules& /*rules*/, const Timestamp* /*type*/) {
    constexpr std::int64_t farthest_ms = 253'402'300'799'999;
    return {Timestamp{std::chrono::milliseconds{random_.between(-farthest_ms / 4, farthest_ms)}}};
  }
  template <class T>
  requires std::is_enum_v<T> AnyValue value(const Rules& /*rules*/, const T* /*type*/) {
    if (random_.one_in(6)) return {std::string(random_.of(texts))};
    return {std::string(random_.of(enum_names<T>))};
  }
  template <class T>
  AnyValue value(const Rules& rules, const std::vector<T>* /*type*/) {
    AnyList list;
    const auto longest = static_cast<std::size_t>(std::min<std::int64_t>(rules.max_length.value_or(4), 8));
    const Rules none{};
    for (auto count = random_.below(longest + 2); count > 0; --count) {
      list.items.push_back(member<T>(rules.each == nullptr ? none : *rules.each));
    }
    return {std::move(list)};
  }
  AnyValue value(const Rules& /*rules*/, const std::map<std::string, std::string>* /*type*/) {
    AnyMap map;
    for (auto count = random_.below(5); count > 0; --count) {
      map.entries.emplace_back(random_.of(texts), member<std::string>(Rules{}));
    }
    return {std::move(map)};
  }
  template <Structure T>
  AnyValue value(const Rules& /*rules*/, const T* /*type*/) {
    return any<T>();
  }

  Random random_;
};

// The request as it was understood, or its error.
template <class Op>
std::string outcome(std::string body, Encoding encoding, Lifting lifting) {
  const auto tree = parse(body, encoding);
  if (!tree) return "does not parse";
  const auto request = decode<typename Op::Request>(tree.value(), lifting);
  if (!request) return sentence(request.error());
  return encode_body(request.value(), Encoding::json);
}

}  // namespace

TEST_CASE("JSON and CBOR of a request become the same request or the same error") {
  struct Seen {
    int accepted = 0;
    int mistyped = 0;
    int refused = 0;
  };
  std::map<std::string_view, Seen> seen;
  for (const unsigned seed : {1U, 20131202U, 0xC0FFEEU}) {
    Requests requests(seed);
    for (int round = 0; round < 150; ++round) {
      for_each_type(Operations{}, [&]<class Op>() {
        const AnyValue any = requests.any<typename Op::Request>();
        const std::string json = json_of(any);
        const std::string cbor = cbor_of(any, requests.random());
        const Lifting lifting = requests.random().one_in(2) ? Lifting::none : Lifting::auto_stream;
        INFO(Op::name << " with seed " << seed << ": " << json);
        const std::string expected = outcome<Op>(json, Encoding::json, lifting);
        REQUIRE(outcome<Op>(cbor, Encoding::cbor, lifting) == expected);
        Seen& count = seen[Op::name];
        ++(expected.starts_with('{')                          ? count.accepted
           : expected.starts_with("SerializationException: ") ? count.mistyped
                                                              : count.refused);
      });
    }
  }
  // Every way of ending has been met, wherever there is one.
  for_each_type(Operations{}, [&]<class Op>() {
    INFO(Op::name);
    CHECK(seen[Op::name].accepted > 0);
    if constexpr (std::tuple_size_v<decltype(Op::Request::fields())> != 0) {
      CHECK(seen[Op::name].mistyped > 0);
      CHECK(seen[Op::name].refused > 0);
    }
  });
}

TEST_CASE("What the two encodings write for a request is read as the same request") {
  for (const unsigned seed : {7U, 42U, 4567U}) {
    Requests requests(seed);
    for (int round = 0; round < 100; ++round) {
      for_each_type(Operations{}, [&]<class Op>() {
        std::string body = json_of(requests.any<typename Op::Request>());
        const auto tree = parse(body, Encoding::json);
        REQUIRE(tree.has_value());
        const auto request = decode<typename Op::Request>(tree.value());
        if (!request) return;
        const std::string json = encode_body(request.value(), Encoding::json);
        const std::string cbor = encode_body(request.value(), Encoding::cbor);
        INFO(Op::name << " with seed " << seed << ": " << json);
        REQUIRE(outcome<Op>(cbor, Encoding::cbor, Lifting::none) == json);
        REQUIRE(outcome<Op>(json, Encoding::json, Lifting::none) == json);
      });
    }
  }
}

}  // namespace kinesisd::protocol
