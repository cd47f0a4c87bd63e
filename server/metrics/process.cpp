#include "server/metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace kinesisd::server::metrics {

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void write_process(Exposition& out) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  out.family("process_cpu_seconds_total", Kind::counter, "User and system CPU time of the process.");
  out.sample("", seconds(usage.ru_utime) + seconds(usage.ru_stime));

  std::uint64_t virtual_pages = 0;
  std::uint64_t resident_pages = 0;
  std::ifstream("/proc/self/statm") >> virtual_pages >> resident_pages;
  const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  out.family("process_resident_memory_bytes", Kind::gauge, "Memory of the process that is in RAM.");
  out.sample("", resident_pages * page_bytes);
  out.family("process_virtual_memory_bytes", Kind::gauge, "Address space of the process.");
  out.sample("", virtual_pages * page_bytes);

  std::error_code none;
  const std::filesystem::directory_iterator files("/proc/self/fd", none);
  out.family("process_open_fds", Kind::gauge, "Open files and sockets.");
  out.sample("", static_cast<std::uint64_t>(std::distance(begin(files), end(files))));
}

}  // namespace kinesisd::server::metrics
