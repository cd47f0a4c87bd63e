#include <unistd.h>

#include <cstddef>

#include "server/cli/command.hpp"

int main(int count, char** arguments) {
  return kinesisd::server::commands::run_program({arguments, static_cast<std::size_t>(count)}, environ);
}
