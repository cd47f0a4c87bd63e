// A tag as the listing operations show it.
#pragma once

#include "protocol/shapes.hpp"

namespace kinesisd::protocol {

struct Tag {
  std::string key{};
  std::optional<std::string> value{};

  static constexpr auto fields() {
    return std::tuple{
        field("Key", &Tag::key, shapes::tag_key),
        field("Value", &Tag::value, shapes::tag_value),
    };
  }
};

}  // namespace kinesisd::protocol
