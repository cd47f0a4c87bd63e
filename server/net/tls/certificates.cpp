#include "server/net/tls/certificates.hpp"

#include <fmt/core.h>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>

namespace kinesisd::server::tls {

namespace {

constexpr std::size_t serial_bytes = 16;
constexpr std::size_t common_name_max = 64;  // X.520's ub-common-name

using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using GeneralNamePtr = std::unique_ptr<GENERAL_NAME, Freed<GENERAL_NAME_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;

std::array<unsigned char, serial_bytes> random_serial() {
  std::array<unsigned char, serial_bytes> bytes{};
  require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())), "random number");
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3FU) | 0x40U);  // positive, and of full length
  return bytes;
}

void name_subject(X509_NAME* name, const std::string& common_name) {
  const auto add = [&](const char* field, const std::string& value) {
    require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(value.data()),
                                       static_cast<int>(value.size()), -1, 0),
            "subject of a certificate");
  };
  add("O", "kinesisd");
  add("CN", common_name);
}

void set_lifetime(X509& certificate, Second from, Second to) {
  require(ASN1_TIME_set(X509_getm_notBefore(&certificate), from.time_since_epoch().count()), "time");
  require(ASN1_TIME_set(X509_getm_notAfter(&certificate), to.time_since_epoch().count()), "time");
}

// A certificate with everything but its issuer, extensions and signature.
CertificatePtr begin(EVP_PKEY& key, const std::string& common_name,
                     const std::array<unsigned char, serial_bytes>& serial) {
  CertificatePtr out(require(X509_new(), "certificate"));
  require(X509_set_version(out.get(), X509_VERSION_3), "version");
  const NumberPtr number(require(BN_bin2bn(serial.data(), serial_bytes, nullptr), "serial number"));
  require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(out.get())), "serial number");
  name_subject(X509_get_subject_name(out.get()), common_name);
  require(X509_set_pubkey(out.get(), &key), "public key");
  return out;
}

struct Extension {
  int id;
  const char* value;  // as OpenSSL's configuration files spell it
};

template <std::size_t N>
void extend(X509& certificate, X509& issuer, const Extension (&extensions)[N]) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  for (const auto& [id, value] : extensions) {
    const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
        require(X509V3_EXT_conf_nid(nullptr, &context, id, value), value));
    require(X509_add_ext(&certificate, extension.get(), -1), value);
  }
}

void name_alternatives(X509& certificate, const std::vector<Name>& names) {
  const GeneralNamesPtr all(require(GENERAL_NAMES_new(), "names"));
  for (const Name& name : names) {
    const bool is_address = !name.address.empty();
    const std::string& bytes = is_address ? name.address : name.text;
    ASN1_STRING* text = require(ASN1_STRING_type_new(is_address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING),
                                "names of a certificate");
    GeneralNamePtr one(require(GENERAL_NAME_new(), "names of a certificate"));
    GENERAL_NAME_set0_value(one.get(), is_address ? GEN_IPADD : GEN_DNS, text);
    require(ASN1_STRING_set(text, bytes.data(), static_cast<int>(bytes.size())), "names of a certificate");
    require(sk_GENERAL_NAME_push(all.get(), one.get()), "names of a certificate");
    one.release();  // NOLINT(bugprone-unused-return-value): `all` owns it now
  }
  require(X509_add1_ext_i2d(&certificate, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT), "names");
}

BioPtr reader(std::string_view text) {
  return BioPtr(require(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), "memory"));
}

std::string written(BIO& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(&bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

BioPtr writer() {
  return BioPtr(require(BIO_new(BIO_s_mem()), "memory"));
}

// Nobody is there to be asked for a passphrase.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

KeyPtr make_key() {
  return KeyPtr(require(EVP_EC_gen("P-256"), "key"));
}

Identity make_authority(Second now) {
  Identity out{.key = make_key(), .certificate = nullptr};
  const auto serial = random_serial();
  // Its own name, so that those of two servers are told apart in a store that trusts both.
  out.certificate =
      begin(*out.key,
            fmt::format("kinesisd CA {:02x}{:02x}{:02x}{:02x}", serial[1], serial[2], serial[3], serial[4]),
            serial);
  X509& certificate = *out.certificate;
  set_lifetime(certificate, now - backdated, now + authority_lifetime);
  require(X509_set_issuer_name(&certificate, X509_get_subject_name(&certificate)), "issuer");
  extend(certificate, certificate,
         {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
          {NID_key_usage, "critical,keyCertSign,cRLSign"},
          {NID_subject_key_identifier, "hash"}});
  extend(certificate, certificate, {{NID_authority_key_identifier, "keyid:always"}});
  require(X509_sign(&certificate, out.key.get(), EVP_sha256()), "signature");
  return out;
}

CertificatePtr make_leaf(const Identity& authority, EVP_PKEY& key, const std::vector<Name>& names,
                         Second now) {
  const std::string& first = names.front().text;
  CertificatePtr out = begin(key, first.size() <= common_name_max ? first : "kinesisd", random_serial());
  set_lifetime(*out, now - backdated, now + leaf_lifetime);
  require(X509_set_issuer_name(out.get(), X509_get_subject_name(authority.certificate.get())), "issuer");
  extend(*out, *authority.certificate,
         {{NID_basic_constraints, "critical,CA:FALSE"},
          {NID_key_usage, "critical,digitalSignature"},
          {NID_ext_key_usage, "serverAuth"},
          {NID_subject_key_identifier, "hash"},
          {NID_authority_key_identifier, "keyid:always"}});
  name_alternatives(*out, names);
  require(X509_sign(out.get(), authority.key.get(), EVP_sha256()), "signature");
  return out;
}

bool valid_until(X509& certificate, Second time) {
  std::time_t seconds = time.time_since_epoch().count();
  return X509_cmp_time(X509_get0_notAfter(&certificate), &seconds) > 0;
}

std::string pem(X509& certificate) {
  const BioPtr bio = writer();
  require(PEM_write_bio_X509(bio.get(), &certificate), "PEM");
  return written(*bio);
}

std::string pem(EVP_PKEY& key) {
  const BioPtr bio = writer();
  require(PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr), "PEM");
  return written(*bio);
}

KeyPtr read_key(std::string_view text) {
  KeyPtr key(PEM_read_bio_PrivateKey(reader(text).get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return key;
}

std::vector<CertificatePtr> read_certificates(std::string_view text) {
  std::vector<CertificatePtr> out;
  const BioPtr bio = reader(text);
  while (auto* one = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)) out.emplace_back(one);
  ERR_clear_error();
  return out;
}

bool belong_together(const Identity& identity) {
  const bool same = X509_check_private_key(identity.certificate.get(), identity.key.get()) == 1;
  ERR_clear_error();
  return same;
}

}  // namespace kinesisd::server::tls
