#include "server/net/tls/files.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace kinesisd::server::tls {

namespace {

constexpr std::size_t file_bytes_max = 1U << 20;
constexpr mode_t for_all = 0644;
constexpr mode_t for_owner = 0600;
// A CA this near its end is replaced at start.
constexpr std::chrono::hours renewed_before_end{30 * 24};

std::string reason() {
  return std::system_category().message(errno);
}

struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

// nullopt, with errno set: it cannot be read.
std::optional<std::string> read_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number < 0) return std::nullopt;
  std::string bytes(file_bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t more = ::read(file.number, bytes.data() + size, bytes.size() - size);
    if (more < 0) return std::nullopt;
    if (more == 0) break;
    size += static_cast<std::size_t>(more);
  }
  if (size > file_bytes_max) {
    errno = EFBIG;
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

bool write_all(int file, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t size = ::write(file, bytes.data() + done, bytes.size() - done);
    if (size < 0) return false;
    done += static_cast<std::size_t>(size);
  }
  return true;
}

// Whole or not at all. False, with errno set: not at all.
bool write_file(const std::string& path, const std::string& bytes, mode_t mode) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());  // left by a process that was killed
  const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.number < 0) return false;
  // What only the owner may read is not to be had again; the rest is written at the next start.
  if (write_all(file.number, bytes) && (mode != for_owner || ::fsync(file.number) == 0) &&
      std::rename(fresh.c_str(), path.c_str()) == 0)
    return true;
  const int why = errno;
  ::unlink(fresh.c_str());
  errno = why;
  return false;
}

std::string absolute(const std::string& path) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  return error ? path : whole.string();
}

void write_certificate(Authority& authority, const std::string& database) {
  const std::string path = absolute(database + "-ca.pem");
  const std::string text = pem(*authority.identity.certificate);
  if (read_file(path) == text || write_file(path, text, for_all)) {
    authority.file = path;
  } else {
    authority.warning = fmt::format(
        "Cannot write {}: {}; clients find the CA's certificate at /_kinesisd/ca.pem.", path, reason());
  }
}

// What an older version or a copy has left for others to read. Gives what stands in the way; empty: nothing.
std::string keep_from_others(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
  return ::chmod(path.c_str(), for_owner) == 0 ? std::string() : reason();
}

// nullopt: there is no file.
std::optional<Identity> read_authority(const std::string& path) {
  const auto text = read_file(path);
  if (!text) {
    if (errno == ENOENT) return std::nullopt;
    throw TlsError(fmt::format(
        "{} cannot be read: {}; let this user read it, or name another file with --db.", path, reason()));
  }
  Identity out{.key = read_key(*text), .certificate = nullptr};
  auto certificates = read_certificates(*text);
  if (certificates.size() == 1) out.certificate = std::move(certificates.front());
  if (out.key == nullptr || out.certificate == nullptr || !belong_together(out)) {
    throw TlsError(fmt::format(
        "{} is not what was written there; restore a copy of it, or move it away for a new CA, which clients "
        "must then trust.",
        path));
  }
  return out;
}

// `given`: the file as the user named it.
std::string read_given(const std::string& given, const std::string& path) {
  auto text = read_file(path);
  if (!text) throw TlsError(fmt::format("{} cannot be read: {}; name a file in PEM form.", given, reason()));
  return *std::move(text);
}

}  // namespace

Chain read_chain(const std::string& certificate_file, const std::string& key_file,
                 const ChainSettings& settings) {
  const std::string certificate = settings.certificate + certificate_file;
  const std::string key = settings.key + key_file;
  auto certificates = read_certificates(read_given(certificate, certificate_file));
  if (certificates.empty()) {
    throw TlsError(fmt::format(
        "{} has no certificate in PEM form; name a file that begins with the server's own.", certificate));
  }
  Chain out;
  out.identity.key = read_key(read_given(key, key_file));
  if (out.identity.key == nullptr) {
    throw TlsError(fmt::format(
        "{} has no key in PEM form; name a file with the private key, without a passphrase.", key));
  }
  out.identity.certificate = std::move(certificates.front());
  for (std::size_t i = 1; i < certificates.size(); ++i) out.issuers.push_back(std::move(certificates[i]));
  if (!belong_together(out.identity)) {
    throw TlsError(certificate == key
                       ? fmt::format("The key in {} is not that of its first certificate; name a file in "
                                     "which they belong together.",
                                     key)
                       : fmt::format("{} is not the key of the first certificate in {}; name two files that "
                                     "belong together.",
                                     key, certificate));
  }
  return out;
}

Authority keep_authority(const std::string& database, Second now, const MakeAuthority& make) {
  const std::string path = database + "-ca.key";
  Authority out;
  std::optional<Identity> kept = read_authority(path);
  if (kept && valid_until(*kept->certificate, now + renewed_before_end)) {
    out.identity = *std::move(kept);
    if (const std::string why = keep_from_others(path); !why.empty())
      out.warning = fmt::format(
          "Others may read {}, and its mode cannot be changed: {}; run chmod 600 on it as its owner.", path,
          why);
  } else {
    out.identity = make();
    if (!write_file(path, pem(*out.identity.key) + pem(*out.identity.certificate), for_owner)) {
      out.warning = fmt::format("Cannot write {}: {}; the next start will have another CA.", path, reason());
    }
  }
  write_certificate(out, database);
  return out;
}

Authority temporary_authority(const std::string& database, Identity made) {
  Authority out{.identity = std::move(made)};
  write_certificate(out, database);
  return out;
}

}  // namespace kinesisd::server::tls
