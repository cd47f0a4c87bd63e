// How values that are no single number stand in the tables' columns. Both directions; reading throws
// std::runtime_error on what was never written.
#pragma once

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <set>
#include <stdexcept>
#include <string>

#include "storage/state/rows.hpp"

namespace kinesisd::storage {

[[noreturn]] inline void damaged(const std::string& what) {
  throw std::runtime_error("unexpected " + what);
}

template <class Enum>
std::string text_of(Enum value) {
  return boost::describe::enum_to_string(value, "");
}

template <class Enum>
Enum enum_of(const std::string& text) {
  Enum found{};
  if (!boost::describe::enum_from_string(text.c_str(), found)) damaged("word " + text);
  return found;
}

// Empty for `none`.
std::string text_of_transition(Transition transition);
Transition transition_of(const std::string& text);

// `split SHARD KEY`, `merge SHARD SHARD`, `scale N`, `halve SHARD...`, or nothing.
std::string text_of_reshard(const Reshard& reshard);
Reshard reshard_of(const std::string& text);

// Names separated by blanks.
std::string text_of_metrics(const std::set<ShardMetric>& metrics);
std::set<ShardMetric> metrics_of(const std::string& text);

}  // namespace kinesisd::storage
