// The database file as the operating system sees it: locked against other processes, and gone with the
// process when it is private.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace kinesisd::storage {

// A file this process alone works on. Closing it would give up SQLite's own locks on it, so it outlives every
// connection.
class OwnedFile {
 public:
  // Opens or creates the file and locks it; throws OpenError.
  static OwnedFile at(const std::string& path);
  // A new file in a private directory, both removed in the end. Also removes what killed processes left
  // behind. Throws OpenError.
  static OwnedFile temporary();

  OwnedFile(OwnedFile&& other) noexcept;
  OwnedFile& operator=(OwnedFile&&) = delete;
  ~OwnedFile();

  const std::string& path() const { return path_; }
  // Whether there was no file before.
  bool created() const { return created_; }
  std::size_t size() const;
  // At most `count` bytes from the beginning.
  std::string head(std::size_t count) const;
  // Lets only its owner read and write it, and what SQLite keeps beside it. Gives what stands in the way, in
  // the system's words; empty: nothing.
  std::string keep_from_others() const;
  // Whether the file system is one that does not share memory between connections.
  bool on_network() const;

 private:
  OwnedFile(std::string path, int descriptor, bool created)
      : path_(std::move(path)), descriptor_(descriptor), created_(created) {}

  std::string path_;
  std::string directory_;  // not empty: private, and to be removed
  int descriptor_;
  bool created_;
};

}  // namespace kinesisd::storage
