// The value tree to a request: types first (the first mismatch is the error), then AWS's limits (all together
// in one ValidationException). One walk over the tables for every encoding and operation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/schema.hpp"
#include "protocol/violations.hpp"
#include "protocol/wire.hpp"

namespace kinesisd::protocol {

// Whether members that are required_unless_auto may be absent. Only the stream tells, which is not known
// before the request is: none first, then, if the stream turns out to be AUTO, once more with auto_stream.
enum class Lifting { none, auto_stream };

// The part of decoding that needs no templates: reads values and collects what is wrong with them.
class Decoder {
 public:
  Decoder(Encoding encoding, Lifting lifting) : encoding_(encoding), lifting_(lifting) {}

  // All that return bool answer false when the value has another type; decoding then ends with that error.
  bool read(const wire::Node& node, const Path& path, const Rules& rules, std::string& out);
  bool read(const wire::Node& node, const Path& path, const Rules& rules, std::int32_t& out);
  bool read(const wire::Node& node, const Path& path, const Rules& rules, std::int64_t& out);
  bool read(const wire::Node& node, const Path& path, const Rules& rules, bool& out);
  bool read(const wire::Node& node, const Path& path, const Rules& rules, Blob& out);
  bool read(const wire::Node& node, const Path& path, const Rules& rules, Timestamp& out);
  bool read(const wire::Node& node, const Path& path, const Rules& rules,
            std::map<std::string, std::string>& out);
  bool read(const wire::Node& node, const Path& path, const Rules& rules, std::vector<std::string>& out);

  // `index` is where the text stands in `names`; unchanged, with a violation, when it is none of them.
  bool read_enum(const wire::Node& node, const Path& path, std::span<const std::string_view> names,
                 std::size_t& index);
  // As read_enum for each item; the violation is reported once for the list.
  bool read_enums(const wire::Node& node, const Path& path, const Rules& rules,
                  std::span<const std::string_view> names, std::vector<std::size_t>& indexes);
  // A list whose items the caller reads.
  bool read_list(const wire::Node& node, const Path& path, const Rules& rules);
  // A structure; `found` gets the last value of each name, nullptr where there is none or null.
  bool read_structure(const wire::Node& node, std::span<const std::string_view> names,
                      std::span<const wire::Node*> found);

  // A required value that is not there.
  void missing(const Path& path) { violations_.missing(path); }
  // An optional one.
  void absent(const Path& path, const Rules& rules) {
    if (rules.required_unless_auto && lifting_ == Lifting::none) missing(path);
  }

  std::optional<Error> error() const;

 private:
  bool mismatch(std::string message);
  bool unexpected_container(const wire::Node& node);
  bool read_text(const wire::Node& node, std::string_view& out);
  bool expect_list(const wire::Node& node);
  bool read_items(const wire::Node& node, const Path& path, const Rules& rules,
                  std::vector<std::string_view>& out);
  bool read_number(const wire::Node& node, std::string_view type, std::int64_t& out);

  Encoding encoding_;
  Lifting lifting_;
  std::optional<std::string> mismatch_;
  Violations violations_;
};

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
bool read(Decoder& decoder, const wire::Node& node, const Path& path, const Rules& rules, T& out);

template <Structure T>
bool read_members(Decoder& decoder, const wire::Node& node, const Path* parent, T& out) {
  static constexpr auto names = std::apply(
      [](const auto&... fields) { return std::array<std::string_view, sizeof...(fields)>{fields.name...}; },
      fields_of<T>);
  std::array<const wire::Node*, names.size()> found{};
  if (!decoder.read_structure(node, names, found)) return false;
  std::size_t at = 0;
  bool ok = true;
  for_each_field<T>([&](const auto& field) {
    const wire::Node* value = found[at++];
    if (!ok) return;
    const Path path{.parent = parent, .name = field.name};
    auto& member = out.*field.member;
    if constexpr (is_optional<std::remove_cvref_t<decltype(member)>>) {
      if (value == nullptr) return decoder.absent(path, field.rules);
      ok = read(decoder, *value, path, field.rules, member.emplace());
    } else if (value == nullptr) {
      decoder.missing(path);
    } else {
      ok = read(decoder, *value, path, field.rules, member);
    }
  });
  return ok;
}

template <Structure T>
bool read_structures(Decoder& decoder, const wire::Node& node, const Path& path, const Rules& rules,
                     std::vector<T>& out) {
  if (!decoder.read_list(node, path, rules)) return false;
  out.resize(node.count);
  const wire::Node* item = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i, item = item->next()) {
    const Path item_path{.parent = &path, .item = i + 1};
    if (item->kind == wire::Kind::null) {
      decoder.missing(item_path);
    } else if (!read_members(decoder, *item, &item_path, out[i])) {
      return false;
    }
  }
  return true;
}

