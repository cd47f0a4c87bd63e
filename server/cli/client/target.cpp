#include "server/cli/client/target.hpp"

#include <fmt/core.h>

#include <fstream>
#include <string_view>

namespace kinesisd::server::client {

namespace {

constexpr const char* default_region = "us-east-1";
constexpr std::string_view blank = " \t\r";

std::string variable(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// One profile of a shared file: the last value of each key; lenient, as AWS's tools are with each other's
// settings.
class Profile {
 public:
  Profile(const std::string& file, std::string_view section) {
    std::ifstream in(file);
    bool inside = false;
    for (std::string text; std::getline(in, text);) {
      const std::string_view line = trimmed(text);
      if (line.starts_with('[') && line.ends_with(']')) {
        inside = trimmed(line.substr(1, line.size() - 2)) == section;
        exists_ = exists_ || inside;
      } else if (const std::size_t equals = line.find('='); inside && equals != std::string_view::npos) {
        values_[std::string(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
      }
    }
  }

  bool exists() const { return exists_; }
  std::string value(const char* key) const { return variable(values_, key); }

 private:
  bool exists_ = false;
  Environment values_;
};

// The two files of one profile.
struct Shared {
  Profile credentials;
  Profile config;
};

std::string path_of(const Environment& environment, const char* name, const char* file) {
  std::string path = variable(environment, name);
  return path.empty() ? variable(environment, "HOME") + file : path;
}

Shared read_profile(const Environment& environment, const std::string& name) {
  return {{path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"), name},
          {path_of(environment, "AWS_CONFIG_FILE", "/.aws/config"),
           name == "default" ? name : fmt::format("profile {}", name)}};
}

std::string first_of(std::initializer_list<std::string> texts) {
  for (const std::string& text : texts) {
    if (!text.empty()) return text;
  }
  return {};
}

void find_credentials(Signer& signer, const Environment& environment, const Shared& shared,
                      bool profile_named, bool aws) {
  const std::string key = variable(environment, "AWS_ACCESS_KEY_ID");
  if (!key.empty() && !profile_named) {
    signer.access_key_id = key;
    signer.credential = {variable(environment, "AWS_SECRET_ACCESS_KEY"),
                         variable(environment, "AWS_SESSION_TOKEN")};
    return;
  }
  for (const Profile* profile : {&shared.credentials, &shared.config}) {
    signer.access_key_id = profile->value("aws_access_key_id");
    signer.credential = {profile->value("aws_secret_access_key"), profile->value("aws_session_token")};
    if (!signer.access_key_id.empty()) return;
  }
  if (aws) {
    throw TargetError(
        "There are no credentials for AWS; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a "
        "profile "
        "with --profile.");
  }
  signer.access_key_id = "test";
  signer.credential = {"test", ""};
}

Endpoint aws_endpoint(const std::string& region) {
  return {.tls = true,
          .host = fmt::format("kinesis.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : ""),
          .port = 443};
}

}  // namespace

Target find_target(const TargetOptions& options, const Environment& environment,
                   const std::string& otherwise) {
  const std::string named = first_of({options.profile.value_or(""), variable(environment, "AWS_PROFILE")});
  const Shared shared = read_profile(environment, named.empty() ? "default" : named);
  if (!named.empty() && !shared.credentials.exists() && !shared.config.exists()) {
    throw TargetError(
        fmt::format("There is no profile {} in AWS's shared files; name another with --profile.", named));
  }
  Target target;
  target.signer.region =
      first_of({options.region.value_or(""), variable(environment, "AWS_REGION"),
                variable(environment, "AWS_DEFAULT_REGION"), shared.config.value("region"), default_region});
  if (target.signer.region.find('/') != std::string::npos) {
    throw TargetError(fmt::format("{} is not a region; choose one such as us-east-1.", target.signer.region));
  }
  const std::string url =
      first_of({options.endpoint.value_or(""), variable(environment, "AWS_ENDPOINT_URL_KINESIS"),
                variable(environment, "AWS_ENDPOINT_URL"), shared.config.value("endpoint_url"), otherwise});
  if (url == "aws") {
    target.endpoint = aws_endpoint(target.signer.region);
  } else if (const auto endpoint = parse_endpoint(url)) {
    target.endpoint = *endpoint;
  } else {
    throw TargetError(fmt::format("{} is not an endpoint; choose a URL such as {}, or aws for AWS itself.",
                                  url, default_endpoint));
  }
  find_credentials(target.signer, environment, shared, options.profile.has_value(), target.endpoint.is_aws());
  const std::string bundle =
      first_of({options.ca_bundle.value_or(""), variable(environment, "AWS_CA_BUNDLE")});
  if (!bundle.empty()) target.trust.bundle = bundle;
  return target;
}

}  // namespace kinesisd::server::client
