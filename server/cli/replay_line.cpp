#include "server/cli/replay_line.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "protocol/base64.hpp"
#include "protocol/operations/create_stream.hpp"
#include "protocol/operations/put_record.hpp"
#include "server/support/instant.hpp"

namespace kinesisd::server::commands {

namespace {

using document::Problem;
using document::Value;

const Value* find(const Value& object, std::string_view key) {
  for (const document::Member& member : object.members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::optional<std::string> text_of(const Value& object, std::string_view key) {
  const Value* value = find(object, key);
  if (value == nullptr || value->kind != document::Kind::text) return std::nullopt;
  return value->text;
}

std::string required(const Value& object, std::string_view key, const std::string& place) {
  if (auto text = text_of(object, key)) return *std::move(text);
  throw Problem(fmt::format("{} has no {}; it is not of a capture.", place, key));
}

}  // namespace

CapturedWrite read_captured(const std::string& line, const std::string& place) {
  Value root;
  try {
    root = document::parse_json(line).root;
  } catch (const Problem&) {
    throw Problem(fmt::format("{} is not JSON; it is not of a capture.", place));
  }
  CapturedWrite write;
  const auto at = parse_instant(required(root, "time", place));
  if (!at) throw Problem(fmt::format("{} has a time that is none; it is not of a capture.", place));
  write.at = *at;
  write.operation = required(root, "operation", place);
  write.stream = text_of(root, "stream").value_or("");
  const Value* request = find(root, "request");
  write.is_record = request == nullptr;
  if (!write.is_record) {
    write.request = *request;
    return write;
  }
  required(root, "stream", place);
  write.record.partition_key = text_of(root, "partitionKey");
  write.record.explicit_hash_key = text_of(root, "explicitHashKey");
  if (!protocol::base64::decode(required(root, "data", place), write.record.data.bytes))
    throw Problem(fmt::format("{} has data that is not base64; it is not of a capture.", place));
  return write;
}

std::optional<std::string> request_for(const CapturedWrite& write, const std::string& stream) {
  using Put = protocol::PutRecord::Request;
  const std::string_view name = protocol::name_of<&protocol::CreateStream::Request::stream_name>();
  Value request = write.request;
  const std::size_t named = std::erase_if(request.members, [&](const document::Member& member) {
    return member.key == name || member.key == protocol::name_of<&Put::stream_arn>() ||
           member.key == protocol::name_of<&Put::stream_id>();
  });
  if (named == 0) return std::nullopt;
  document::Value text;
  text.kind = document::Kind::text;
  text.text = stream;
  request.members.push_back({std::string(name), std::move(text)});
  return document::to_json(request);
}

std::chrono::milliseconds Pace::delay(protocol::Timestamp at) {
  if (!begun_) first_ = latest_ = at;
  begun_ = true;
  latest_ = std::max(latest_, at);
  if (speed_ <= 0) return {};
  const auto recorded = static_cast<double>((latest_ - first_).count());
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(recorded / speed_)));
}

}  // namespace kinesisd::server::commands