template <class Enum>
requires std::is_enum_v<Enum>
bool read_enum(Decoder& decoder, const wire::Node& node, const Path& path, Enum& out) {
  std::size_t index = 0;
  if (!decoder.read_enum(node, path, enum_names<Enum>, index)) return false;
  out = enum_values<Enum>[index];
  return true;
}

template <class Enum>
requires std::is_enum_v<Enum>
bool read_enums(Decoder& decoder, const wire::Node& node, const Path& path, const Rules& rules,
                std::vector<Enum>& out) {
  std::vector<std::size_t> indexes;
  if (!decoder.read_enums(node, path, rules, enum_names<Enum>, indexes)) return false;
  for (const std::size_t index : indexes) out.push_back(enum_values<Enum>[index]);
  return true;
}

// Reads a value that is there, whatever its type.
template <class T>
bool read(Decoder& decoder, const wire::Node& node, const Path& path, const Rules& rules, T& out) {
  if constexpr (Structure<T>) {
    return read_members(decoder, node, &path, out);
  } else if constexpr (std::is_enum_v<T>) {
    return read_enum(decoder, node, path, out);
  } else if constexpr (is_vector<T>) {
    if constexpr (Structure<typename T::value_type>) {
      return read_structures(decoder, node, path, rules, out);
    } else if constexpr (std::is_enum_v<typename T::value_type>) {
      return read_enums(decoder, node, path, rules, out);
    } else {
      return decoder.read(node, path, rules, out);
    }
  } else {
    return decoder.read(node, path, rules, out);
  }
}

// The request a body holds, or its SerializationException or ValidationException. Unknown members are
// ignored.
template <class Request>
Result<Request> decode(const wire::Tree& tree, Lifting lifting = Lifting::none) {
  Decoder decoder(tree.encoding, lifting);
  Request request;
  read_members(decoder, tree.root(), nullptr, request);
  if (auto error = decoder.error()) return *std::move(error);
  return request;
}

template <class T>
constexpr bool has_liftable_member() {
  if constexpr (Structure<T>) {
    bool found = false;
    for_each_field<T>([&](const auto& field) {
      using Member = ValueOf<typename std::remove_cvref_t<decltype(field)>::Type>;
      found = found || field.rules.required_unless_auto || has_liftable_member<Member>();
    });
    return found;
  } else if constexpr (is_vector<T>) {
    return has_liftable_member<typename T::value_type>();
  } else {
    return false;
  }
}

// A request that Lifting makes a difference to.
template <class Request>
concept Liftable = has_liftable_member<Request>();

// For limits that only the state of a stream tells: path_of<&PutRecord::Request::data>() is `data`, and
// path_of<&PutRecords::Request::records, &PutRecordsRequestEntry::data>(0) is `records.1.member.data`.
template <auto Member>
std::string path_of() {
  return to_string(Path{.name = name_of<Member>()});
}
template <auto List, auto Member>
std::string path_of(std::size_t index) {
  const Path list{.name = name_of<List>()};
  const Path item{.parent = &list, .item = index + 1};
  return to_string(Path{.parent = &item, .name = name_of<Member>()});
}

}  // namespace kinesisd::protocol
