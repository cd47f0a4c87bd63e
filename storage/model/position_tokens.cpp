#include "storage/model/position_tokens.hpp"

#include <algorithm>

namespace kinesisd::storage {

namespace {

// The first byte of every token: none may stand in for another.
enum class Kind : char { shard_iterator = 'I', list_shards = 'H', list_streams = 'S', list_consumers = 'C' };

class Writer {
 public:
  explicit Writer(Kind kind) : text_(1, static_cast<char>(kind)) {}

  Writer& number(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) text_ += static_cast<char>(value >> shift & 255);
    return *this;
  }
  Writer& signed_number(std::int64_t value) { return number(static_cast<std::uint64_t>(value)); }
  Writer& time(Timestamp at) { return signed_number(epoch_ms(at)); }
  Writer& small(std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) text_ += static_cast<char>(value >> shift & 255);
    return *this;
  }
  Writer& string(std::string_view value) {
    text_ += static_cast<char>(std::min<std::size_t>(value.size(), 255));
    text_ += value.substr(0, 255);
    return *this;
  }
  // Whole blocks, at least `size_min` bytes.
  std::string padded(std::size_t size_min = 0) {
    text_.resize((std::max(text_.size(), size_min) + 15) / 16 * 16, '\0');
    return std::move(text_);
  }

 private:
  std::string text_;
};

// Reads what Writer wrote; anything too short makes it bad for good.
class Reader {
 public:
  Reader(Kind kind, std::string_view text) : rest_(text) {
    good_ = !rest_.empty() && rest_.front() == static_cast<char>(kind);
    if (good_) rest_.remove_prefix(1);
  }

  std::uint64_t number() { return big_endian(8); }
  std::int64_t signed_number() { return static_cast<std::int64_t>(number()); }
  Timestamp time() { return from_epoch_ms(signed_number()); }
  std::uint32_t small() { return static_cast<std::uint32_t>(big_endian(4)); }
  std::string string() { return std::string{take(static_cast<std::size_t>(big_endian(1)))}; }
  bool good() const { return good_; }

 private:
  std::uint64_t big_endian(std::size_t size) {
    std::uint64_t value = 0;
    for (char c : take(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view take(std::size_t size) {
    if (!good_ || rest_.size() < size) {
      good_ = false;
      return {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  bool good_;
};

}  // namespace

std::string seal(const TokenSeal& seal, const ShardIterator& iterator) {
  // AWS's iterators decode to 152 bytes, and 16 more for every 16 of the name (plus two). 40 are the seal's.
  const std::size_t size = 112 + (iterator.stream.size() + 2) / 16 * 16;
  return seal.seal(Writer(Kind::shard_iterator)
                       .string(iterator.account)
                       .string(iterator.stream)
                       .signed_number(iterator.stream_serial)
                       .small(iterator.shard.value)
                       .number(iterator.from_index)
                       .time(iterator.arrived_from)
                       .time(iterator.issued)
                       .small(iterator.fresh ? 1 : 0)
                       .signed_number(iterator.history)
                       .string(iterator.region)
                       .padded(size));
}

std::optional<ShardIterator> open_shard_iterator(const TokenSeal& seal, std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  const auto plain = seal.open(text);
  if (!plain) return std::nullopt;
  Reader reader(Kind::shard_iterator, *plain);
  ShardIterator iterator;
  iterator.account = reader.string();
  iterator.stream = reader.string();
  iterator.stream_serial = reader.signed_number();
  iterator.shard.value = reader.small();
  iterator.from_index = reader.number();
  iterator.arrived_from = reader.time();
  iterator.issued = reader.time();
  iterator.fresh = reader.small() != 0;
  iterator.history = reader.signed_number();
  iterator.region = reader.string();
  if (!reader.good()) return std::nullopt;
  return iterator;
}

std::string seal(const TokenSeal& seal, const ListShardsToken& token) {
  return seal.seal(Writer(Kind::list_shards)
                       .string(token.account)
                       .string(token.stream)
                       .signed_number(token.stream_serial)
                       .small(token.filter)
                       .time(token.filter_time)
                       .small(token.from_shard)
                       .time(token.issued)
                       .string(token.region)
                       .padded());
}

std::optional<ListShardsToken> open_list_shards_token(const TokenSeal& seal, std::string_view text) {
  const auto plain = seal.open(text);
  if (!plain) return std::nullopt;
  Reader reader(Kind::list_shards, *plain);
  ListShardsToken token;
  token.account = reader.string();
  token.stream = reader.string();
  token.stream_serial = reader.signed_number();
  token.filter = static_cast<std::uint8_t>(reader.small());
  token.filter_time = reader.time();
  token.from_shard = reader.small();
  token.issued = reader.time();
  token.region = reader.string();
  if (!reader.good()) return std::nullopt;
  return token;
}

std::string seal(const TokenSeal& seal, const ListStreamsToken& token) {
  return seal.seal(Writer(Kind::list_streams)
                       .string(token.after_name)
                       .time(token.issued)
                       .string(token.account)
                       .string(token.region)
                       .padded());
}

std::optional<ListStreamsToken> open_list_streams_token(const TokenSeal& seal, std::string_view text) {
  const auto plain = seal.open(text);
  if (!plain) return std::nullopt;
  Reader reader(Kind::list_streams, *plain);
  ListStreamsToken token;
  token.after_name = reader.string();
  token.issued = reader.time();
  token.account = reader.string();
  token.region = reader.string();
  if (!reader.good()) return std::nullopt;
  return token;
}

std::string seal(const TokenSeal& seal, const ListConsumersToken& token) {
  return seal.seal(Writer(Kind::list_consumers)
                       .signed_number(token.stream_serial)
                       .string(token.after_name)
                       .time(token.issued)
                       .padded());
}

std::optional<ListConsumersToken> open_list_consumers_token(const TokenSeal& seal, std::string_view text) {
  const auto plain = seal.open(text);
  if (!plain) return std::nullopt;
  Reader reader(Kind::list_consumers, *plain);
  ListConsumersToken token;
  token.stream_serial = reader.signed_number();
  token.after_name = reader.string();
  token.issued = reader.time();
  if (!reader.good()) return std::nullopt;
  return token;
}

}  // namespace kinesisd::storage
