// How durable a database file is to be, and why one cannot be opened.
#pragma once

#include <stdexcept>

namespace kinesisd::storage {

enum class Durability {
  process,  // survives the end of the process, however it ends
  full      // survives the end of the machine
};

// One sentence that names the file and the remedy. The file is as it was.
struct OpenError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace kinesisd::storage
