#include "http/accept_queue.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace fanlight::http {

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

int Descriptor::release() { return std::exchange(fd_, -1); }

void AcceptQueue::push(Waiting waiting) {
  const std::string network = waiting.network;
  auto& waits = by_network_[network];
  if (waits.empty()) turns_.push_back(network);
  waits.push_back(std::move(waiting));
  if (++size_ <= most_) return;
  const auto longest = std::ranges::max_element(
      by_network_, {}, [](const auto& entry) { return entry.second.size(); });
  longest->second.pop_back();
  --size_;
  if (!longest->second.empty()) return;
  std::erase(turns_, longest->first);
  by_network_.erase(longest);
}

std::optional<AcceptQueue::Waiting> AcceptQueue::pop() {
  if (turns_.empty()) return {};
  const std::string network = std::move(turns_.front());
  turns_.pop_front();
  const auto waits = by_network_.find(network);
  Waiting first = std::move(waits->second.front());
  waits->second.pop_front();
  --size_;
  if (waits->second.empty())
    by_network_.erase(waits);
  else
    turns_.push_back(network);
  return first;
}

} // namespace fanlight::http
