// Prometheus's text format (version 0.0.4): families of samples, written one after the other. Knows no
// metric.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace kinesisd::server::metrics {

inline constexpr std::string_view exposition_type = "text/plain; version=0.0.4; charset=utf-8";

// `name="value"` pairs, separated by commas; values may hold anything.
std::string labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);

enum class Kind { counter, gauge, histogram, summary };

class Exposition {
 public:
  // All samples up to the next call are of this family. `help` is a sentence in one line.
  void family(std::string_view name, Kind kind, std::string_view help);

  void sample(std::string_view labels, std::uint64_t value) { number("", labels, value); }
  void sample(std::string_view labels, double value) { number("", labels, value); }
  // Of a summary without quantiles: how often something was seen, and what it came to together.
  void summary(std::string_view labels, std::uint64_t count, double sum);
  // `counts` holds one number more than `bounds`: what was seen up to each bound but above the one before,
  // and what was seen above all.
  void histogram(std::string_view labels, std::span<const double> bounds,
                 std::span<const std::uint64_t> counts, double sum);

  std::string take() { return std::move(out_); }

 private:
  template <class Value>
  void number(std::string_view suffix, std::string_view labels, Value value);

  std::string family_;
  std::string out_;
};

}  // namespace kinesisd::server::metrics
