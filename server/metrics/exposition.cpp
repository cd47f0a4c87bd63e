#include "server/metrics/exposition.hpp"

#include <fmt/format.h>

#include <iterator>
#include <type_traits>

namespace kinesisd::server::metrics {

namespace {

constexpr std::string_view word(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return "counter";
    case Kind::gauge:
      return "gauge";
    case Kind::histogram:
      return "histogram";
    case Kind::summary:
      break;
  }
  return "summary";
}

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += ',';
    out += name;
    out += "=\"";
    append_escaped(out, value);
    out += '"';
  }
  return out;
}

void Exposition::family(std::string_view name, Kind kind, std::string_view help) {
  family_ = name;
  fmt::format_to(std::back_inserter(out_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, word(kind));
}

template <class Value>
void Exposition::number(std::string_view suffix, std::string_view labels, Value value) {
  const char* const open = labels.empty() ? "" : "{";
  const char* const close = labels.empty() ? "" : "}";
  fmt::format_to(std::back_inserter(out_), "{}{}{}{}{} {}\n", family_, suffix, open, labels, close, value);
}

void Exposition::summary(std::string_view labels, std::uint64_t count, double sum) {
  number("_sum", labels, sum);
  number("_count", labels, count);
}

void Exposition::histogram(std::string_view labels, std::span<const double> bounds,
                           std::span<const std::uint64_t> counts, double sum) {
  const char* const comma = labels.empty() ? "" : ",";
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    so_far += counts[i];
    number("_bucket", fmt::format("{}{}le=\"{}\"", labels, comma, bounds[i]), so_far);
  }
  so_far += counts[bounds.size()];
  number("_bucket", fmt::format("{}{}le=\"+Inf\"", labels, comma), so_far);
  number("_sum", labels, sum);
  number("_count", labels, so_far);
}

template void Exposition::number(std::string_view, std::string_view, std::uint64_t);
template void Exposition::number(std::string_view, std::string_view, double);

}  // namespace kinesisd::server::metrics
