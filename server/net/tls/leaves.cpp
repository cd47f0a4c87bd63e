#include "server/net/tls/leaves.hpp"

#include <algorithm>
#include <utility>

namespace kinesisd::server::tls {

namespace {

CertificatePtr share(const CertificatePtr& certificate) {
  X509_up_ref(certificate.get());
  return CertificatePtr(certificate.get());
}

}  // namespace

Leaves::Leaves(Identity authority, std::vector<Name> names, std::size_t kept_max)
    : authority_(std::move(authority)), names_(std::move(names)), kept_max_(kept_max) {}

CertificatePtr Leaves::certificate_for(const std::string& host_name, Second now) {
  // All certificates have these names.
  const bool has_it = std::find(names_.begin(), names_.end(), Name{host_name}) != names_.end();
  const std::string& key = has_it ? std::string() : host_name;
  std::lock_guard lock(mutex_);
  if (const auto found = leaves_.find(key); found != leaves_.end()) {
    if (now - found->second.made < signed_anew_after) return share(found->second.certificate);
    order_.erase(found->second.place);
    leaves_.erase(found);
  }
  if (key_ == nullptr) key_ = make_key();
  CertificatePtr made = sign(key, now);
  if (leaves_.size() >= kept_max_) {
    leaves_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(key);
  leaves_.emplace(key, Leaf{share(made), now, std::prev(order_.end())});
  return made;
}

std::size_t Leaves::kept() const {
  std::lock_guard lock(mutex_);
  return leaves_.size();
}

CertificatePtr Leaves::sign(const std::string& host_name, Second now) const {
  std::vector<Name> names;
  if (!host_name.empty()) names.push_back({host_name});
  names.insert(names.end(), names_.begin(), names_.end());
  return make_leaf(authority_, *key_, names, now);
}

}  // namespace kinesisd::server::tls
