#include "webrtcfanout/viewers/registry.h"

namespace fanlight::fanout {

void Registry::add(const IceCredentials& ours, std::shared_ptr<Viewer> viewer,
                   std::vector<IceCredentials> theirs) {
  auto known = std::make_shared<const std::vector<IceCredentials>>(std::move(theirs));
  std::lock_guard lock(lock_);
  ufrags_[viewer].push_back(ours.ufrag);
  entries_[ours.ufrag] = {std::move(viewer), ours.password, ++generation_, std::move(known)};
}

bool Registry::renew(const IceCredentials& ours, const std::shared_ptr<Viewer>& viewer,
                     std::vector<IceCredentials> theirs) {
  auto known = std::make_shared<const std::vector<IceCredentials>>(std::move(theirs));
  std::lock_guard lock(lock_);
  const auto found = ufrags_.find(viewer);
  if (found == ufrags_.end()) return false;
  std::vector<std::string>& own = found->second;
  if (own.size() >= kMaxCredentials) {
    entries_.erase(own.front());
    own.erase(own.begin());
  }
  own.push_back(ours.ufrag);
  entries_[ours.ufrag] = {viewer, ours.password, ++generation_, std::move(known)};
  return true;
}

std::optional<Registry::Entry> Registry::find(std::string_view ufrag) const {
  std::lock_guard lock(lock_);
  const auto found = entries_.find(ufrag);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

bool Registry::remove(const std::shared_ptr<Viewer>& viewer) {
  std::lock_guard lock(lock_);
  const auto found = ufrags_.find(viewer);
  if (found == ufrags_.end()) return false;
  for (const std::string& ufrag : found->second) entries_.erase(ufrag);
  ufrags_.erase(found);
  return true;
}

bool Registry::has(const std::shared_ptr<Viewer>& viewer) const {
  std::lock_guard lock(lock_);
  return ufrags_.contains(viewer);
}

std::vector<std::shared_ptr<Viewer>> Registry::viewers() const {
  std::lock_guard lock(lock_);
  std::vector<std::shared_ptr<Viewer>> viewers;
  viewers.reserve(ufrags_.size());
  for (const auto& [viewer, ufrags] : ufrags_) viewers.push_back(viewer);
  return viewers;
}

std::size_t Registry::size() const {
  std::lock_guard lock(lock_);
  return ufrags_.size();
}

} // namespace fanlight::fanout
