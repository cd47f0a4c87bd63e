// Any bytes as the protocol buffer of an aggregate: they are no aggregate, or all that is read of them lies
// within them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/aggregated_record.hpp"

using namespace kinesisd::protocol;

namespace {

void require_within(std::string_view part, std::string_view whole) {
  if (part.empty()) return;
  if (part.data() < whole.data() || part.data() + part.size() > whole.data() + whole.size()) std::abort();
}

// A digest that is always right: 16 zero bytes.
Md5 nothing(std::string_view) {
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)read_aggregate(input, nothing);
  const std::string framed = "\xF3\x89\x9A\xC2" + std::string(input) + std::string(16, '\0');
  const auto records = read_aggregate(framed, nothing);
  if (!records) return 0;
  for (const UserRecord& record : *records) {
    require_within(record.partition_key, framed);
    require_within(record.data, framed);
    if (record.explicit_hash_key) require_within(*record.explicit_hash_key, framed);
    for (const AggregatedTag& tag : record.tags) require_within(tag.key, framed);
  }
  return 0;
}
