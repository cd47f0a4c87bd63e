// The files a start makes: the database, what SQLite keeps beside it, and the CA's. A start that fails takes
// away those that were not there before, so that it leaves everything as it was.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kinesisd::server {

class FreshFiles {
 public:
  // Those of a database (unset or ":memory:": none that stay) that are not there.
  static std::vector<std::string> absent(const std::optional<std::string>& database);

  explicit FreshFiles(std::vector<std::string> absent_before) : paths_(std::move(absent_before)) {}
  // While the database is still open, so that nobody else has begun to use the files.
  ~FreshFiles();
  FreshFiles(const FreshFiles&) = delete;
  FreshFiles& operator=(const FreshFiles&) = delete;

  // The start has succeeded.
  void keep() { paths_.clear(); }

 private:
  std::vector<std::string> paths_;
};

}  // namespace kinesisd::server
