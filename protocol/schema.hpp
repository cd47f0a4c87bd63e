// How a structure of the service is written down: one `fields()` table of names, members and limits, from
// which decoding, validation and encoding follow. Knows no encoding and no operation.
#pragma once

#include <array>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace kinesisd::protocol {

// Raw bytes: base64 in JSON, a byte string in CBOR.
struct Blob {
  std::string bytes;
  friend bool operator==(const Blob&, const Blob&) = default;
};

// A blob of a response that somebody else owns.
struct BlobView {
  std::string_view bytes;
  friend bool operator==(const BlobView&, const BlobView&) = default;
};

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// The response of operations that answer with an empty body.
struct Void {
  static constexpr auto fields() { return std::tuple{}; }
  friend bool operator==(const Void&, const Void&) = default;
};

// `text` is quoted in messages; `matches` decides, and looks at the whole value.
struct Pattern {
  std::string_view text;
  bool (*matches)(std::string_view value);
};

// The limits of one member. Lengths count UTF-16 units of strings, bytes of blobs, items of lists and maps.
struct Rules {
  std::optional<std::int64_t> min_length{};
  std::optional<std::int64_t> max_length{};
  std::optional<std::int64_t> min_value{};
  std::optional<std::int64_t> max_value{};
  const Pattern* pattern = nullptr;
  const Rules* each = nullptr;  // items of a list, values of a map
  const Rules* keys = nullptr;  // keys of a map
  // For a std::optional member of a request: required nonetheless, unless the stream finds shards for its
  // records by itself (RecordDistributionStrategy AUTO). See Lifting.
  bool required_unless_auto = false;
};

template <class Struct, class T>
struct Field {
  using Type = T;
  std::string_view name;  // AWS's spelling
  T Struct::*member;
  Rules rules;
};

// One row of a `fields()` table. A std::optional member is optional (but see required_unless_auto), any other
// is required.
template <class Struct, class T>
constexpr Field<Struct, T> field(std::string_view name, T Struct::*member, const Rules& rules = {}) {
  return {name, member, rules};
}

// In requests the order of the rows is the order of AWS's messages; in responses the order of the output.
template <class Struct>
inline constexpr auto fields_of = Struct::fields();

template <class T>
concept Structure = requires {
  T::fields();
};

template <class T>
struct OptionalTraits {
  static constexpr bool optional = false;
  using Value = T;
};
template <class T>
struct OptionalTraits<std::optional<T>> {
  static constexpr bool optional = true;
  using Value = T;
};
template <class T>
inline constexpr bool is_optional = OptionalTraits<T>::optional;
template <class T>
using ValueOf = typename OptionalTraits<T>::Value;

// Calls `visit(field)` for each row.
template <Structure Struct, class Visit>
constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... fields) { (visit(fields), ...); }, fields_of<Struct>);
}

// Enumerators are AWS's own words. The order given to BOOST_DESCRIBE_ENUM is the order in which AWS's
// messages list them: its own where that is known, the model's elsewhere.
template <class Enum>
inline constexpr std::size_t enum_size =
    boost::mp11::mp_size<boost::describe::describe_enumerators<Enum>>::value;

template <class Enum>
inline constexpr auto enum_names = [] {
  std::array<std::string_view, enum_size<Enum>> names{};
  std::size_t at = 0;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>(
      [&](auto enumerator) { names[at++] = enumerator.name; });
  return names;
}();

template <class Enum>
inline constexpr auto enum_values = [] {
  std::array<Enum, enum_size<Enum>> values{};
  std::size_t at = 0;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>(
      [&](auto enumerator) { values[at++] = enumerator.value; });
  return values;
}();

// AWS's word for an enumerator.
template <class Enum>
constexpr std::string_view enum_name(Enum value) {
  for (std::size_t i = 0; i < enum_size<Enum>; ++i) {
    if (enum_values<Enum>[i] == value) return enum_names<Enum>[i];
  }
  return {};
}

// AWS's name of a member, from its pointer: name_of<&ListShards::Request::stream_name>() is "StreamName".
template <auto Member>
constexpr std::string_view name_of() {
  constexpr auto find = []<class Struct, class T>(T Struct::*member) {
    std::string_view found;
    for_each_field<Struct>([&](const auto& field) {
      if constexpr (std::is_same_v<decltype(field.member), T Struct::*>) {
        if (field.member == member) found = field.name;
      }
    });
    return found;
  };
  constexpr std::string_view name = find(Member);
  static_assert(!name.empty(), "the member is in no fields() table");
  return name;
}

// Whether a resource policy can open the operation to other accounts. An operation says so itself; one that
// says nothing is for the owner alone, whatever a policy allows.
template <class Op>
inline constexpr bool is_cross_account = [] {
  if constexpr (requires { Op::cross_account; }) {
    return Op::cross_account;
  } else {
    return false;
  }
}();

// An operation that answers with a stream of `Op::Event` instead of an `Op::Response`.
template <class Op>
concept Streaming = requires {
  typename Op::Event;
};

// The operations, or any other types, as one type.
template <class... Types>
struct type_list {};

// Calls `visit.operator()<Type>()` for each type.
template <class... Types, class Visit>
constexpr void for_each_type(type_list<Types...> /*types*/, Visit&& visit) {
  (visit.template operator()<Types>(), ...);
}

}  // namespace kinesisd::protocol
