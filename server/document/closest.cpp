#include "server/document/closest.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace kinesisd::server::document {

namespace {

constexpr std::size_t compared_bytes_max = 128;  // no key of ours and no name of AWS's is longer

// How many letters have to be added, removed, changed or swapped with the next to make one word the other.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::swap(before, last);
    std::swap(last, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = last[j] + (from[i] == to[j] ? 0 : 1);
      row[j + 1] = std::min({changed, last[j + 1] + 1, row[j] + 1});
      const bool swapped = i > 0 && j > 0 && from[i] == to[j - 1] && from[i - 1] == to[j];
      if (swapped) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

// Without what people mix up when they remember a word: capitals, hyphens and underscores.
std::string as_spoken(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  return out;
}

std::size_t apart(std::size_t a, std::size_t b) {
  return std::max(a, b) - std::min(a, b);
}

}  // namespace

std::optional<std::string_view> closest(std::string_view wrong, std::span<const std::string_view> words,
                                        std::size_t letters_per_difference) {
  if (wrong.size() > compared_bytes_max) return std::nullopt;
  constexpr std::size_t prefix_bytes_min = 3;
  const std::string spoken = as_spoken(wrong);
  std::optional<std::string_view> found;
  std::size_t best = 0;
  for (const std::string_view word : words) {
    if (word.size() > compared_bytes_max) continue;
    const std::string like = as_spoken(word);
    const std::size_t differences_max = word.size() / letters_per_difference;
    const bool begun = spoken.size() >= prefix_bytes_min && like.starts_with(spoken);
    if (!begun && apart(like.size(), spoken.size()) > differences_max) continue;
    const std::size_t differences = distance(spoken, like);
    if ((!begun && differences > differences_max) || (found && differences >= best)) continue;
    found = word;
    best = differences;
  }
  return found;
}

std::string did_you_mean(std::string_view wrong, std::span<const std::string_view> words,
                         std::size_t letters_per_difference) {
  const auto like = closest(wrong, words, letters_per_difference);
  return like ? fmt::format(" Did you mean {}?", *like) : std::string();
}

}  // namespace kinesisd::server::document
