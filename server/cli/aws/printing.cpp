#include "server/cli/aws/printing.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "server/cli/aws/output.hpp"
#include "server/cli/aws/query.hpp"
#include "server/cli/aws/table_output.hpp"
#include "server/cli/aws/text_output.hpp"
#include "server/cli/aws/usage_error.hpp"

namespace kinesisd::server::aws {

namespace {

using document::Kind;
using document::Value;

constexpr std::array formats{"json", "text", "table"};

std::size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : table_width_wanted;
}

}  // namespace

Printer::Printer(const Globals& globals, const Environment& environment) : format_("json") {
  const auto usual = environment.find("AWS_DEFAULT_OUTPUT");
  if (usual != environment.end() && !usual->second.empty()) format_ = usual->second;
  if (const auto wanted = globals.value("output")) format_ = *wanted;
  if (std::find(formats.begin(), formats.end(), format_) == formats.end())
    throw UsageError(fmt::format("--output {} is not here; json, text and table are.", format_));
  if (const auto expression = globals.value("query")) query_ = checked_query(*expression);
}

void Printer::print(std::string_view title, const Value& answer) const {
  const Value chosen = query_ ? evaluate(*query_, answer) : answer;
  const bool nothing = chosen.kind == Kind::object && chosen.members.empty();
  if (format_ == "text") {
    fmt::print("{}", as_text(chosen));
  } else if (format_ == "table") {
    fmt::print("{}", as_table(title, chosen, terminal_width()));
  } else if (!nothing) {
    fmt::print("{}", as_json(chosen));
  }
}

void Printer::print(const OperationShape& operation, const Paging& paging, Pages pages) const {
  if (format_ != "text") return print(operation.name, together(paging, std::move(pages)));
  for (const Value& part : pages.parts) print(operation.name, part);
  if (pages.token) {
    Value token;
    token.kind = Kind::object;
    token.members.push_back({std::string(shown_token), token_part(*pages.token)});
    print(operation.name, token);
  }
}

}  // namespace kinesisd::server::aws
