// The `fields()` tables as values that can be walked without templates: for whoever does not know at compile
// time which structure it has. Knows no operation.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <type_traits>

#include "protocol/schema.hpp"

namespace kinesisd::protocol {

enum class ShapeKind { text, integer, boolean, blob, timestamp, text_map, list, structure };

struct MemberShape;

struct Shape {
  ShapeKind kind = ShapeKind::text;
  const Shape* item = nullptr;             // of a list
  std::span<const MemberShape> members{};  // of a structure, in the order of its table
};

struct MemberShape {
  std::string_view name;
  const Shape* shape;
  bool required;
};

template <class T>
struct ListItem {
  static constexpr bool is_list = false;
};
template <class T>
struct ListItem<std::vector<T>> {
  static constexpr bool is_list = true;
  using Type = T;
};

template <class T>
constexpr Shape make_shape();

template <class T>
inline constexpr Shape shape_of = make_shape<T>();

template <Structure T>
inline constexpr auto members_of = std::apply(
    [](const auto&... fields) {
      return std::array<MemberShape, sizeof...(fields)>{
          MemberShape{fields.name, &shape_of<ValueOf<typename std::remove_cvref_t<decltype(fields)>::Type>>,
                      !is_optional<typename std::remove_cvref_t<decltype(fields)>::Type>}...};
    },
    fields_of<T>);

template <class T>
constexpr Shape make_shape() {
  if constexpr (Structure<T>) {
    return {.kind = ShapeKind::structure, .members = members_of<T>};
  } else if constexpr (ListItem<T>::is_list) {
    return {.kind = ShapeKind::list, .item = &shape_of<typename ListItem<T>::Type>};
  } else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
    return {.kind = ShapeKind::text_map};
  } else if constexpr (std::is_same_v<T, bool>) {
    return {.kind = ShapeKind::boolean};
  } else if constexpr (std::is_integral_v<T>) {
    return {.kind = ShapeKind::integer};
  } else if constexpr (std::is_same_v<T, Blob> || std::is_same_v<T, BlobView>) {
    return {.kind = ShapeKind::blob};
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return {.kind = ShapeKind::timestamp};
  } else {
    return {.kind = ShapeKind::text};  // enumerators are words
  }
}

}  // namespace kinesisd::protocol
