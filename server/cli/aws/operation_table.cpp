#include "server/cli/aws/operation_table.hpp"

#include <algorithm>
#include <array>

#include "protocol/operations.hpp"

namespace kinesisd::server::aws {

namespace {

using protocol::name_of;

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

template <class Op>
constexpr std::size_t shown = protocol::Streaming<Op> ? 0 : 1;

template <class... Ops>
constexpr auto table_of(protocol::type_list<Ops...>) {
  std::array<OperationShape, (shown<Ops> + ...)> table{};
  std::size_t at = 0;
  const auto add = [&]<class Op>() {
    if constexpr (!protocol::Streaming<Op>) {
      table[at++] = {Op::name, &protocol::shape_of<typename Op::Request>,
                     &protocol::shape_of<typename Op::Response>};
    }
  };
  (add.template operator()<Ops>(), ...);
  return table;
}

constexpr auto table = table_of(protocol::Operations{});

// A blank before each capital that begins a word of small letters, unless the word before it touches it.
std::string split_words(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    out += name[i];
    const bool begins = i + 2 < name.size() && is_upper(name[i + 1]) && is_lower(name[i + 2]);
    ++i;
    if (!begins) continue;
    out += '-';
    out += name[i++];
    while (i < name.size() && is_lower(name[i])) out += name[i++];
  }
  return out;
}

using Description = protocol::StreamDescription;
using Described = protocol::DescribeStream;
using Streams = protocol::ListStreams;
using Shards = protocol::ListShards;
using Consumers = protocol::ListStreamConsumers;

constexpr std::array described_results{name_of<&Description::shards>()};
constexpr std::array described_kept{name_of<&Description::stream_arn>(),
                                    name_of<&Description::stream_name>(),
                                    name_of<&Description::stream_status>(),
                                    name_of<&Description::retention_period_hours>(),
                                    name_of<&Description::enhanced_monitoring>(),
                                    name_of<&Description::encryption_type>(),
                                    name_of<&Description::key_id>(),
                                    name_of<&Description::stream_creation_timestamp>()};
constexpr std::array stream_results{name_of<&Streams::Response::stream_names>(),
                                    name_of<&Streams::Response::stream_summaries>()};
constexpr std::array shard_results{name_of<&Shards::Response::shards>()};
constexpr std::array consumer_results{name_of<&Consumers::Response::consumers>()};

constexpr std::array pagings{
    Paging{.operation = Described::name,
           .token = name_of<&Described::Request::exclusive_start_shard_id>(),
           .limit = name_of<&Described::Request::limit>(),
           .within = name_of<&Described::Response::stream_description>(),
           .more = name_of<&Description::has_more_shards>(),
           .next = {},
           .next_in_item = name_of<&protocol::Shard::shard_id>(),
           .results = described_results,
           .kept = described_kept},
    Paging{.operation = Streams::name,
           .token = name_of<&Streams::Request::next_token>(),
           .limit = name_of<&Streams::Request::limit>(),
           .within = {},
           .more = name_of<&Streams::Response::has_more_streams>(),
           .next = name_of<&Streams::Response::next_token>(),
           .next_in_item = {},
           .results = stream_results,
           .kept = {}},
    Paging{.operation = Shards::name,
           .token = name_of<&Shards::Request::next_token>(),
           .limit = name_of<&Shards::Request::max_results>(),
           .within = {},
           .more = {},
           .next = name_of<&Shards::Response::next_token>(),
           .next_in_item = {},
           .results = shard_results,
           .kept = {}},
    Paging{.operation = Consumers::name,
           .token = name_of<&Consumers::Request::next_token>(),
           .limit = name_of<&Consumers::Request::max_results>(),
           .within = {},
           .more = {},
           .next = name_of<&Consumers::Response::next_token>(),
           .next_in_item = {},
           .results = consumer_results,
           .kept = {}},
};

}  // namespace

std::span<const OperationShape> operation_shapes() {
  return table;
}

std::string kebab_case(std::string_view name) {
  std::string out;
  char before = '\0';
  for (const char c : split_words(name)) {
    if (is_upper(c) && (is_lower(before) || is_digit(before))) out += '-';
    out += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    before = c;
  }
  return out;
}

const OperationShape* find_operation_shape(std::string_view command) {
  const auto* found = std::find_if(
      table.begin(), table.end(), [&](const OperationShape& one) { return kebab_case(one.name) == command; });
  return found == table.end() ? nullptr : found;
}

const Paging* find_paging(std::string_view operation) {
  const auto* found = std::find_if(pagings.begin(), pagings.end(),
                                   [&](const Paging& one) { return one.operation == operation; });
  return found == pagings.end() ? nullptr : found;
}

}  // namespace kinesisd::server::aws
