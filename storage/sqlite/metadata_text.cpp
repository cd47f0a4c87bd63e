#include "storage/sqlite/metadata_text.hpp"

#include <sstream>
#include <variant>

namespace kinesisd::storage {

std::string text_of_transition(Transition transition) {
  return transition == Transition::none ? std::string() : text_of(transition);
}

Transition transition_of(const std::string& text) {
  return text.empty() ? Transition::none : enum_of<Transition>(text);
}

std::string text_of_reshard(const Reshard& reshard) {
  if (const auto* split = std::get_if<SplitOne>(&reshard))
    return "split " + std::to_string(split->shard.value) + " " + to_string(split->at);
  if (const auto* merge = std::get_if<MergeTwo>(&reshard))
    return "merge " + std::to_string(merge->lower.value) + " " + std::to_string(merge->upper.value);
  if (const auto* busy = std::get_if<SplitBusy>(&reshard)) {
    std::string text = "halve";
    for (const auto shard : busy->shards) text.append(" ").append(std::to_string(shard.value));
    return text;
  }
  if (const auto* rescale = std::get_if<Rescale>(&reshard)) return "scale " + std::to_string(rescale->shards);
  return {};
}

Reshard reshard_of(const std::string& text) {
  if (text.empty()) return NoReshard{};
  std::istringstream words(text);
  std::string kind;
  std::uint32_t first = 0;
  words >> kind >> first;
  if (kind == "halve") {
    SplitBusy busy{{{first}}};
    for (std::uint32_t next = 0; words >> next;) busy.shards.push_back({next});
    return busy;
  }
  std::string second;
  words >> second;
  const auto at = parse_hash_key(second);
  if (kind == "scale" && second.empty()) return Rescale{static_cast<std::int32_t>(first)};
  if (kind == "split" && at) return SplitOne{{first}, *at};
  if (kind == "merge" && at) return MergeTwo{{first}, {static_cast<std::uint32_t>(*at)}};
  damaged("reshard " + text);
}

std::string text_of_metrics(const std::set<ShardMetric>& metrics) {
  std::string text;
  for (const auto metric : metrics) text.append(text.empty() ? "" : " ").append(text_of(metric));
  return text;
}

std::set<ShardMetric> metrics_of(const std::string& text) {
  std::set<ShardMetric> metrics;
  std::istringstream words(text);
  for (std::string word; words >> word;) metrics.insert(enum_of<ShardMetric>(word));
  return metrics;
}

}  // namespace kinesisd::storage
