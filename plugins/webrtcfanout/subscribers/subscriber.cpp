#include "webrtcfanout/subscribers/subscriber.h"

#include <algorithm>

namespace fanlight::fanout {

Subscriber::Subscriber(Settings settings) : settings_(std::move(settings)) {
  for (const Media& media : settings_.media) streams_.push_back(media.stream);
}

bool Subscriber::gets(const RtpStream& stream) const {
  std::lock_guard lock(lock_);
  return std::any_of(streams_.begin(), streams_.end(),
                     [&](const auto& chosen) { return chosen.get() == &stream; });
}

const char* to_string(Subscriber::State state) {
  switch (state) {
  case Subscriber::State::waiting: return "waiting";
  case Subscriber::State::connecting: return "connecting";
  case Subscriber::State::connected: return "connected";
  case Subscriber::State::disconnected: return "disconnected";
  case Subscriber::State::failed: return "failed";
  case Subscriber::State::closed: return "closed";
  }
  return "closed";
}

} // namespace fanlight::fanout
