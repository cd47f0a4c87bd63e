#include "server/capture/line.hpp"

#include <algorithm>
#include <optional>

#include "protocol/decode.hpp"
#include "protocol/encode.hpp"
#include "protocol/operations/put_record.hpp"
#include "protocol/operations/put_records.hpp"
#include "server/document/answers.hpp"
#include "server/support/instant.hpp"

namespace kinesisd::server::capture {

namespace {

using protocol::json::Writer;
using protocol::wire::Kind;
using protocol::wire::Node;

void write_node(Writer& writer, const Node& node);

// Without members that are null: those are as good as absent.
void write_map(Writer& writer, const Node& node) {
  writer.begin_map(node.count);
  const Node* part = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const Node* value = part->next();
    if (value->kind != Kind::null) {
      writer.key(part->text());
      write_node(writer, *value);
    }
    part = value->next();
  }
  writer.end_map();
}

void write_list(Writer& writer, const Node& node) {
  writer.begin_list(node.count);
  const Node* item = node.first();
  for (std::uint32_t i = 0; i < node.count; ++i, item = item->next()) write_node(writer, *item);
  writer.end_list();
}

// Nesting is bounded by the parser.
void write_node(Writer& writer, const Node& node) {
  switch (node.kind) {
    case Kind::null:
      return writer.text("");  // of a list, which no operation takes
    case Kind::boolean:
      return writer.boolean(node.boolean);
    case Kind::integer:
      return writer.integer(node.integer);
    case Kind::real:
      return writer.integer(protocol::wire::saturate(node.real));
    case Kind::text:
      return writer.text(node.text());
    case Kind::bytes:
      return writer.bytes(node.text());
    case Kind::list:
      return write_list(writer, node);
    case Kind::map:
      return write_map(writer, node);
  }
}

void text_member(Writer& writer, std::string_view key, std::string_view value) {
  writer.key(key);
  writer.text(value);
}

void optional_member(Writer& writer, std::string_view key, const std::optional<std::string>& value) {
  if (value) text_member(writer, key, *value);
}

// Up to and with the stream's name; the caller goes on.
void begin_line(Writer& writer, const Write& write) {
  writer.begin_map(0);
  text_member(writer, "time", commands::instant_text(write.at));
  text_member(writer, "account", write.caller.account);
  text_member(writer, "region", write.caller.region);
  text_member(writer, "operation", write.operation);
  if (!write.stream.empty()) text_member(writer, "stream", write.stream);
}

struct Stored {
  const std::optional<std::string>& partition_key;
  const std::optional<std::string>& explicit_hash_key;
  std::string_view data;
  std::string_view shard_id;
  std::string_view sequence_number;
};

void record_line(std::string& out, const Write& write, const Stored& record) {
  Writer writer(out);
  begin_line(writer, write);
  optional_member(writer, "partitionKey", record.partition_key);
  optional_member(writer, "explicitHashKey", record.explicit_hash_key);
  writer.key("data");
  writer.bytes(record.data);
  text_member(writer, "shard", record.shard_id);
  text_member(writer, "sequenceNumber", record.sequence_number);
  writer.end_map();
  out += '\n';
}

// nullopt: not what the table says, which cannot be of a call that succeeded.
template <class T>
std::optional<T> decoded(const protocol::wire::Tree& tree) {
  auto value = protocol::decode<T>(tree, protocol::Lifting::auto_stream);
  if (!value) return std::nullopt;
  return std::move(value.value());
}

template <class Op, class Answer, class Each>
void put_lines(Write& write, Each each) {
  const auto request = decoded<typename Op::Request>(write.tree);
  const auto tree = protocol::parse(write.response, write.tree.encoding);
  const auto answer = tree ? decoded<Answer>(tree.value()) : std::nullopt;
  if (request && answer) each(*request, *answer);
}

}  // namespace

bool is_write(std::string_view operation) {
  for (const std::string_view reading : {"Get", "List", "Describe", "Subscribe"}) {
    if (operation.starts_with(reading)) return false;
  }
  return true;
}

std::string lines_of(Write& write) {
  std::string out;
  if (write.operation == protocol::PutRecord::name) {
    using Op = protocol::PutRecord;
    put_lines<Op, Op::Response>(write, [&](const Op::Request& request, const Op::Response& answer) {
      record_line(out, write,
                  {request.partition_key, request.explicit_hash_key, request.data.bytes, answer.shard_id,
                   answer.sequence_number});
    });
  } else if (write.operation == protocol::PutRecords::name) {
    using Op = protocol::PutRecords;
    put_lines<Op, client::PutEntries>(write, [&](const Op::Request& request, const auto& answer) {
      for (std::size_t i = 0; i < std::min(request.records.size(), answer.records.size()); ++i) {
        const auto& sent = request.records[i];
        const auto& stored = answer.records[i];
        if (!stored.sequence_number || !stored.shard_id) continue;
        record_line(out, write,
                    {sent.partition_key, sent.explicit_hash_key, sent.data.bytes, *stored.shard_id,
                     *stored.sequence_number});
      }
    });
  } else {
    Writer writer(out);
    begin_line(writer, write);
    writer.key("request");
    write_node(writer, write.tree.root());
    writer.end_map();
    out += '\n';
  }
  return out;
}

}  // namespace kinesisd::server::capture
