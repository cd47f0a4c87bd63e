// What is asked for in words of other emulators and is no setting of ours: values only. Knows no variable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kinesisd::server::dropin {

// What the database is called in a folder that was named for it.
inline constexpr std::string_view database_name = "kinesisd.db";

// A stream that is to be there when the server is ready.
struct InitialStream {
  std::string name;
  std::int32_t shards;
  std::optional<std::string> region;  // unset: that of callers who name none
  friend bool operator==(const InitialStream&, const InitialStream&) = default;
};

// A folder to keep everything in.
struct Folder {
  std::string path;
  std::string file;      // the database's name there
  std::string asked_by;  // the variable or flag, for messages
  friend bool operator==(const Folder&, const Folder&) = default;
};

struct Wishes {
  bool in_image = false;          // KINESISD_DROP_IN=1: general names count, and so do folders of images
  bool scripts_reported = false;  // KINESISD_INIT_SCRIPTS=1: somebody runs init scripts and tells of them
  std::vector<InitialStream> streams;
  double error_probability = 0;  // of puts, as LocalStack's
  std::optional<Folder> keep_in;
  std::string certificate;            // the file that CUSTOM_SSL_CERT_PATH names; empty: none
  std::vector<std::string> unmet;     // what is not honoured, each with its reason
  std::vector<std::string> warnings;  // sentences
  std::vector<std::string> lines;     // what users of other emulators wait for, said when the server is ready
};

}  // namespace kinesisd::server::dropin
