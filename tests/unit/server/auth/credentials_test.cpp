#include "server/auth/credentials.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace kinesisd::server {

namespace {

std::string refusal(const std::string& text) {
  try {
    parse_credentials(text, "FILE");
  } catch (const CredentialsError& refused) {
    return refused.what();
  }
  return "nothing was wrong";
}

// A file that is gone after the test.
struct File {
  std::string path =
      (std::filesystem::temp_directory_path() / ("kinesisd_credentials_" + std::to_string(::getpid())))
          .string();

  explicit File(const std::string& text) { std::ofstream(path) << text; }
  ~File() { std::remove(path.c_str()); }
};

std::string refusal_to_read(const std::string& path) {
  try {
    read_credentials(path);
  } catch (const CredentialsError& refused) {
    return refused.what();
  }
  return "nothing was wrong";
}

}  // namespace

TEST_CASE("A file of AWS credentials is read with all that may stand in it") {
  const Credentials credentials = parse_credentials(
      "\xEF\xBB\xBF# mine\r\n"
      "; and yours\n"
      "[default]   # whose else\n"
      "aws_access_key_id = AKID1\r\n"
      "aws_secret_access_key=se/cr+et#1;=  ; as made\n"
      "region = us-east-1\n"
      "\n"
      "[ ci ]\n"
      "  aws_session_token = token==\n"
      "  aws_access_key_id = ASIA2\n"
      "  aws_secret_access_key = secret2\n"
      "[role]\n"
      "role_arn = arn:aws:iam::123456789012:role/r\n"
      "[again]\n"
      "aws_access_key_id = AKID1\n"
      "aws_secret_access_key = se/cr+et#1;=",
      "FILE");
  CHECK(credentials.size() == 2);
  REQUIRE(credentials.find("AKID1") != nullptr);
  CHECK(*credentials.find("AKID1") == Credential{"se/cr+et#1;=", ""});
  REQUIRE(credentials.find("ASIA2") != nullptr);
  CHECK(*credentials.find("ASIA2") == Credential{"secret2", "token=="});
  CHECK(credentials.find("AKID") == nullptr);
  CHECK(credentials.find("") == nullptr);
}

TEST_CASE("A file that cannot be meant is refused with one sentence") {
  struct Row {
    const char* why;
    std::string text;
    std::string expected;
  };
  const std::string none =
      "FILE has no profile with aws_access_key_id and aws_secret_access_key; add one, or start without "
      "--credentials to let everybody in.";
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing in it", "", none},
      {"no keys", "[default]\nregion = us-east-1\n", none},
      {"a key alone", "[a]\n\naws_access_key_id = K\n[b]\naws_access_key_id = L\naws_secret_access_key = s\n",
       "FILE, line 3: [a] has aws_access_key_id but no aws_secret_access_key; add it or remove the profile."},
      {"a secret alone", "[a]\naws_secret_access_key = s",
       "FILE, line 2: [a] has aws_secret_access_key but no aws_access_key_id; add it or remove the profile."},
      {"two secrets for a key",
       "[a]\naws_access_key_id = K\naws_secret_access_key = s\n"
       "[b]\naws_access_key_id = K\naws_secret_access_key = t\n",
       "FILE, line 5: K has another secret or session token in a profile before; keep one of them."},
      {"a setting twice", "[a]\naws_access_key_id = K\naws_access_key_id = L\n",
       "FILE, line 3: aws_access_key_id stands in line 2 of [a] already; remove one."},
      {"an empty value", "[a]\naws_access_key_id =   # to come\n",
       "FILE, line 2: aws_access_key_id has no value; give it one or remove the line."},
      {"no profile", "# mine\naws_access_key_id = K\n",
       "FILE, line 2: there is no profile yet; put a line such as [default] before it."},
      {"half a bracket", "[default\n", "FILE, line 1: the name of a profile has no closing bracket; add it."},
      {"another kind of file", "{\"Version\": 1}\n",
       "FILE, line 1: neither a [profile] nor a setting with its value behind an equals sign; correct it."},
  }));
  CAPTURE(row.why);
  CHECK(refusal(row.text) == row.expected);
}

TEST_CASE("Only a readable file of a size that makes sense is read") {
  const std::string profile = "[a]\naws_access_key_id = K\naws_secret_access_key = s\n";
  CHECK_THAT(
      refusal_to_read("/no/such/file"),
      Catch::Equals("/no/such/file cannot be read; name a file of AWS credentials with --credentials, and "
                    "one that may be read."));
  CHECK_THAT(refusal_to_read("/"), Catch::StartsWith("/ cannot be read; "));
  {
    const File file(profile + std::string(credentials_file_bytes_max - profile.size(), '#'));
    CHECK(read_credentials(file.path).size() == 1);
  }
  const File file(profile + std::string(credentials_file_bytes_max, '#'));
  CHECK_THAT(
      refusal_to_read(file.path),
      Catch::EndsWith(" is larger than 1048576 bytes; name a file of AWS credentials with --credentials."));
}

}  // namespace kinesisd::server
