// Streams and errors that another emulator's variables ask for, in words of the parts that see to them.
#pragma once

#include <string>

#include "server/settings/config.hpp"
#include "server/startup/plan.hpp"

namespace kinesisd::server::dropin {

// Those that are there already stay as they are.
void plan_streams(const Settings& settings, startup::Plan& plan);

// KINESIS_ERROR_PROBABILITY as rules of --faults, in JSON; empty: there are none. As in LocalStack a
// PutRecord is throttled as a whole and a PutRecords with all its records.
std::string fault_rules(const Wishes& wishes);

}  // namespace kinesisd::server::dropin
