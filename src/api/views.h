#pragma once

#include <vector>

#include "cameras/camera_info.h"
#include "config/config.h"
#include "http/json.h"
#include "http/problem.h"
#include "session/session.h"

/// Cameras and sessions as the API shows them.
namespace fanlight::http {
namespace json {

/// The members of the camera object and of the session object of docs/signalling.md.
void write_members(Writer& json, const cameras::CameraInfo& camera);
void write_members(Writer& json, const session::Info& session);
/// The member `ice_servers`, a list of RTCIceServer.
void write_ice_servers(Writer& json, const std::vector<config::IceServer>& servers);

} // namespace json

/// Why a session ended before its answer.
Problem problem_of(const session::CloseReason& reason);

} // namespace fanlight::http
