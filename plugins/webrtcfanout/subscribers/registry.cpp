#include "webrtcfanout/subscribers/registry.h"

namespace fanlight::fanout {

void Registry::add(const IceCredentials& ours, std::shared_ptr<Subscriber> subscriber,
                   std::vector<IceCredentials> theirs) {
  auto known = std::make_shared<const std::vector<IceCredentials>>(std::move(theirs));
  std::lock_guard lock(lock_);
  ufrags_[subscriber].push_back(ours.ufrag);
  entries_[ours.ufrag] = {std::move(subscriber), ours.password, ++generation_, std::move(known)};
}

bool Registry::renew(const IceCredentials& ours, const std::shared_ptr<Subscriber>& subscriber,
                     std::vector<IceCredentials> theirs) {
  auto known = std::make_shared<const std::vector<IceCredentials>>(std::move(theirs));
  std::lock_guard lock(lock_);
  const auto found = ufrags_.find(subscriber);
  if (found == ufrags_.end()) return false;
  std::vector<std::string>& own = found->second;
  if (own.size() >= kMaxCredentials) {
    entries_.erase(own.front());
    own.erase(own.begin());
  }
  own.push_back(ours.ufrag);
  entries_[ours.ufrag] = {subscriber, ours.password, ++generation_, std::move(known)};
  return true;
}

std::optional<Registry::Entry> Registry::find(std::string_view ufrag) const {
  std::lock_guard lock(lock_);
  const auto found = entries_.find(ufrag);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

bool Registry::remove(const std::shared_ptr<Subscriber>& subscriber) {
  std::lock_guard lock(lock_);
  const auto found = ufrags_.find(subscriber);
  if (found == ufrags_.end()) return false;
  for (const std::string& ufrag : found->second) entries_.erase(ufrag);
  ufrags_.erase(found);
  return true;
}

bool Registry::has(const std::shared_ptr<Subscriber>& subscriber) const {
  std::lock_guard lock(lock_);
  return ufrags_.contains(subscriber);
}

std::vector<std::shared_ptr<Subscriber>> Registry::subscribers() const {
  std::lock_guard lock(lock_);
  std::vector<std::shared_ptr<Subscriber>> subscribers;
  subscribers.reserve(ufrags_.size());
  for (const auto& [subscriber, ufrags] : ufrags_) subscribers.push_back(subscriber);
  return subscribers;
}

std::size_t Registry::size() const {
  std::lock_guard lock(lock_);
  return ufrags_.size();
}

} // namespace fanlight::fanout
