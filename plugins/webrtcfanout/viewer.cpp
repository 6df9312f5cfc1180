#include "viewer.h"

namespace fanlight::fanout {

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
