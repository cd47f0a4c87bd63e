#include "server/admin/dropin_endpoints.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "protocol/json.hpp"
#include "protocol/schema.hpp"
#include "server/admin/control.hpp"
#include "server/admin/reset.hpp"
#include "server/document/reader.hpp"
#include "server/settings/dropin/init_scripts.hpp"
#include "storage/state/state.hpp"

namespace kinesisd::server::dropin {

namespace {

using protocol::enum_name;
using protocol::enum_values;
using protocol::json::Writer;

constexpr std::size_t name_bytes_max = 255;
constexpr std::string_view no_scripts = "This server is told of no scripts.";

// Python writes a blank behind colons and commas, and start scripts look for `"completed": true` with grep.
std::string spaced(std::string_view json) {
  std::string out;
  bool in_text = false;
  bool escaped = false;
  for (const char c : json) {
    out += c;
    if (!in_text && (c == ':' || c == ',')) out += ' ';
    if (c == '"' && !escaped) in_text = !in_text;
    escaped = in_text && c == '\\' && !escaped;
  }
  return out;
}

bool has_started(const own::Control& control) {
  return control.readiness == nullptr || control.readiness->started();
}

own::Answer health(const own::Control& control, std::string_view idle) {
  const bool started = has_started(control);
  const bool used = control.streams.with([](storage::State& state) { return !state.streams.empty(); });
  std::string body;
  Writer writer(body);
  writer.begin_map(3);
  writer.key("services");
  writer.begin_map(1);
  writer.key("kinesis");
  writer.text(!started ? "starting" : used ? "running" : idle);
  writer.end_map();
  writer.key("edition");
  writer.text("community");
  writer.key("version");
  writer.text(KINESISD_VERSION);
  writer.end_map();
  return {own::json(started ? 200 : 503, spaced(body))};
}

bool completed(const own::Control& control, Stage stage) {
  const bool over = control.scripts == nullptr ? stage != Stage::SHUTDOWN : control.scripts->completed(stage);
  return over && (stage != Stage::READY || has_started(control));
}

// Those of one stage, or all.
void write_scripts(Writer& writer, const own::Control& control, std::optional<Stage> only) {
  std::vector<Script> scripts;
  if (control.scripts != nullptr) scripts = control.scripts->scripts();
  writer.key("scripts");
  writer.begin_list(scripts.size());
  for (const Script& script : scripts) {
    if (only && *only != script.stage) continue;
    writer.begin_map(3);
    writer.key("stage");
    writer.text(enum_name(script.stage));
    writer.key("name");
    writer.text(script.name);
    writer.key("state");
    writer.text(enum_name(script.state));
    writer.end_map();
  }
  writer.end_list();
}

std::optional<Stage> stage_of(std::string_view word) {
  std::string upper(word);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  for (const Stage stage : enum_values<Stage>) {
    if (enum_name(stage) == upper) return stage;
  }
  return std::nullopt;
}

std::string in_container() {
  std::error_code ignored;
  const bool docker = std::filesystem::exists("/.dockerenv", ignored);
  return docker || std::filesystem::exists("/run/.containerenv", ignored) ? "true" : "false";
}

}  // namespace

own::Answer answer_localstack_health(own::Call& call) {
  return health(call.control, "available");
}

own::Answer answer_old_health(own::Call& call) {
  return health(call.control, "running");
}

own::Answer answer_info(own::Call& call) {
  const auto wall = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const auto up = std::chrono::steady_clock::now() - call.control.started_at;
  return {own::json(
      200, fmt::format(R"({{"version": "{}", "edition": "community", "is_license_activated": false, )"
                       R"("session_id": "{}", "machine_id": "kinesisd", "system": "linux", "is_docker": {}, )"
                       R"("server_time_utc": "{:%Y-%m-%dT%H:%M:%S}", "uptime": {}}})",
                       KINESISD_VERSION, ::getpid(), in_container(), fmt::gmtime(wall),
                       std::chrono::duration_cast<std::chrono::seconds>(up).count()))};
}

own::Answer answer_init(own::Call& call) {
  std::string body;
  Writer writer(body);
  writer.begin_map(2);
  writer.key("completed");
  writer.begin_map(enum_values<Stage>.size());
  for (const Stage stage : enum_values<Stage>) {
    writer.key(enum_name(stage));
    writer.boolean(completed(call.control, stage));
  }
  writer.end_map();
  write_scripts(writer, call.control, std::nullopt);
  writer.end_map();
  return {own::json(200, spaced(body))};
}

own::Answer answer_init_stage(own::Call& call) {
  const auto stage = stage_of(call.argument);
  if (!stage) {
    return {own::error(404, fmt::format("There is no stage \"{}\"; the stages are boot, start, ready and "
                                        "shutdown.",
                                        call.argument))};
  }
  std::string body;
  Writer writer(body);
  writer.begin_map(2);
  writer.key("completed");
  writer.boolean(completed(call.control, *stage));
  write_scripts(writer, call.control, stage);
  writer.end_map();
  return {own::json(200, spaced(body))};
}

own::Answer answer_moto_reset(own::Call& call) {
  return own::reset_all(call, R"({"status": "ok"})");
}

own::Answer answer_scripts(own::Call& call) {
  if (call.control.scripts == nullptr) return {own::error(503, no_scripts)};
  const document::Document body = document::parse_json(std::move(call.request.body));
  const document::Object told = document::root(body).object({"stage", "name", "state", "completed"});
  const Stage stage = told["stage"].choice<Stage>();
  if (const auto over = told.find("completed")) {
    if (!over->boolean()) over->refuse("a stage is told of when it is over: true");
    call.control.scripts->complete(stage);
    return {own::json(200, "{}")};
  }
  const std::string& name = told["name"].word();
  if (name.size() > name_bytes_max) told["name"].refuse("write the name of the file alone");
  if (!call.control.scripts->set({stage, name, told["state"].choice<ScriptState>()})) {
    return {own::error(503, fmt::format("There are {} scripts already.", InitScripts::scripts_max))};
  }
  return {own::json(200, "{}")};
}

}  // namespace kinesisd::server::dropin
