#include "server/settings/dropin/init_scripts.hpp"

#include <algorithm>
#include <utility>

namespace kinesisd::server::dropin {

InitScripts::InitScripts(bool reported) {
  if (!reported) completed_ = {Stage::BOOT, Stage::START, Stage::READY};
}

bool InitScripts::set(Script script) {
  const std::lock_guard lock(mutex_);
  const auto known = std::find_if(scripts_.begin(), scripts_.end(), [&](const Script& one) {
    return one.stage == script.stage && one.name == script.name;
  });
  if (known != scripts_.end()) {
    known->state = script.state;
    return true;
  }
  if (scripts_.size() == scripts_max) return false;
  scripts_.push_back(std::move(script));
  return true;
}

void InitScripts::complete(Stage stage) {
  const std::lock_guard lock(mutex_);
  completed_.insert(stage);
}

bool InitScripts::completed(Stage stage) const {
  const std::lock_guard lock(mutex_);
  return completed_.contains(stage);
}

std::vector<Script> InitScripts::scripts() const {
  const std::lock_guard lock(mutex_);
  return scripts_;
}

}  // namespace kinesisd::server::dropin
