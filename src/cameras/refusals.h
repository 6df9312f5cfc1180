#pragma once

#include <string>

#include "base/result.h"

/// What more than one part of the service answers about cameras.
namespace fanlight::cameras {

inline Error no_camera(const std::string& id) {
  return {Errc::not_found,
          Reason{"unknown_camera"_reason, "there is no camera '{camera}'", {{"camera", id}}}};
}

/// A name that cannot be an id is not repeated.
inline Error no_such_camera() {
  return {Errc::not_found, Reason{"no_such_camera"_reason, "there is no such camera"}};
}
inline Error no_such_stream() {
  return {Errc::no_stream, Reason{"no_such_stream"_reason, "there is no such stream"}};
}

inline Error shutting_down() {
  return {Errc::unavailable, Reason{"shutting_down"_reason, "the server is shutting down"}};
}

} // namespace fanlight::cameras
