#include "webrtcfanout/viewers/viewer.h"

#include <algorithm>

namespace fanlight::fanout {

Viewer::Viewer(Settings settings) : settings_(std::move(settings)) {
  for (const Media& media : settings_.media) streams_.push_back(media.stream);
}

bool Viewer::gets(const Stream& stream) const {
  std::lock_guard lock(lock_);
  return std::any_of(streams_.begin(), streams_.end(),
                     [&](const auto& chosen) { return chosen.get() == &stream; });
}

const char* to_string(Viewer::State state) {
  switch (state) {
  case Viewer::State::waiting: return "waiting";
  case Viewer::State::connecting: return "connecting";
  case Viewer::State::connected: return "connected";
  case Viewer::State::disconnected: return "disconnected";
  case Viewer::State::failed: return "failed";
  case Viewer::State::closed: return "closed";
  }
  return "closed";
}

} // namespace fanlight::fanout
