// Start-up files (--init FILE): TOML, or JSON of the same form, as a plan. AWS's limits on values hold; what
// only the streams can tell is left to carry_out.hpp.
#pragma once

#include <string>

#include "server/document/value.hpp"
#include "server/settings/config.hpp"
#include "server/startup/plan.hpp"

namespace kinesisd::server::startup {

// Adds what the document says to `plan`. `fallback` is the account and region of what names none, and of all
// where there is one world. Throws document::Problem. Reads the files that the document names, as seen from
// the document's own folder.
void read_plan(const document::Document& file, const storage::World& fallback, Worlds worlds, Plan& plan);

}  // namespace kinesisd::server::startup
