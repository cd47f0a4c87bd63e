#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "server/document/value.hpp"

namespace kinesisd::server::document {

namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

[[noreturn]] void refuse(const std::string& path, std::string_view why, std::string_view flag) {
  throw Problem(fmt::format("{} cannot be read ({}); name another file with {}.", path, why, flag));
}

}  // namespace

Document read_file(const std::string& path, std::string_view flag) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  if (!file) refuse(path, std::strerror(errno), flag);
  std::string text;
  constexpr std::size_t step_bytes = 64U << 10;
  for (std::size_t got = 1; got != 0;) {
    const std::size_t size = text.size();
    text.resize(size + step_bytes);
    errno = 0;
    got = std::fread(text.data() + size, 1, step_bytes, file.get());
    text.resize(size + got);
    if (std::ferror(file.get()) != 0) refuse(path, std::strerror(errno), flag);
    if (text.size() > file_bytes_max) {
      refuse(path, fmt::format("it is larger than {} MiB", file_bytes_max >> 20U), flag);
    }
  }
  return path.ends_with(".json") ? parse_json(std::move(text), path) : parse_toml(text, path);
}

}  // namespace kinesisd::server::document
