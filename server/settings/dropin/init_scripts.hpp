// What has become of the init scripts that an image runs: told by whoever runs them, asked for as LocalStack
// is asked. Runs nothing.
#pragma once

#include <boost/describe/enum.hpp>
#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace kinesisd::server::dropin {

// LocalStack's words, in the order of a container's life.
enum class Stage { BOOT, START, READY, SHUTDOWN };
BOOST_DESCRIBE_ENUM(Stage, BOOT, START, READY, SHUTDOWN)
enum class ScriptState { UNKNOWN, RUNNING, SUCCESSFUL, ERROR };
BOOST_DESCRIBE_ENUM(ScriptState, UNKNOWN, RUNNING, SUCCESSFUL, ERROR)

struct Script {
  Stage stage;
  std::string name;
  ScriptState state;
};

// Any thread.
class InitScripts {
 public:
  static constexpr std::size_t scripts_max = 1'000;

  // Unless somebody is going to tell of scripts, there are none, and all stages but the last are over.
  explicit InitScripts(bool reported);

  // false: there are scripts_max already.
  bool set(Script script);
  void complete(Stage stage);

  bool completed(Stage stage) const;
  std::vector<Script> scripts() const;  // in the order in which they were told of

 private:
  mutable std::mutex mutex_;
  std::set<Stage> completed_;
  std::vector<Script> scripts_;
};

}  // namespace kinesisd::server::dropin
