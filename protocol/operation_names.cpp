#include "protocol/operation_names.hpp"

#include <algorithm>
#include <array>

#include "protocol/operations.hpp"

namespace kinesisd::protocol {

namespace {

template <class... Ops>
constexpr auto names_of(type_list<Ops...> /*operations*/) {
  return std::array<std::string_view, sizeof...(Ops)>{Ops::name...};
}

constexpr auto names = names_of(Operations{});

}  // namespace

std::span<const std::string_view> operation_names() {
  return names;
}

bool knows_operation(std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace kinesisd::protocol
