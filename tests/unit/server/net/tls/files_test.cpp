#include "server/net/tls/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace kinesisd::server::tls;
using namespace std::chrono_literals;

namespace {

constexpr Second now{1'800'000'000s};

// Gone after the test.
class Folder {
 public:
  Folder() { REQUIRE(::mkdtemp(path_.data()) != nullptr); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "kinesisd_files_test_XXXXXX").string();
};

Authority kept(const std::string& database, Second at) {
  return keep_authority(database, at, [at] { return make_authority(at); });
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}
std::string text_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}
unsigned mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777U;
}

template <class F>
std::string refusal(F open) {
  try {
    open();
  } catch (const TlsError& error) {
    return error.what();
  }
  return "taken";
}

}  // namespace

TEST_CASE("The CA of a database stays the same, and its key is for the owner alone") {
  const Folder folder;
  const std::string database = folder / "data.db";
  const Authority first = kept(database, now);
  CHECK(first.warning.empty());
  CHECK(first.file == database + "-ca.pem");
  CHECK(text_of(first.file) == pem(*first.identity.certificate));
  CHECK(mode_of(database + "-ca.key") == 0600);
  CHECK((mode_of(first.file) & 0444U) == 0444);

  std::filesystem::remove(first.file);
  const Authority second = kept(database, now + 24h);
  CHECK(pem(*second.identity.certificate) == pem(*first.identity.certificate));
  CHECK(text_of(second.file) == pem(*first.identity.certificate));
  CHECK(belong_together(second.identity));
}

TEST_CASE("A CA near its end is replaced") {
  const Folder folder;
  const Authority first = kept(folder / "data.db", now);
  const Authority second = kept(folder / "data.db", now + authority_lifetime - 29 * 24h);
  CHECK(pem(*second.identity.certificate) != pem(*first.identity.certificate));
  CHECK(text_of(second.file) == pem(*second.identity.certificate));
}

TEST_CASE("A CA's file that is not what was written is refused and left alone") {
  const Folder folder;
  const std::string database = folder / "data.db";
  const std::string file = database + "-ca.key";
  kept(database, now);
  const std::string whole = text_of(file);
  const std::string other = pem(*make_key());
  const auto text = GENERATE_COPY(values<std::string>({"", "nonsense", whole.substr(0, whole.size() / 2),
                                                       other + whole.substr(whole.find("-----BEGIN CERT"))}));
  write(file, text);
  CHECK(refusal([&] { kept(database, now); }) ==
        file +
            " is not what was written there; restore a copy of it, or move it away for a new CA, which "
            "clients must then trust.");
  CHECK(text_of(file) == text);
}

TEST_CASE("A CA's file that cannot be read is refused with another remedy, for it may be sound") {
  const Folder folder;
  const std::string file = folder / "data.db-ca.key";
  std::filesystem::create_directory(file);
  CHECK(refusal([&] { kept(folder / "data.db", now); }) ==
        file + " cannot be read: Is a directory; let this user read it, or name another file with --db.");
}

TEST_CASE("A CA's file that others may read is kept from them") {
  const Folder folder;
  const std::string database = folder / "data.db";
  kept(database, now);
  REQUIRE(::chmod((database + "-ca.key").c_str(), 0644) == 0);
  CHECK(kept(database, now).warning.empty());
  CHECK(mode_of(database + "-ca.key") == 0600);
}

TEST_CASE("A CA that cannot be written serves all the same, with a warning") {
  const Authority authority = kept("/no/such/folder/data.db", now);
  CHECK(authority.file.empty());
  CHECK(belong_together(authority.identity));
  CHECK_THAT(authority.warning, Catch::StartsWith("Cannot write /no/such/folder/data.db-ca."));
}

TEST_CASE("A temporary CA leaves its certificate alone") {
  const Folder folder;
  const Authority authority = temporary_authority(folder / "data.db", make_authority(now));
  CHECK(text_of(authority.file) == pem(*authority.identity.certificate));
  CHECK_FALSE(std::filesystem::exists(folder / "data.db-ca.key"));
}

TEST_CASE("The user's certificate comes with its issuers and must fit its key") {
  const Folder folder;
  const Identity authority = make_authority(now);
  const KeyPtr key = make_key();
  const CertificatePtr leaf = make_leaf(authority, *key, {{"a.test"}}, now);
  const std::string cert = folder / "cert.pem";
  const std::string key_file = folder / "key.pem";
  write(cert, pem(*leaf) + pem(*authority.certificate));
  write(key_file, pem(*key));

  const Chain chain = read_chain(cert, key_file);
  CHECK(pem(*chain.identity.certificate) == pem(*leaf));
  REQUIRE(chain.issuers.size() == 1);
  CHECK(pem(*chain.issuers[0]) == pem(*authority.certificate));

  write(folder / "other.pem", pem(*make_key()));
  CHECK(refusal([&] { read_chain(cert, folder / "other.pem"); }) ==
        "--tls-key " + (folder / "other.pem") + " is not the key of the first certificate in --tls-cert " +
            cert + "; name two files that belong together.");
  CHECK(refusal([&] { read_chain(folder / "none", key_file); }) ==
        "--tls-cert " + (folder / "none") +
            " cannot be read: No such file or directory; name a file in PEM form.");
  CHECK(refusal([&] { read_chain(cert, folder / ""); }) ==
        "--tls-key " + (folder / "") + " cannot be read: Is a directory; name a file in PEM form.");
  CHECK(refusal([&] { read_chain(key_file, key_file); }) ==
        "--tls-cert " + key_file +
            " has no certificate in PEM form; name a file that begins with the server's own.");
  CHECK(refusal([&] { read_chain(cert, cert); }) ==
        "--tls-key " + cert +
            " has no key in PEM form; name a file with the private key, without a passphrase.");
}
