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

}  // namespace

RunOperation find_operation(std::string_view name) {
  const auto* found =
      std::find_if(table.begin(), table.end(), [&](const Entry& entry) { return entry.name == name; });
  return found == table.end() ? nullptr : found->run;
}

}  // namespace kinesisd::server
