#include "server/metrics/request_counts.hpp"

#include <algorithm>

#include "protocol/operations.hpp"

namespace kinesisd::server::metrics {

namespace {

template <class... Ops>
constexpr auto names_of(protocol::type_list<Ops...>) {
  return std::array<std::string_view, sizeof...(Ops) + 1>{Ops::name..., "none"};
}

constexpr auto names = names_of(protocol::Operations{});
static_assert(names.size() <= operations_max);

std::size_t index_of(std::string_view operation) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end() - 1, operation) - names.begin());
}

}  // namespace

std::size_t operation_count() {
  return names.size();
}

std::string_view operation_name(std::size_t index) {
  return names[index];
}

Measured::Measured(RequestCounts* counts, const Request& request)
    : counts_(counts),
      begun_(std::chrono::steady_clock::now()),
      bytes_in_(request.body.size()),
      code_(static_cast<std::size_t>(protocol::ErrorType::InternalFailure)) {
  if (counts_ == nullptr) return;
  const auto version = static_cast<std::size_t>(request.version);
  (request.over_tls ? counts_->encrypted : counts_->plain)[version].add();
}

Measured::~Measured() {
  if (counts_ != nullptr && operation_) count();
}

void Measured::begin(std::string_view operation) {
  operation_ = index_of(operation);
  if (counts_ != nullptr) counts_->operations[*operation_].started.add();
}

void Measured::end(std::optional<protocol::ErrorType> error) {
  code_ = error ? static_cast<std::size_t>(*error) : succeeded;
}

void Measured::refuse(std::string_view operation, protocol::ErrorType error) {
  begin(operation);
  end(error);
}

std::chrono::microseconds Measured::taken() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun_);
}

void Measured::count() {
  OperationCounts& counts = counts_->operations[*operation_];
  counts.answered[code_].add();
  counts.micros.add(duration_bounds_us, static_cast<std::uint64_t>(taken().count()));
  counts.bytes_in.add(bytes_in_);
  counts.bytes_out.add(bytes_out_);
}

}  // namespace kinesisd::server::metrics
