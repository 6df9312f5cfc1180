#include "session/transports.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "gst/teardown.h"
#include "webrtc/fanout.h"
#include "webrtc/webrtcbin_transport.h"

namespace fanlight::session {

Result<std::unique_ptr<Transports>> Transports::create(const config::Config& config) {
  std::unique_ptr<Transports> transports{new Transports(config.webrtc)};
  // Without this check, GLib and GStreamer could abort the process while it starts.
  if (auto room = Reservation::take(server_room(config.webrtc.workers), {},
                                    {"for_server"_reason, "the server itself"});
      !room)
    return Error{Errc::unavailable, static_cast<const Reason&>(room.error())};
  if (auto prepared = transports->prepare(config.cameras); !prepared) return prepared.error();
  // A port in use must be reported now, not to the user who adds the first camera.
  if (config.cameras.empty() && config.webrtc.transport != config::ViewerTransport::webrtcbin)
    if (auto opened = transports->open_port(); !opened) return opened.error();
  transports->bound_webrtcbin(config.cameras);
  return transports;
}

Transports::~Transports() {
  if (port_) stop_in_background(std::move(port_), "the port of the fanout");
}

Result<Done> Transports::prepare(const std::vector<config::Camera>& cameras) {
  using Transport = config::ViewerTransport;
  const auto any = [&](Transport unwanted) {
    return std::any_of(cameras.begin(), cameras.end(), [&](const config::Camera& camera) {
      return wanted_for(camera) != unwanted;
    });
  };
  if (any(Transport::fanout) && !std::exchange(warm_, true)) webrtc::WebrtcbinTransport::warm_up();
  return any(Transport::webrtcbin) && !port_ ? open_port() : Done{};
}

Result<Done> Transports::open_port() {
  auto opened = webrtc::Fanout::open_port(config_);
  if (!opened) return opened.error();
  port_ = std::move(*opened);
  guint port = 0;
  g_object_get(port_.get(), "port", &port, nullptr);
  log::info(
      "session", {{"port", std::to_string(port)}},
      std::string{"webrtcfanout sends video and audio to all its viewers from this port, over "} +
          (config_.tcp ? "UDP and TCP" : "UDP"));
  return Done{};
}

void Transports::bound_webrtcbin(const std::vector<config::Camera>& cameras) {
  std::size_t streams = 0;
  for (const config::Camera& camera : cameras) streams += camera.streams.size();
  bound_ = bound_viewers(config_.max_webrtcbin_viewers, streams, read_bounds());
  if (warm_ && !bound_.warning.empty()) log::warning("session", {}, bound_.warning);
}

} // namespace fanlight::session
