#include "server/auth/credentials.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

namespace kinesisd::server {

namespace {

constexpr std::string_view blank = " \t\r";
constexpr std::string_view comment_marks = "#;";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// Up to a comment: a mark at the beginning or behind a blank. Within a word it belongs to the word.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool marked = comment_marks.find(line[i]) != std::string_view::npos;
    if (marked && (i == 0 || blank.find(line[i - 1]) != std::string_view::npos)) return line.substr(0, i);
  }
  return line;
}

// A value and the line it stands in; 0: it does not stand there.
struct Value {
  std::string text;
  int line = 0;
};

struct Profile {
  std::string name;
  Value key;
  Value secret;
  Value session_token;
};

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  Credentials read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++line_;
      read_line(trimmed(without_comment(text.substr(0, end))));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    finish_profile();
    if (known_.empty()) {
      throw CredentialsError(fmt::format(
          "{} has no profile with aws_access_key_id and aws_secret_access_key; add one, or start without "
          "--credentials to let everybody in.",
          file_));
    }
    return Credentials(std::move(known_));
  }

 private:
  [[noreturn]] void refuse(int line, const std::string& what) const {
    throw CredentialsError(fmt::format("{}, line {}: {}.", file_, line, what));
  }

  void read_line(std::string_view line) {
    if (line.empty()) return;
    if (line.front() == '[') {
      if (line.back() != ']') refuse(line_, "the name of a profile has no closing bracket; add it");
      finish_profile();
      profile_ = Profile{.name = std::string(trimmed(line.substr(1, line.size() - 2))),
                         .key = {},
                         .secret = {},
                         .session_token = {}};
      return;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      refuse(line_, "neither a [profile] nor a setting with its value behind an equals sign; correct it");
    }
    if (!profile_) refuse(line_, "there is no profile yet; put a line such as [default] before it");
    read_setting(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
  }

  void read_setting(std::string_view name, std::string_view value) {
    Value* into = name == "aws_access_key_id"       ? &profile_->key
                  : name == "aws_secret_access_key" ? &profile_->secret
                  : name == "aws_session_token"     ? &profile_->session_token
                                                    : nullptr;
    if (into == nullptr) return;
    if (into->line != 0) {
      refuse(line_, fmt::format("{} stands in line {} of [{}] already; remove one", name, into->line,
                                profile_->name));
    }
    if (value.empty()) refuse(line_, fmt::format("{} has no value; give it one or remove the line", name));
    *into = {std::string(value), line_};
  }

  void finish_profile() {
    if (!profile_) return;
    const Profile profile = *std::exchange(profile_, std::nullopt);
    const bool has_key = profile.key.line != 0;
    const bool has_secret = profile.secret.line != 0;
    if (!has_key && !has_secret) return;
    if (!has_secret) {
      refuse(
          profile.key.line,
          fmt::format("[{}] has aws_access_key_id but no aws_secret_access_key; add it or remove the profile",
                      profile.name));
    }
    if (!has_key) {
      refuse(
          profile.secret.line,
          fmt::format("[{}] has aws_secret_access_key but no aws_access_key_id; add it or remove the profile",
                      profile.name));
    }
    const Credential credential{profile.secret.text, profile.session_token.text};
    const auto [other, is_new] = known_.emplace(profile.key.text, credential);
    if (!is_new && other->second != credential) {
      refuse(profile.key.line,
             fmt::format("{} has another secret or session token in a profile before; keep one "
                         "of them",
                         profile.key.text));
    }
  }

  const std::string& file_;
  int line_ = 0;
  std::optional<Profile> profile_;
  Credentials::ByAccessKey known_;
};

}  // namespace

Credentials parse_credentials(std::string_view text, const std::string& file) {
  return Reader(file).read(text);
}

Credentials read_credentials(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(credentials_file_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof())) {
    throw CredentialsError(fmt::format(
        "{} cannot be read; name a file of AWS credentials with --credentials, and one that may be read.",
        file));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > credentials_file_bytes_max) {
    throw CredentialsError(
        fmt::format("{} is larger than {} bytes; name a file of AWS credentials with "
                    "--credentials.",
                    file, credentials_file_bytes_max));
  }
  return parse_credentials(text, file);
}

}  // namespace kinesisd::server
