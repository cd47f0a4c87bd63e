#include "server/settings/dropin/values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <span>

#include "protocol/shapes.hpp"
#include "server/net/address.hpp"
#include "server/settings/setting_stores.hpp"

namespace kinesisd::server::dropin {

namespace {

constexpr std::int32_t initial_shards = 4;
constexpr std::int64_t initial_shards_max = 100'000;
constexpr std::int64_t port_max = 65'535;
constexpr std::array<std::string_view, 4> yes{"1", "true", "yes", "on"};
constexpr std::array<std::string_view, 4> no{"0", "false", "no", "off"};

bool is_among(std::string_view text, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<InitialStream> parse_stream(std::string_view text) {
  constexpr std::size_t fields_max = 3;
  std::array<std::string_view, fields_max> fields{};
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    if (count == fields_max) return std::nullopt;
    const std::size_t colon = std::min(text.find(':'), text.size());
    fields[count] = bare(text.substr(0, colon));
    more = colon != text.size();
    text.remove_prefix(std::min(colon + 1, text.size()));
  }
  const auto& [name, shards, region] = fields;
  InitialStream stream{.name = std::string(name), .shards = initial_shards, .region = {}};
  const protocol::Rules& rules = protocol::shapes::stream_name;
  if (!rules.pattern->matches(name) || std::ssize(name) > *rules.max_length) return std::nullopt;
  if (!shards.empty()) {
    const auto number = number_between(shards, 1, initial_shards_max);
    if (!number) return std::nullopt;
    stream.shards = static_cast<std::int32_t>(*number);
  }
  if (!region.empty()) stream.region = region;
  return stream;
}

}  // namespace

std::string_view bare(std::string_view text) {
  constexpr std::string_view around = " \t\r\n\"'";
  const std::size_t first = text.find_first_not_of(around);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(around) - first + 1);
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(", \t\r\n"), text.size());
    const std::string_view part = bare(text.substr(0, end));
    if (!part.empty()) out.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::optional<bool> parse_truth(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (is_among(lower, yes)) return true;
  if (is_among(lower, no)) return false;
  return std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = number_between(text, 1, port_max);
  if (!port) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

std::optional<double> parse_probability(std::string_view text) {
  double number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(number >= 0 && number <= 1)) return std::nullopt;
  return number;
}

std::vector<std::string> parse_addresses(std::string_view text, bool in_image) {
  if (text.starts_with(':')) text.remove_prefix(1);
  if (const auto port = parse_port(text)) {
    if (!in_image) return {fmt::format("localhost:{}", *port)};
    return {fmt::format("0.0.0.0:{}", *port), fmt::format("[::]:{}", *port)};
  }
  if (!parse_listen_address(text)) return {};
  return {std::string(text)};
}

std::optional<std::vector<InitialStream>> parse_streams(std::string_view text) {
  std::vector<InitialStream> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view one = bare(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (one.empty()) continue;
    auto stream = parse_stream(one);
    if (!stream) return std::nullopt;
    out.push_back(*std::move(stream));
  }
  return out;
}

}  // namespace kinesisd::server::dropin
