// Any body of CBOR to any operation: parse and decode must neither crash nor read where they must not, and
// what they accept must be written so that it is read as the same. The first byte picks the operation.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "protocol/decode.hpp"
#include "protocol/encode.hpp"
#include "protocol/operations.hpp"

using namespace kinesisd::protocol;

namespace {

using Run = void (*)(std::string body);

template <class Op>
void run(std::string body) {
  using Request = typename Op::Request;
  const auto tree = parse(body, Encoding::cbor);
  if (!tree) return;
  const auto request = decode<Request>(tree.value());
  if (!request) return;
  std::string written = encode_body(request.value(), Encoding::cbor);
  const std::string expected = written;
  const auto again = parse(written, Encoding::cbor);
  if (!again) std::abort();
  const auto same = decode<Request>(again.value());
  if (!same || encode_body(same.value(), Encoding::cbor) != expected) std::abort();
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
