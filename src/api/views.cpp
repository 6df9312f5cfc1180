#include "api/views.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace fanlight::http {
namespace json {
namespace {

/// What a camera says of its best stream, and each stream of itself.
void write_state(Writer& json, const cameras::StreamInfo& stream) {
  json.member("url", stream.url);
  json.member("state", stream.state);
  json.member("reason", stream.reason);
  json.member("state_age_ms", stream.state_age_ms);
  json.member("key_frame_wait_ms", stream.key_frame_wait_ms);
  json.member("retry_in_ms", stream.retry_in_ms);
  json.member("video_codec", stream.video_codec);
  json.member("audio_codec", stream.audio_codec);
  json.member("audio_note", stream.audio_note);
  json.member("width", stream.width);
  json.member("height", stream.height);
  json.member("fps", stream.fps);
  json.member("bitrate", stream.bitrate);
  json.member("packets", stream.access_units);
  json.member("bytes", stream.bytes);
  json.member("reconnects", stream.reconnects);
  json.member("cached_bytes", stream.cached_bytes);
}

void write_stream(Writer& json, const cameras::StreamInfo& stream) {
  json.member("id", stream.id);
  json.member("pull", stream.pull);
  write_state(json, stream);
  json.member("access_units", stream.access_units);
  json.member("viewers", stream.viewers);
  json.member("gop_frames", stream.gop_frames);
  json.member("gop_ms", stream.gop_ms);
  json.member("last_key_frame_ms", stream.last_key_frame_ms);
  json.member("b_frames", stream.b_frames);
  json.member("packets_lost", stream.packets_lost);
  json.member("jitter_ms", stream.jitter_ms);
  json.member("timestamp_jumps", stream.timestamp_jumps);
  json.member("timestamp_standstills", stream.timestamp_standstills);
  json.member("parameter_changes", stream.parameter_changes);
}

} // namespace

void write_members(Writer& json, const cameras::CameraInfo& camera) {
  json.member("id", camera.id);
  json.member("name", camera.name);
  json.array("groups", [&] {
    for (const std::string& group : camera.groups) json.element(group);
  });
  write_state(json, camera.best);
  json.member("viewers", camera.viewers);
  json.array("streams", [&] {
    for (const cameras::StreamInfo& stream : camera.streams)
      json.object([&] { write_stream(json, stream); });
  });
}

void write_members(Writer& json, const session::Info& session) {
  json.member("id", session.id);
  json.member("camera", session.camera);
  json.member("state", session::to_string(session.state));
  json.member("transport", session.transport);
  json.member("transport_reason", session.transport_reason);
  json.member("signalling", session.signalling);
  json.member("remote_address", session.remote_address);
  json.member("video_codec", session.video_codec);
  json.member("audio_codec", session.audio_codec);
  json.member("codec_reason", session.codec_reason);
  json.member("stream", session.stream);
  json.member("stream_reason", session.stream_reason);
  json.member("age_ms", session.age_ms);
  json.member("packets_sent", session.packets_sent);
  json.member("bytes_sent", session.bytes_sent);
  json.member("packets_lost", session.packets_lost);
  json.member("rtt_ms", session.rtt_ms);
  json.member("nack_count", session.nack_count);
  json.member("pli_count", session.pli_count);
  json.member("groups_dropped", session.groups_dropped);
  json.member("estimate", session.estimate);
  json.member("candidate", session.candidate);
}

void write_ice_servers(Writer& json, const std::vector<config::IceServer>& servers) {
  json.array("ice_servers", [&] {
    for (const config::IceServer& server : servers)
      json.object([&] {
        json.array("urls", [&] {
          for (const std::string& url : server.urls) json.element(url);
        });
        if (!server.username.empty()) json.member("username", server.username);
        if (!server.credential.empty()) json.member("credential", server.credential);
      });
  });
}

} // namespace json

Problem problem_of(const session::CloseReason& reason) {
  constexpr std::array<std::pair<std::string_view, Failure>, 9> kFailures{{
      {"no_common_codec", Failure::no_common_codec},
      {"bad_offer", Failure::invalid},
      {"busy", Failure::busy},
      {"unknown_stream", Failure::unknown_stream},
      {"camera_changed", Failure::camera_changed},
      {"camera_removed", Failure::not_found},
      {"camera_unavailable", Failure::unavailable},
      {"timeout", Failure::unavailable},
      {"shutting_down", Failure::unavailable},
  }};
  const auto found = std::find_if(kFailures.begin(), kFailures.end(),
                                  [&](const auto& row) { return row.first == reason.code; });
  return {found == kFailures.end() ? Failure::internal : found->second, reason};
}

} // namespace fanlight::http
