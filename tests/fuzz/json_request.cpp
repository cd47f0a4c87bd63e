// Any body to any operation: parse and decode must neither crash nor read where they must not. The first byte
// picks the operation.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "protocol/decode.hpp"
#include "protocol/operations.hpp"

using namespace kinesisd::protocol;

namespace {

using Run = void (*)(std::string body);

template <class Op>
void run(std::string body) {
  auto tree = parse(body, Encoding::json);
  if (tree) (void)decode<typename Op::Request>(tree.value());
}

template <class... Ops>
constexpr auto runs_of(type_list<Ops...> /*operations*/) {
  return std::array<Run, sizeof...(Ops)>{run<Ops>...};
}

constexpr auto runs = runs_of(Operations{});

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  runs[data[0] % runs.size()](std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}
