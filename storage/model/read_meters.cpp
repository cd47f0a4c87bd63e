#include "storage/model/read_meters.hpp"

#include <algorithm>

namespace kinesisd::storage {

void Meter::want(std::int64_t amount, Timestamp now) {
  if (bucket_.full_at(now) <= now) {
    since_ = now;
    wanted_ = 0;
  }
  wanted_ += amount;
}

std::int64_t Meter::wanted_per_second(Timestamp now) const {
  const auto ms = std::max<std::int64_t>(1000, epoch_ms(now) - epoch_ms(since_));
  return std::max((wanted_ * 1000 + ms / 2) / ms, limit_ + 1);
}

std::optional<ReadExcess> ReadMeters::get_records(Timestamp now) {
  calls_.want(1, now);
  if (!calls_.bucket().holds(1, now))
    return ReadExcess{ReadLimit::get_records, calls_.wanted_per_second(now)};
  if (now < closed_until_) return ReadExcess{ReadLimit::bytes, bytes_.wanted_per_second(now)};
  calls_.take(1, now);
  return std::nullopt;
}

std::optional<ReadExcess> ReadMeters::get_shard_iterator(Timestamp now) {
  iterators_.want(1, now);
  if (!iterators_.bucket().holds(1, now))
    return ReadExcess{ReadLimit::iterators, iterators_.wanted_per_second(now)};
  iterators_.take(1, now);
  return std::nullopt;
}

void ReadMeters::charge(std::int64_t bytes, Timestamp now) {
  bytes_.want(bytes, now);
  bytes_.take(bytes, now);
  if (!bytes_.bucket().holds(0, now)) closed_until_ = std::max(closed_until_, bytes_.bucket().full_at(now));
}

bool ReadMeters::is_news(ReadLimit limit) {
  bool& told = told_[static_cast<std::size_t>(limit)];
  const bool news = !told;
  told = true;
  return news;
}

}  // namespace kinesisd::storage
