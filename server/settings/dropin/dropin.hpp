// Takes up what stands in files written for kinesalite, kinesis-mock and LocalStack, by the rows of
// dropin/table.hpp: one more source of settings, behind every source of our own but the defaults; their flags
// win like flags. Knows no row.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/settings/dropin/table.hpp"

namespace kinesisd::server::dropin {

// A sentence about a value that stops the start.
struct Refusal {
  std::string text;
};

// KINESISD_DROP_IN and KINESISD_INIT_SCRIPTS: said by an image, not by a person, and no settings.
bool is_mark(std::string_view variable);

// Takes off what stands before the flags in commands for other images: `/tini -- node cli.js`.
void take_off_wrappers(std::vector<std::string>& arguments);

// Flags of other emulators with their values, in order.
using GivenFlags = std::vector<std::pair<const Row*, std::string>>;
// Takes them out of the arguments. Throws Refusal.
GivenFlags take_flags(std::vector<std::string>& arguments);

// Both throw Refusal.
void read_variables(Draft& draft, const Environment& environment);
void read_flags(Draft& draft, const GivenFlags& flags);

// When all sources have been read: what the draft holds becomes settings. `listen_flag`: --listen was given,
// and says all.
void put_together(Draft& draft, bool flags_given, bool listen_flag);

}  // namespace kinesisd::server::dropin
