// Any text a client may send as an iterator or a NextToken: it is refused or it is one of ours.
#include <cstddef>
#include <cstdint>
#include <string>

#include "storage/journal/group_commit.hpp"
#include "storage/memory/memory_engine.hpp"
#include "storage/model/sealed_token.hpp"
#include "storage/records/reads.hpp"
#include "storage/shards/shards.hpp"
#include "storage/state/state.hpp"
#include "storage/streams/streams.hpp"

namespace {

using namespace kinesisd::storage;

struct OneStream {
  OneStream() : journal(engine), state(StreamSettings{}, journal, std::string(seal_key_bytes, 'k')) {
    (void)create_stream(state, key, {.shard_count = 2}, now);
    (void)describe_stream_summary(state, key, now);
    genuine = shard_iterator(state, key, "1", {IteratorType::TRIM_HORIZON}, now).value().text;
  }

  MemoryEngine engine;
  GroupCommit journal;
  State state;
  const Timestamp now = from_epoch_ms(1'700'000'000'000);
  const StreamKey key{{"000000000000", "us-east-1"}, "orders"};
  std::string genuine;
};

// Must not be taken for anything, unless it is the very text that was given out.
void read(OneStream& one, const std::string& text) {
  auto read = begin_read(one.state, text, std::nullopt, one.now);
  if (!read) return;
  if (text != one.genuine && text != '"' + one.genuine + '"') __builtin_trap();
  (void)finish_read(one.state, std::move(read).value(), one.now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static OneStream one;
  const std::string text(reinterpret_cast<const char*>(data), size);
  read(one, text);

  // The input laid over a genuine iterator, from the place its first byte names.
  std::string altered = one.genuine;
  if (size > 1)
    for (std::size_t i = 1, at = data[0]; i < size && at < altered.size(); ++i, ++at)
      altered[at] = static_cast<char>(data[i]);
  read(one, altered);

  (void)list_streams(one.state, one.key.world, {.next_token = text}, one.now);
  (void)list_shards(one.state, one.key.world, {.next_token = text}, one.now);
  (void)shard_iterator(one.state, one.key, text, {IteratorType::LATEST}, one.now);
  (void)shard_iterator(one.state, one.key, "0", {IteratorType::AT_SEQUENCE_NUMBER, text}, one.now);
  return 0;
}
