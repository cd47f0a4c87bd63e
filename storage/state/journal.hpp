// The queue of changes on their way to the disk. A change is handed over in the same step that made it, so
// the journal's order is the order in which things happened; a ticket says when it is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/model/clock.hpp"

namespace kinesisd::storage {

struct Change;  // storage/state/change.hpp

// Tickets grow by one per change, from 1. `no_ticket`: nothing to wait for.
using Ticket = std::uint64_t;
inline constexpr Ticket no_ticket = 0;

// Every ticket up to `through` that no earlier Settled covered: on disk, or (durable false) lost and undone.
struct Settled {
  Ticket through;
  bool durable;
};

class Journal {
 public:
  virtual ~Journal() = default;
  // Takes a change; called with the streams' lock held, so it neither blocks nor writes.
  virtual Ticket submit(Change change) = 0;
  // False: too much waits for the disk already, so whoever asks is to be refused. Any thread.
  virtual bool has_room() const = 0;
};

}  // namespace kinesisd::storage
