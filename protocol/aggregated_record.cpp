#include "protocol/aggregated_record.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

namespace kinesisd::protocol {

namespace {

constexpr std::string_view magic = "\xF3\x89\x9A\xC2";

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct Field {
  std::uint64_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t varint = 0;
  std::string_view bytes;
};

// The fields of one message, one after the other. See "Encoding" in the description of protocol buffers.
class Message {
 public:
  explicit Message(std::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  // nullopt: it is no protocol buffer.
  std::optional<Field> next() {
    const auto tag = varint();
    if (!tag || *tag >> 3U == 0) return std::nullopt;
    Field field{.number = *tag >> 3U, .type = static_cast<WireType>(*tag & 7U), .varint = 0, .bytes = {}};
    switch (field.type) {
      case WireType::varint: {
        const auto value = varint();
        if (!value) return std::nullopt;
        field.varint = *value;
        return field;
      }
      case WireType::bytes: {
        const auto size = varint();
        return size && take(*size, field) ? std::optional(field) : std::nullopt;
      }
      case WireType::fixed64:
        return take(8, field) ? std::optional(field) : std::nullopt;
      case WireType::fixed32:
        return take(4, field) ? std::optional(field) : std::nullopt;
    }
    return std::nullopt;
  }

 private:
  bool take(std::uint64_t size, Field& field) {
    if (size > rest_.size()) return false;
    field.bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  std::optional<std::uint64_t> varint() {
    constexpr std::size_t bytes_max = 10;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < std::min(bytes_max, rest_.size()); ++i) {
      const auto byte = static_cast<unsigned char>(rest_[i]);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * i);
      if (byte >= 0x80U) continue;
      rest_.remove_prefix(i + 1);
      return value;
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

// A record before its keys are looked up in the tables, which may stand behind it.
struct Packed {
  std::optional<std::uint64_t> partition_key;
  std::optional<std::uint64_t> explicit_hash_key;
  bool has_data = false;
  UserRecord record;
};

class Reader {
 public:
  std::optional<std::vector<UserRecord>> read(std::string_view bytes) {
    Message message(bytes);
    while (!message.done()) {
      const auto field = message.next();
      if (!field || !take(*field)) return std::nullopt;
    }
    std::vector<UserRecord> records;
    records.reserve(packed_.size());
    for (Packed& packed : packed_) {
      if (!look_up(packed)) return std::nullopt;
      records.push_back(std::move(packed.record));
    }
    return records;
  }

 private:
  bool take(const Field& field) {
    if (field.number < 1 || field.number > 3) return true;  // of a newer format
    if (field.type != WireType::bytes) return false;
    if (field.number == 3) return packed_.size() < aggregated_records_max && take_record(field.bytes);
    auto& table = field.number == 1 ? partition_keys_ : explicit_hash_keys_;
    if (table.size() == aggregated_keys_max) return false;
    table.push_back(field.bytes);
    return true;
  }

  bool take_record(std::string_view bytes) {
    Packed& packed = packed_.emplace_back();
    Message message(bytes);
    while (!message.done()) {
      const auto field = message.next();
      if (!field) return false;
      if (field->number < 1 || field->number > 4) continue;
      const bool is_index = field->number < 3;
      if (field->type != (is_index ? WireType::varint : WireType::bytes)) return false;
      if (field->number == 1) packed.partition_key = field->varint;
      if (field->number == 2) packed.explicit_hash_key = field->varint;
      if (field->number == 3) {
        packed.record.data = field->bytes;
        packed.has_data = true;
      }
      if (field->number == 4 && !take_tag(field->bytes, packed.record)) return false;
    }
    return packed.partition_key.has_value() && packed.has_data;
  }

  bool take_tag(std::string_view bytes, UserRecord& record) {
    if (tags_++ == aggregated_tags_max) return false;
    AggregatedTag tag;
    bool has_key = false;
    Message message(bytes);
    while (!message.done()) {
      const auto field = message.next();
      if (!field) return false;
      if (field->number < 1 || field->number > 2) continue;
      if (field->type != WireType::bytes) return false;
      if (field->number == 2) {
        tag.value = field->bytes;
      } else {
        tag.key = field->bytes;
        has_key = true;
      }
    }
    record.tags.push_back(tag);
    return has_key;
  }

  bool look_up(Packed& packed) const {
    if (*packed.partition_key >= partition_keys_.size()) return false;
    packed.record.partition_key = partition_keys_[*packed.partition_key];
    if (!packed.explicit_hash_key) return true;
    if (*packed.explicit_hash_key >= explicit_hash_keys_.size()) return false;
    packed.record.explicit_hash_key = explicit_hash_keys_[*packed.explicit_hash_key];
    return true;
  }

  std::vector<std::string_view> partition_keys_;
  std::vector<std::string_view> explicit_hash_keys_;
  std::vector<Packed> packed_;
  std::size_t tags_ = 0;
};

}  // namespace

std::optional<std::vector<UserRecord>> read_aggregate(std::string_view data, Md5 (*md5)(std::string_view)) {
  constexpr std::size_t digest_size = std::tuple_size_v<Md5>;
  if (!data.starts_with(magic) || data.size() < magic.size() + digest_size) return std::nullopt;
  const std::string_view message = data.substr(magic.size(), data.size() - magic.size() - digest_size);
  const Md5 digest = md5(message);
  const std::string_view trailer = data.substr(data.size() - digest_size);
  const bool whole = std::equal(digest.begin(), digest.end(), trailer.begin(),
                                [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); });
  if (!whole) return std::nullopt;
  return Reader().read(message);
}

}  // namespace kinesisd::protocol
