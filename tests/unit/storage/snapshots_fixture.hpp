// A storage whose streams are put back to what they were.
#pragma once

#include <string>
#include <vector>

#include "storage/snapshots/snapshots.hpp"
#include "storage/streams/streams.hpp"
#include "tests/unit/storage/database_fixture.hpp"

namespace kinesisd::tests {

using Data = std::vector<std::string>;

inline const StreamKey other_key{world, "other"};
inline const StreamKey elsewhere{{"123456789012", "us-east-1"}, "orders"};

struct Rewound : Opening {
  using Opening::Opening;

  void put(const Data& data, const StreamKey& stream = stream_key) {
    for (const auto& text : data) storage->put("k", text, stream);
    storage->settle();
  }
  Data all(const StreamKey& stream = stream_key, const std::string& shard = "0") {
    return read_all(storage->iterator({IteratorType::TRIM_HORIZON, {}, {}}, shard, stream));
  }
  void save(const std::string& name, const Scope& scope = {}) {
    REQUIRE(save_snapshot(storage->journal, name, scope, storage->now()) == Saving::saved);
  }
  void restore(const std::string& name) { REQUIRE(restore_snapshot(storage->journal, name)); }
  bool has(const StreamKey& stream) {
    return bool{describe_stream_summary(storage->state(), stream, storage->now())};
  }
  void remove(const StreamKey& stream) {
    REQUIRE(delete_stream(storage->state(), stream, true, storage->now()));
    storage->settle();
  }
};

}  // namespace kinesisd::tests
