#include "storage/journal/pace.hpp"

#include <algorithm>

namespace kinesisd::storage {

namespace {

constexpr double growth_max = 2;  // from one slice to the next

std::size_t part_of(std::size_t whole, double part) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(whole) * part));
}

}  // namespace

SliceLimits Pace::slice() const {
  const double part = std::max(part_, 1.0 / static_cast<double>(limits_.smallest_slice));
  return {part_of(largest_.records_max, part), part_of(largest_.bytes_max, part)};
}

void Pace::sliced(SteadyTime begun, SteadyTime ended, bool full) {
  const auto took = std::max<SteadyTime::duration>(ended - begun, std::chrono::microseconds{1});
  const double smallest = 1.0 / static_cast<double>(limits_.smallest_slice);
  const double fitting = std::chrono::duration<double>(limits_.slice_target) / took;
  // One that had little to do says nothing about what a larger one would take.
  const double change = full ? std::min(fitting, growth_max) : std::min(fitting, 1.0);
  part_ = std::clamp(std::max(part_, smallest) * change, smallest, 1.0);
  const bool busy = begun - wrote_ < limits_.busy_for && wrote_ != SteadyTime{};
  due_ = busy ? ended + limits_.pause_per_slice * took : ended;
}

}  // namespace kinesisd::storage
