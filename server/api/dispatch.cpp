#include "server/api/dispatch.hpp"

#include <algorithm>
#include <array>

#include "protocol/operations.hpp"

namespace kinesisd::server {

namespace {

struct Entry {
  std::string_view name;
  RunOperation run;
};

template <class... Ops>
constexpr auto table_of(protocol::type_list<Ops...>) {
  return std::array<Entry, sizeof...(Ops)>{Entry{Ops::name, &run<Ops>}...};
}

constexpr auto table = table_of(protocol::Operations{});

template <class... Ops>
constexpr auto names_of(protocol::type_list<Ops...>) {
  return std::array<std::string_view, sizeof...(Ops)>{Ops::name...};
}

constexpr auto names = names_of(protocol::Operations{});

}  // namespace

RunOperation find_operation(std::string_view name) {
  const auto* found =
      std::find_if(table.begin(), table.end(), [&](const Entry& entry) { return entry.name == name; });
  return found == table.end() ? nullptr : found->run;
}

std::span<const std::string_view> operation_names() {
  return names;
}

}  // namespace kinesisd::server
