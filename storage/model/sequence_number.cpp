#include "storage/model/sequence_number.hpp"

#include <array>
#include <cstdio>

namespace kinesisd::storage {

namespace {

__extension__ typedef unsigned __int128 Wide;

// 186 bits, least significant limb first.
using Limbs = std::array<std::uint64_t, 3>;

// The layout of version 2, as positions of the lowest bit of each part.
constexpr int shard_bit = 4;
constexpr int recorded_bit = 36;
constexpr int past_bit = 72;  // the byte that is zero in the numbers of records
constexpr int index_bit = 80;
constexpr int nibble_bit = 144;
constexpr int created_bit = 148;
constexpr int leading_bit = 184;

constexpr std::int64_t created_s_end = 16'025'175'000;  // AWS accepts no later creation

constexpr std::uint64_t chunk = 10'000'000'000'000'000'000U;  // the largest power of ten in a limb
constexpr std::size_t chunk_digits = 19;

void put_bits(Limbs& limbs, int bit, std::uint64_t value) {
  const auto limb = static_cast<std::size_t>(bit / 64);
  const int shift = bit % 64;
  limbs[limb] |= value << shift;
  if (shift != 0 && limb + 1 < limbs.size()) limbs[limb + 1] |= value >> (64 - shift);
}

// Divides in place and returns the remainder.
std::uint64_t divide(Limbs& limbs, std::uint64_t divisor) {
  Wide remainder = 0;
  for (std::size_t i = limbs.size(); i-- > 0;) {
    const Wide dividend = remainder << 64 | limbs[i];
    limbs[i] = static_cast<std::uint64_t>(dividend / divisor);
    remainder = dividend % divisor;
  }
  return static_cast<std::uint64_t>(remainder);
}

// nullopt: not digits only, or more than 192 bits.
std::optional<Limbs> parse_limbs(std::string_view decimal) {
  if (decimal.empty()) return std::nullopt;
  Limbs limbs{};
  for (char c : decimal) {
    if (c < '0' || c > '9') return std::nullopt;
    Wide carry = static_cast<Wide>(c - '0');
    for (auto& limb : limbs) {
      carry += static_cast<Wide>(limb) * 10;
      limb = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    if (carry != 0) return std::nullopt;
  }
  return limbs;
}

// Hex digits without leading zeros, most significant first.
std::string to_hex(const Limbs& limbs) {
  std::string hex;
  for (std::size_t i = limbs.size(); i-- > 0;)
    for (int shift = 60; shift >= 0; shift -= 4) hex += "0123456789abcdef"[limbs[i] >> shift & 15];
  const auto first = hex.find_first_not_of('0');
  return first == std::string::npos ? std::string{} : hex.substr(first);
}

// At most 16 hex digits.
std::uint64_t hex_value(std::string_view hex) {
  std::uint64_t value = 0;
  for (char c : hex) value = value << 4 | static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  return value;
}

std::int64_t seconds(std::string_view hex) {
  return static_cast<std::int64_t>(hex_value(hex));
}

ShardIndex shard(std::string_view hex) {
  return {static_cast<std::uint32_t>(hex_value(hex))};
}

std::optional<ParsedSequenceNumber> parse_version_2(std::string_view hex) {
  ParsedSequenceNumber parsed{
      2,
      {seconds(hex.substr(1, 9)), hex_value(hex.substr(11, 16)), seconds(hex.substr(29, 9)),
       shard(hex.substr(38, 8)), hex_value(hex.substr(27, 2)) != 0}};
  if (parsed.number.index > sequence_index_max || parsed.number.shard_created_s >= created_s_end)
    return std::nullopt;
  return parsed;
}

std::optional<ParsedSequenceNumber> parse_version_1(std::string_view hex) {
  ParsedSequenceNumber parsed{1,
                              {seconds(hex.substr(1, 9)), hex_value(hex.substr(36, 2)),
                               seconds(hex.substr(13, 9)), shard(hex.substr(38, 8)), false}};
  if (parsed.number.shard_created_s >= created_s_end) return std::nullopt;
  return parsed;
}

std::optional<ParsedSequenceNumber> parse_version_0(std::string_view hex) {
  ParsedSequenceNumber parsed{0, {seconds(hex.substr(1, 9)), 0, 0, shard(hex.substr(28, 4)), false}};
  if (parsed.number.shard_created_s >= created_s_end) return std::nullopt;
  return parsed;
}

}  // namespace

std::string ShardIndex::shard_id() const {
  std::array<char, 32> text;
  // A field with its top bit set is negative to AWS and printed so.
  const int size = std::snprintf(text.data(), text.size(), "shardId-%012d", static_cast<std::int32_t>(value));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<ShardIndex> parse_shard_id(std::string_view text) {
  if (const auto hyphen = text.find('-'); hyphen != std::string_view::npos) {
    text.remove_prefix(hyphen + 1);
    text = text.substr(0, text.find('-'));
  }
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
    if (value > 2'147'483'647) return std::nullopt;
  }
  return ShardIndex{static_cast<std::uint32_t>(value)};
}

std::string SequenceNumber::to_string() const {
  constexpr std::uint64_t seconds_mask = (std::uint64_t{1} << 36) - 1;
  Limbs limbs{};
  put_bits(limbs, 0, 2);
  put_bits(limbs, shard_bit, shard.value);
  put_bits(limbs, recorded_bit, static_cast<std::uint64_t>(recorded_s) & seconds_mask);
  put_bits(limbs, past_bit, past_record ? 1 : 0);
  put_bits(limbs, index_bit, index);
  put_bits(limbs, nibble_bit, shard.value & 15);
  put_bits(limbs, created_bit, static_cast<std::uint64_t>(shard_created_s) & seconds_mask);
  put_bits(limbs, leading_bit, 2);

  // 2 * 16^46 has 56 digits, and so has every number below 3 * 16^46.
  std::array<char, 3 * chunk_digits> digits;
  auto at = digits.end();
  for (int i = 0; i < 3; ++i) {
    std::uint64_t rest = divide(limbs, chunk);
    for (std::size_t digit = 0; digit < chunk_digits; ++digit, rest /= 10)
      *--at = static_cast<char>('0' + rest % 10);
  }
  return {digits.begin() + 1, digits.end()};
}

std::strong_ordering operator<=>(const SequenceNumber& a, const SequenceNumber& b) {
  if (auto order = a.shard_created_s <=> b.shard_created_s; std::is_neq(order)) return order;
  if (auto order = (a.shard.value & 15) <=> (b.shard.value & 15); std::is_neq(order)) return order;
  if (auto order = a.index <=> b.index; std::is_neq(order)) return order;
  if (auto order = a.past_record <=> b.past_record; std::is_neq(order)) return order;
  if (auto order = a.recorded_s <=> b.recorded_s; std::is_neq(order)) return order;
  return a.shard <=> b.shard;
}

std::optional<ParsedSequenceNumber> parse_sequence_number(std::string_view decimal) {
  auto limbs = parse_limbs(decimal);
  if (!limbs) return std::nullopt;
  constexpr std::uint64_t two_to_60 = std::uint64_t{1} << 60;
  if ((*limbs)[2] == 0 && (*limbs)[1] < two_to_60) (*limbs)[1] |= two_to_60;  // 2^124
  const std::string hex = to_hex(*limbs);
  if (hex.size() <= 33 && (hex.size() == 32 || hex[0] == '1')) return parse_version_0(hex);
  if (hex.size() != 47 || hex[0] != '2') return std::nullopt;
  if (hex.back() == '2') return parse_version_2(hex);
  if (hex.back() == '1') return parse_version_1(hex);
  return std::nullopt;
}

}  // namespace kinesisd::storage
