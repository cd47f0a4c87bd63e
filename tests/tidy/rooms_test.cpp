// The rooms of a layer, from top to bottom: a file includes its own room and those below it. Whoever adds a
// room gives it a place here.
#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/source_tree.hpp"

namespace kinesisd::tidy {

namespace {

struct Layer {
  std::string name;
  std::vector<std::string_view> rooms;  // files that lie loose in the layer are rooms of their own
};

const std::vector<Layer> layers = {
    {"server",
     {"main", "cli", "app", "startup", "admin", "capture", "operations", "api", "settings", "faults", "net",
      "stubs", "auth", "metrics", "http", "document", "support"}},
    {"storage",
     {"open", "snapshots", "sqlite", "memory", "journal", "streams", "shards", "consumers", "records",
      "state", "model"}},
};

// `net` of server/net/tls/tls.hpp, `main` of server/main.cpp; empty: the file is of another layer.
std::string room_of(const std::string& path, const Layer& layer) {
  if (path.rfind(layer.name + "/", 0) != 0) return {};
  const std::string rest = path.substr(layer.name.size() + 1);
  return rest.substr(0, rest.find_first_of("/."));
}

// Counted from the top.
std::optional<std::size_t> floor_of(const std::string& room, const Layer& layer) {
  const auto found = std::find(layer.rooms.begin(), layer.rooms.end(), room);
  if (found == layer.rooms.end()) return std::nullopt;
  return static_cast<std::size_t>(found - layer.rooms.begin());
}

// Whether a file in `from` may include one in `to`.
bool goes_down(const std::string& from, const std::string& to, const Layer& layer) {
  const auto above = floor_of(from, layer);
  const auto below = floor_of(to, layer);
  return above && below && *above <= *below;
}

}  // namespace

TEST_CASE("includes between rooms go down only") {
  for (const Layer& layer : layers) {
    for (const SourceFile& file : sources()) {
      const std::string from = room_of(file.path, layer);
      if (from.empty()) continue;
      for (const std::string& line : file.lines) {
        const std::string to = room_of(included(line), layer);
        if (to.empty() || from == to || goes_down(from, to, layer)) continue;
        FAIL_CHECK(file.path << " includes " << included(line) << ", which is not below it");
      }
    }
  }
  CHECK(goes_down("app", "net", layers[0]));
  CHECK_FALSE(goes_down("net", "app", layers[0]));
  CHECK_FALSE(goes_down("net", "a room that is not listed", layers[0]));
}

TEST_CASE("every file of server and storage lies in a room that is listed") {
  for (const Layer& layer : layers) {
    std::set<std::string> loose;
    for (const SourceFile& file : sources()) {
      const std::string room = room_of(file.path, layer);
      if (room.empty()) continue;
      INFO(file.path);
      CHECK(floor_of(room, layer));
      if (file.path.find('/', layer.name.size() + 1) == std::string::npos) loose.insert(room);
    }
    // What puts a layer's rooms together stands above them.
    CHECK(loose == std::set<std::string>{layer.name == "server" ? "main" : "open"});
  }
}

}  // namespace kinesisd::tidy
