#include "ssrc_choice.h"

#include <algorithm>
#include <utility>

namespace fanlight {

bool SsrcChoice::passes(std::uint32_t source) {
  if (chosen_ != source) return false;
  if (!held_.empty()) {
    dropped_ += held_.size();
    held_.clear();
  }
  return true;
}

std::vector<BufferRef> SsrcChoice::take(Packet packet) {
  const std::uint32_t source = packet.source;
  if (passes(source)) {
    std::vector<BufferRef> single;
    single.push_back(std::move(packet.buffer));
    return single;
  }
  if (chosen_ && !held_.empty() && held_.front().source != source) {
    dropped_ += held_.size();
    held_.clear();
  }
  held_.push_back(std::move(packet));
  if (is_enough(source) || held_.size() >= kMostHeld) return choose(source);
  return {};
}

bool SsrcChoice::is_enough(std::uint32_t source) const {
  const auto count = static_cast<std::size_t>(
      std::count_if(held_.begin(), held_.end(),
                    [source](const Packet& packet) { return packet.source == source; }));
  if (count < kEnough) return false;
  // Two sources may take turns frame by frame. Only a source that has begun another frame, while
  // nothing came of the chosen one, has replaced it.
  return !chosen_ || held_.front().timestamp != held_.back().timestamp;
}

std::vector<BufferRef> SsrcChoice::choose(std::uint32_t source) {
  chosen_ = source;
  std::vector<BufferRef> mine;
  for (Packet& packet : held_) {
    if (packet.source == source)
      mine.push_back(std::move(packet.buffer));
    else
      ++dropped_;
  }
  held_.clear();
  return mine;
}

void SsrcChoice::forget() {
  chosen_.reset();
  held_.clear();
}

} // namespace fanlight
