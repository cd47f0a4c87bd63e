#include "server/admin/health.hpp"

#include <fmt/core.h>

#include <string_view>

#include "server/admin/control.hpp"

namespace kinesisd::server::own {

namespace {

constexpr std::string_view starting = "The streams of the start are not all ACTIVE yet; try again.";

bool has_started(const Control& control) {
  return control.readiness == nullptr || control.readiness->started();
}

}  // namespace

std::string not_ready_because(const Control& control) {
  if (!has_started(control)) return std::string(starting);
  const std::string trouble = control.journal.trouble();
  if (trouble.empty()) return {};
  return fmt::format(
      "Nothing can be written to the database: {}; see to the disk, the server goes on by itself.", trouble);
}

Answer answer_health(Call& call) {
  if (!has_started(call.control)) return {error(503, starting)};
  return {json(200, fmt::format(R"({{"status":"ok","version":"{}"}})", KINESISD_VERSION))};
}

Answer answer_live(Call& /*call*/) {
  return {json(200, R"({"status":"live"})")};
}

Answer answer_ready(Call& call) {
  const std::string why = not_ready_because(call.control);
  if (!why.empty()) return {error(503, why)};
  return {json(200, R"({"status":"ready"})")};
}

}  // namespace kinesisd::server::own
