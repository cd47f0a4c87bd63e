// What AWS may do to any caller and simple tests forget (--strict): which of it happens, call by call. Knows
// no stream. Nothing here loses or reorders a record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "storage/model/random.hpp"

namespace kinesisd::storage {

// Any thread may call at any time.
class Strict {
 public:
  explicit Strict(Random random) : random_(std::move(random)) {}

  // How many sequence numbers are left out before the next record.
  std::uint64_t unused_numbers() { return random_.below(unused_numbers_max + 1); }

  // Whether a page is empty although there are records: every other one of a fresh iterator, few later ones.
  bool withholds_page(bool fresh) { return random_.below(fresh ? 2 : 8) == 0; }

  // How many records a page has at most, if it may have so many; at least one.
  std::size_t cut(std::size_t records_max) {
    if (random_.below(2) == 0) return records_max;
    return 1 + random_.below(records_max < short_page_records ? records_max : short_page_records);
  }

  // The order of a list that promises none.
  template <class List>
  void shuffle(List& list) {
    for (std::size_t left = list.size(); left > 1; --left) {
      std::swap(list[left - 1], list[random_.below(left)]);
    }
  }

 private:
  static constexpr std::uint64_t unused_numbers_max = 9;
  static constexpr std::size_t short_page_records = 16;

  Random random_;
};

}  // namespace kinesisd::storage
