// The words of a command line as a request, by the operation's table. Reads files that are named with file://
// or fileb://; knows no operation.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/shape_tree.hpp"
#include "server/document/value.hpp"

namespace kinesisd::server::aws {

// What is said besides the operation and its members.
struct Globals {
  std::map<std::string, std::string, std::less<>> values;  // by the option's name, without dashes
  std::vector<std::string> switches;                       // likewise

  std::optional<std::string> value(std::string_view name) const;
  bool has(std::string_view name) const;
};

struct Words {
  Globals globals;
  std::vector<std::string> command;  // service, operation ...
  // Options that are not global, in their order, with the words that follow each.
  std::vector<std::pair<std::string, std::vector<std::string>>> options;
};

// Throws UsageError for a global option without its value.
Words sort_words(std::span<const std::string> arguments);

enum class Binary { base64, raw };

// Throws UsageError or ValueError. `base` is what --cli-input-json gave.
document::Value request_of(const protocol::Shape& shape,
                           std::span<const std::pair<std::string, std::vector<std::string>>> options,
                           document::Value base, Binary binary);

// The text, or that of the file it names with file:// or fileb://. Throws ValueError.
std::string expanded(const std::string& name, const std::string& text);

}  // namespace kinesisd::server::aws
