// What commands that talk to a server have in common: the flags that say which one, the signals that end
// them, and the sentence when it fails.
#pragma once

#include <functional>

#include "server/cli/client/client.hpp"
#include "server/cli/command.hpp"
#include "server/cli/flags.hpp"

namespace kinesisd::server::commands {

// Declares --endpoint, --region, --profile and --ca-bundle.
void add_target(Flags& flags, client::TargetOptions& options);

// From its construction on SIGINT, SIGTERM and SIGHUP make a file readable and do nothing else.
class SignalFile {
 public:
  SignalFile();
  ~SignalFile();
  SignalFile(const SignalFile&) = delete;
  SignalFile& operator=(const SignalFile&) = delete;

  int file() const { return file_; }

 private:
  int file_;
};

// Runs `work` with a client; what it throws becomes a sentence on stderr and exit code 1 (2: the target
// cannot be used). What it gives is the exit code; `interrupted` gives it when a signal has come.
int with_client(const Call& call, const client::TargetOptions& options,
                const std::function<int(client::Client&)>& work, const std::function<int()>& interrupted);

// Whether all of `text` was written to stdout; false: nobody reads it any more.
bool print_all(std::string_view text);

}  // namespace kinesisd::server::commands
