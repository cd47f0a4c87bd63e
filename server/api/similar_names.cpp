#include "server/api/similar_names.hpp"

#include <fmt/core.h>

#include <string_view>
#include <vector>

#include "protocol/operation_names.hpp"
#include "server/api/dispatch.hpp"
#include "server/document/closest.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::server {

namespace {

constexpr std::string_view target_service = "Kinesis_20131202";
constexpr std::size_t compared_streams_max = 1'000;  // of a caller's, for one answer that says "not found"

std::vector<std::string> streams_of_caller(const Context& context) {
  return context.streams.with([&](storage::State& state) {
    const auto& all = state.streams;
    std::vector<std::string> names;
    for (auto at = all.lower_bound({context.caller, {}});
         at != all.end() && at->first.world == context.caller && names.size() < compared_streams_max; ++at) {
      if (storage::status(at->second->row, context.now)) names.push_back(at->first.name);
    }
    return names;
  });
}

}  // namespace

std::string similar_stream(const Context& context) {
  const std::vector<std::string> names = streams_of_caller(context);
  const std::vector<std::string_view> words(names.begin(), names.end());
  return document::did_you_mean(context.stream_name, words, document::one_in_four);
}

std::string similar_target(const Request& request) {
  const std::string* target = request.header("x-amz-target");
  if (target == nullptr) return {};
  const std::string_view given = *target;
  const std::size_t dot = given.rfind('.');
  const std::string_view operation = dot == std::string_view::npos ? given : given.substr(dot + 1);
  const auto like = document::closest(operation, protocol::operation_names(), document::one_in_four);
  if (!like) return {};
  const std::string meant = fmt::format("{}.{}", target_service, *like);
  return given == meant ? std::string() : fmt::format("; did you mean {}?", meant);
}

}  // namespace kinesisd::server
