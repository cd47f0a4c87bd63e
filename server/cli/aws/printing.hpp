// Puts answers on stdout in the way that was asked for. Knows no operation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/cli/aws/arguments.hpp"
#include "server/cli/aws/operation_table.hpp"
#include "server/cli/aws/pages.hpp"
#include "server/cli/aws/query_parser.hpp"
#include "server/document/value.hpp"
#include "server/settings/config.hpp"

namespace kinesisd::server::aws {

class Printer {
 public:
  // Throws UsageError for a format or an expression that is not here, before anything is asked.
  Printer(const Globals& globals, const Environment& environment);

  // `title` is the operation's name. Throws UsageError.
  void print(std::string_view title, const document::Value& answer) const;
  // Texts come page by page, everything else together.
  void print(const OperationShape& operation, const Paging& paging, Pages pages) const;

 private:
  std::string format_;
  std::optional<Node> query_;
};

}  // namespace kinesisd::server::aws
