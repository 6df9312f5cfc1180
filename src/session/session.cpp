#include "session/session.h"

namespace fanlight::session {

const char* to_string(State state) {
  switch (state) {
  case State::waiting: return "waiting";
  case State::connecting: return "connecting";
  case State::connected: return "connected";
  case State::disconnected: return "disconnected";
  case State::closed: return "closed";
  }
  return "closed";
}

} // namespace fanlight::session
