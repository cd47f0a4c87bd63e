// Which known word somebody meant who wrote another. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kinesisd::server::document {

// How much a near miss may differ: one letter in so many of the word that was meant.
inline constexpr std::size_t one_in_two = 2;
inline constexpr std::size_t one_in_four = 4;

// The word most like `wrong`, which may be its beginning; nullopt: none is much like it. A letter added, left
// out, changed or swapped with its neighbour is one difference; capitals, hyphens and underscores are none.
std::optional<std::string_view> closest(std::string_view wrong, std::span<const std::string_view> words,
                                        std::size_t letters_per_difference = one_in_two);

// ` Did you mean {word}?`, or nothing if no word is much like `wrong`: for the end of a line of the log.
std::string did_you_mean(std::string_view wrong, std::span<const std::string_view> words,
                         std::size_t letters_per_difference = one_in_two);

}  // namespace kinesisd::server::document
