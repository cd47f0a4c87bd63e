// Trouble on demand, to be asked for by tests: the rules of server/faults over HTTP.
#pragma once

#include "server/admin/answer.hpp"

namespace kinesisd::server::own {

// GET answers {"rules": [{"id", "hits", "matched", "rule"}, ...]}, POST adds a rule or a list of them and PUT
// puts them in place of all others, both answering {"ids": [...]}; DELETE removes all.
Answer answer_faults(Call& call);

// The rule is the call's argument: GET answers what the list has for it, DELETE removes it. POST to `reset`
// has all rules begin anew, with no hits.
Answer answer_fault(Call& call);

}  // namespace kinesisd::server::own
