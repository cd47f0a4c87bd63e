#include <fmt/core.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <variant>

#include "server/app/app.hpp"
#include "server/cli/commands.hpp"
#include "server/settings/config.hpp"

namespace kinesisd::server::commands {

namespace {

// SIGTERM and SIGINT are awaited by one thread, so every thread started from here on must not take them. A
// file at its size limit is an error of that one write and not the end of the process.
void prepare_signals() {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGINT);
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);
}

// Arenas grow in steps of a page otherwise, at one system call each.
void prepare_memory() {
  constexpr int grow_bytes = 1 << 20;
  mallopt(M_TOP_PAD, grow_bytes);
}

// A connection is a file, and the usual soft limit is below limits.connections.
void prepare_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int serve(const Call& call) {
  prepare_signals();
  prepare_memory();
  prepare_files();
  auto settings = read_settings(call.arguments, call.environment);
  if (const auto* exit = std::get_if<Exit>(&settings)) {
    fmt::print(exit->code == 0 ? stdout : stderr, "{}", exit->text);
    return exit->code;
  }
  return server::serve(std::get<Settings>(settings));
}

}  // namespace kinesisd::server::commands
