#include "api/camera_news.h"

#include <utility>

#include "base/main_loop.h"

namespace fanlight::http {

void CameraNews::tell(const std::string& camera, WebSocket::Text text) {
  if (told_.empty()) return;
  std::uint64_t& number = numbers_[camera];
  items_.erase(std::exchange(number, ++last_number_));
  items_.emplace(number, Item{camera, std::move(text)});
  if (std::exchange(left_, told_.size()) > 0) return;
  post([this, alive = std::weak_ptr{alive_}] {
    if (!alive.expired()) tell_some();
  });
}

void CameraNews::forget() {
  items_.clear();
  numbers_.clear();
}

void CameraNews::tell_some() {
  for (std::size_t sent = 0; left_ > 0 && sent < kPerTurn; --left_) sent += tell_next();
  if (left_ > 0)
    return post([this, alive = std::weak_ptr{alive_}] {
      if (!alive.expired()) tell_some();
    });
  items_.clear();
  numbers_.clear();
}

/// How many messages it was told.
std::size_t CameraNews::tell_next() {
  if (told_.empty()) return 0;
  auto next = told_.upper_bound(last_);
  if (next == told_.end()) next = told_.begin();
  last_ = next->first;
  std::vector<const Item*> items;
  for (auto item = items_.upper_bound(next->second); item != items_.end(); ++item)
    items.push_back(&item->second);
  next->second = last_number_;
  if (!items.empty()) send_(last_, items);
  return items.size();
}

} // namespace fanlight::http
