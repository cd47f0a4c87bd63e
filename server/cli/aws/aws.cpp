#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "protocol/operations/describe_stream.hpp"
#include "server/cli/aws/arguments.hpp"
#include "server/cli/aws/identity.hpp"
#include "server/cli/aws/operation_table.hpp"
#include "server/cli/aws/output.hpp"
#include "server/cli/aws/pages.hpp"
#include "server/cli/aws/printing.hpp"
#include "server/cli/aws/query.hpp"
#include "server/cli/aws/skeleton.hpp"
#include "server/cli/aws/usage_error.hpp"
#include "server/cli/client/client.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/own_address.hpp"
#include "server/cli/remote.hpp"
#include "server/document/closest.hpp"

namespace kinesisd::server::commands {

namespace {

using aws::UsageError;
using document::Kind;
using document::Value;

// As AWS's command line has them.
constexpr int exit_usage = 252;
constexpr int exit_configuration = 253;
constexpr int exit_service = 254;
constexpr int exit_general = 255;

constexpr std::string_view usage =
    "\nusage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n"
    "To see help text, you can run:\n\n  aws help\n  aws <command> help\n  aws <command> <subcommand> "
    "help\n\n";

constexpr std::string_view only_kinesis = "kinesisd has the commands of kinesis, and sts get-caller-identity";

constexpr std::string_view exists = "stream-exists";
constexpr std::string_view not_exists = "stream-not-exists";

void print_help() {
  std::string out = fmt::format(
      "Usage: kinesisd aws kinesis COMMAND [--OPTION VALUE]..., or aws or awslocal by themselves.\n{}.\n\n",
      only_kinesis);
  for (const aws::OperationShape& operation : aws::operation_shapes())
    out += fmt::format("  kinesis {}\n", aws::kebab_case(operation.name));
  out += fmt::format("  kinesis wait {}\n  kinesis wait {}\n  sts get-caller-identity\n", exists, not_exists);
  fmt::print("{}", out);
}

void print_help(const aws::OperationShape& operation) {
  std::string out = fmt::format("kinesis {}\n\n", aws::kebab_case(operation.name));
  for (const protocol::MemberShape& member : operation.request->members) {
    const std::string name = aws::kebab_case(member.name);
    const bool flag = member.shape->kind == protocol::ShapeKind::boolean;
    const std::string option =
        flag ? fmt::format("--{} | --no-{}", name, name) : fmt::format("--{} <value>", name);
    out += member.required ? fmt::format("  {}\n", option) : fmt::format("  [{}]\n", option);
  }
  fmt::print("{}", out);
}

// The server whose settings are in the environment, as in its image; else where LocalStack is said to be.
std::string own_endpoint_of(const Environment& environment) {
  if (environment.find("KINESISD_LISTEN") != environment.end()) {
    const auto settings = read_settings(std::vector<std::string>(), environment);
    if (const auto* ours = std::get_if<Settings>(&settings)) {
      if (const auto endpoint = own_address(*ours)) return endpoint->url();
    }
  }
  const auto localstack = environment.find("LOCALSTACK_HOST");
  if (localstack == environment.end() || localstack->second.empty()) return client::default_endpoint;
  const bool has_port = localstack->second.find(':') != std::string::npos;
  return fmt::format("http://{}{}", localstack->second, has_port ? "" : ":4566");
}

// An option of ours besides the operation's members; taken out of them.
std::optional<std::string> take_option(aws::Words& words, std::string_view name) {
  const auto found = std::find_if(words.options.begin(), words.options.end(),
                                  [&](const auto& one) { return one.first == name; });
  if (found == words.options.end()) return std::nullopt;
  std::string value = found->second.empty() ? std::string() : found->second.front();
  words.options.erase(found);
  return value;
}

Value input_of(aws::Words& words) {
  Value empty;
  empty.kind = Kind::object;
  const auto text = take_option(words, "cli-input-json");
  if (!text) return empty;
  try {
    Value input = document::parse_json(aws::expanded("cli-input-json", *text)).root;
    if (input.kind == Kind::object) return input;
  } catch (const document::Problem&) {
    // Said below.
  }
  throw UsageError(fmt::format("Error parsing parameter 'cli-input-json': Invalid JSON received."));
}

Value request_of(aws::Words& words, const aws::OperationShape& operation) {
  if (take_option(words, "cli-input-yaml")) throw UsageError("--cli-input-yaml is not here.");
  const Value input = input_of(words);
  const std::string binary = words.globals.value("cli-binary-format").value_or("base64");
  return aws::request_of(*operation.request, words.options, input,
                         binary == "base64" ? aws::Binary::base64 : aws::Binary::raw);
}

std::optional<std::size_t> take_count(aws::Words& words, std::string_view name) {
  const auto text = take_option(words, name);
  if (!text) return std::nullopt;
  std::size_t count = 0;
  const auto [end, wrong] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (wrong != std::errc{} || end != text->data() + text->size())
    throw UsageError(fmt::format("argument --{}: invalid int value: '{}'", name, *text));
  return count;
}

// What is said of pages; in `said` the options that say it.
aws::PageOptions take_page_options(aws::Words& words, std::string& said) {
  for (const std::string_view name : {"starting-token", "page-size", "max-items"}) {
    const auto has = [&](const auto& one) { return one.first == name; };
    if (std::any_of(words.options.begin(), words.options.end(), has))
      said += fmt::format("{}--{}", said.empty() ? "" : ", ", name);
  }
  aws::PageOptions out;
  out.page_size = take_count(words, "page-size");
  out.max_items = take_count(words, "max-items");
  out.starting_token = take_option(words, "starting-token");
  return out;
}

int call_operation(client::Client& client, aws::Words& words, const aws::Printer& printer,
                   const aws::OperationShape& operation) {
  const aws::Paging* paging = aws::find_paging(operation.name);
  std::string said;
  aws::PageOptions options;
  if (paging != nullptr) options = take_page_options(words, said);
  Value request = request_of(words, operation);
  if (paging != nullptr && !words.globals.has("no-paginate") && !aws::pages_by_itself(*paging, request)) {
    printer.print(operation, *paging,
                  aws::read_pages(client, operation, *paging, std::move(request), options));
    return 0;
  }
  if (!said.empty())
    throw aws::PlainUsageError(
        fmt::format("Cannot specify --no-paginate along with pagination arguments: {}", said));
  Value answer = aws::one_answer(client, operation, request);
  answer.kind = Kind::object;  // no body is an answer without members
  printer.print(operation.name, answer);
  return 0;
}

int print_skeleton(const aws::OperationShape& operation, const std::string& what) {
  if (!what.empty() && what != "input")
    throw UsageError(fmt::format("--generate-cli-skeleton {} is not here; input is.", what));
  fmt::print("{}", aws::as_json(aws::skeleton_of(*operation.request)));
  return 0;
}

// Whether the waiter has what it waits for.
bool is_reached(client::Client& client, const aws::OperationShape& operation, const Value& request,
                bool wants_stream) {
  try {
    const Value answer = aws::one_answer(client, operation, request);
    const std::string path =
        fmt::format("{}.{}", protocol::name_of<&protocol::DescribeStream::Response::stream_description>(),
                    protocol::name_of<&protocol::StreamDescription::stream_status>());
    return wants_stream && aws::query(path, answer).text == enum_name(protocol::StreamStatus::ACTIVE);
  } catch (const client::ServiceError& error) {
    if (!wants_stream && error.is(protocol::ErrorType::ResourceNotFoundException)) return true;
    if (wants_stream) {
      throw aws::ValueError(
          fmt::format("Waiter StreamExists failed: An error occurred ({}): {}", error.type(), error.what()));
    }
    throw;
  }
}

int wait_for(client::Client& client, aws::Words& words, bool wants_stream) {
  constexpr std::chrono::minutes patience{3};
  const auto* operation = aws::find_operation_shape(aws::kebab_case(protocol::DescribeStream::name));
  const Value request = request_of(words, *operation);
  const std::chrono::milliseconds between(client.target().endpoint.is_aws() ? 10'000 : 100);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!is_reached(client, *operation, request, wants_stream)) {
    if (std::chrono::steady_clock::now() > until) {
      throw aws::ValueError(fmt::format("Waiter {} failed: Max attempts exceeded",
                                        wants_stream ? "StreamExists" : "StreamNotExists"));
    }
    client::pause_until(std::chrono::steady_clock::now() + between, client.interrupt());
  }
  return 0;
}

// What the words ask for; the operation's name for the message if the service refuses.
struct Task {
  std::string operation;
  std::function<int(client::Client&, aws::Words&, const aws::Printer&)> run;  // unset: it is done
};

// The command that may have been meant, as the middle of a sentence.
std::string meant(std::string_view name, std::string_view third) {
  std::vector<std::string> commands;
  for (const aws::OperationShape& operation : aws::operation_shapes())
    commands.push_back(aws::kebab_case(operation.name));
  std::vector<std::string_view> names(commands.begin(), commands.end());
  const bool waits = name == "wait";
  if (waits) names = {exists, not_exists};
  const auto like = document::closest(waits ? third : name, names);
  return like ? fmt::format("{}{} is one, and ", waits ? "wait " : "", *like) : std::string();
}

Task kinesis_task(aws::Words& words) {
  const std::string name = words.command.size() > 1 ? words.command[1] : "";
  const std::string third = words.command.size() > 2 ? words.command[2] : "";
  if (name == "help") return print_help(), Task{};
  if (name == "wait" && (third == exists || third == not_exists)) {
    return {std::string(protocol::DescribeStream::name),
            [wants = third == exists](auto& client, auto& all, const auto&) {
              return wait_for(client, all, wants);
            }};
  }
  const aws::OperationShape* operation = aws::find_operation_shape(name);
  if (name.empty()) throw UsageError("the following arguments are required: operation");
  if (operation == nullptr) {
    throw UsageError(
        fmt::format("argument operation: Invalid choice, {} is none; {}aws kinesis help lists them.",
                    name == "wait" ? name + " " + third : name, meant(name, third)));
  }
  if (third == "help") return print_help(*operation), Task{};
  if (!third.empty()) throw UsageError(fmt::format("Unknown options: {}", third));
  if (const auto what = take_option(words, "generate-cli-skeleton"))
    return print_skeleton(*operation, *what), Task{};
  return {std::string(operation->name), [operation](auto& client, auto& all, const auto& printer) {
            return call_operation(client, all, printer, *operation);
          }};
}

Task task_of(aws::Words& words) {
  if (words.globals.has("version")) return fmt::print("aws-cli/2 kinesisd/{}\n", KINESISD_VERSION), Task{};
  if (words.globals.has("help")) return print_help(), Task{};
  if (words.command.empty()) throw UsageError("the following arguments are required: command");
  if (words.command.front() == "help") return print_help(), Task{};
  if (words.command.front() == "kinesis") return kinesis_task(words);
  if (words.command.size() == 2 && words.command[0] == "sts" && words.command[1] == "get-caller-identity") {
    return {"GetCallerIdentity", [](client::Client& client, aws::Words&, const aws::Printer& printer) {
              printer.print("GetCallerIdentity", aws::caller_identity(client.target(), client.interrupt()));
              return 0;
            }};
  }
  throw UsageError(fmt::format("{} is not here: {}.", words.command.front(), only_kinesis));
}

int run(const Call& call, std::string& operation) {
  aws::Words words = aws::sort_words(call.arguments);
  const Task task = task_of(words);
  operation = task.operation;
  if (!task.run) return 0;
  const aws::Printer printer(words.globals, call.environment);
  const client::TargetOptions options{.endpoint = words.globals.value("endpoint-url"),
                                      .region = words.globals.value("region"),
                                      .profile = words.globals.value("profile"),
                                      .ca_bundle = words.globals.value("ca-bundle")};
  const SignalFile signals;
  client::Client client(client::find_target(options, call.environment, own_endpoint_of(call.environment)),
                        signals.file());
  return task.run(client, words, printer);
}

// As AWS's command line words it: what is wrong with one value needs no usage.
int refuse(std::string_view text) {
  if (text.starts_with("Error parsing")) {
    fmt::print(stderr, "\n{}\n", text);
  } else {
    fmt::print(stderr, "{}{}{}\n", usage, text.starts_with("Unknown options") ? "" : "aws: error: ", text);
  }
  return exit_usage;
}

}  // namespace

int aws_cli(const Call& call) {
  std::string operation;
  try {
    return run(call, operation);
  } catch (const UsageError& error) {
    return refuse(error.what());
  } catch (const aws::PlainUsageError& error) {
    fmt::print(stderr, "\n{}\n", error.what());
    return exit_usage;
  } catch (const aws::ValueError& error) {
    const std::string_view text = error.what();
    fmt::print(stderr, "\n{}\n", text);
    return text.starts_with("Parameter validation") ? exit_usage : exit_general;
  } catch (const client::TargetError& error) {
    fmt::print(stderr, "\n{}\n", error.what());
    return exit_configuration;
  } catch (const client::ServiceError& error) {
    fmt::print(stderr, "\nAn error occurred ({}) when calling the {} operation: {}\n", error.type(),
               operation, error.what());
    return exit_service;
  } catch (const client::ConnectionError& error) {
    fmt::print(stderr, "\n{}.\n", error.what());
    return exit_general;
  } catch (const client::Interrupted&) {
    return 130;
  }
}

}  // namespace kinesisd::server::commands
