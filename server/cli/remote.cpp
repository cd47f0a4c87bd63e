#include "server/cli/remote.hpp"

#include <fmt/core.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace kinesisd::server::commands {

void add_target(Flags& flags, client::TargetOptions& options) {
  flags.text("endpoint", "URL",
             "The server, or aws for AWS itself; else AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL or "
             "http://localhost:4567.",
             options.endpoint);
  flags.text("region", "NAME", "The region; else AWS_REGION, AWS_DEFAULT_REGION, the profile's or us-east-1.",
             options.region);
  flags.text("profile", "NAME", "A profile of AWS's shared files; else AWS_PROFILE.", options.profile);
  flags.text("ca-bundle", "FILE", "Certificates to trust on https://, in PEM form; else AWS_CA_BUNDLE.",
             options.ca_bundle);
}

SignalFile::SignalFile() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int one : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, one);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  file_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

SignalFile::~SignalFile() {
  close(file_);
}

int with_client(const Call& call, const client::TargetOptions& options,
                const std::function<int(client::Client&)>& work, const std::function<int()>& interrupted) {
  try {
    const SignalFile signals;
    client::Client client(client::find_target(options, call.environment), signals.file());
    return work(client);
  } catch (const client::TargetError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  } catch (const client::Interrupted&) {
    return interrupted();
  } catch (const client::ServiceError& error) {
    const std::string_view text = error.what();
    fmt::print(stderr, "{}{}{}\n", error.type(), text.empty() ? "" : ": ", text);
  } catch (const client::ConnectionError& error) {
    fmt::print(stderr, "{}.\n", error.what());
  }
  return 1;
}

bool print_all(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

}  // namespace kinesisd::server::commands
