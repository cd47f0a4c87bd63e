// Streams over a real database file, or over none.
#pragma once

#include <memory>

#include "tests/unit/storage/storage_fixture.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace kinesisd::tests {

// A server's storage from opening to stopping, without its thread.
struct Opening {
  explicit Opening(const std::string& path, StreamSettings settings = settings_with(0),
                   GroupCommitLimits limits = {}, std::int64_t hours_later = 0)
      : opened(open_database({path, Durability::process})) {
    settings.records_on_disk = opened.records_on_disk;
    settings.enforce_write_limits = false;
    storage = std::make_unique<StorageFixture>(*opened.engine, settings, limits, opened.key);
    storage->clock.advance_hours(hours_later);
    restore(storage->state(), std::move(opened.restored), storage->now());
  }
  ~Opening() { storage->journal.stop(); }

  void trim() {
    while (storage->journal.trim_slice()) {
    }
  }
  std::vector<std::string> read_all(std::string from) {
    return storage->read_all(std::move(from), opened.reader.get());
  }

  Opened opened;
  std::unique_ptr<StorageFixture> storage;
};

struct OnDisk {
  static std::string path(const TemporaryDirectory& directory) { return directory.file("streams.db"); }
};
struct InPrivateFile {
  static std::string path(const TemporaryDirectory&) { return ""; }
};
struct InMemory {
  static std::string path(const TemporaryDirectory&) { return ":memory:"; }
};

// The first column of the first row of a query, as text.
std::string query(const std::string& path, const std::string& sql);

}  // namespace kinesisd::tests
