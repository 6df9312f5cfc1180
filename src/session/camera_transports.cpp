#include "session/camera_transports.h"

#include <utility>

#include "base/log.h"
#include "webrtc/fanout_transport.h"
#include "webrtc/transport.h"
#include "webrtc/webrtcbin_transport.h"

namespace fanlight::session {

CameraTransports::CameraTransports(std::shared_ptr<webrtc::MediaSource> camera,
                                   config::ViewerTransport wanted, config::WebRtc config,
                                   ViewerBound bound)
    : camera_(std::move(camera)), wanted_(wanted), config_(std::move(config)),
      bound_(std::move(bound)) {}

Result<TransportFactory::Made> CameraTransports::make(const Request& request, Observer observer) {
  auto [choice, reason] = webrtc::choose_transport(wanted_, config_, request.offer);
  if (choice == config::ViewerTransport::fanout) {
    auto transport = on_fanout(request, observer);
    if (transport) return Made{std::move(*transport), std::move(reason)};
    if (wanted_ == config::ViewerTransport::fanout || transport.error().code == Errc::busy)
      return transport.error();
    reason = {"fanout_refused"_reason,
              "webrtcfanout does not accept the viewer: {why}",
              {{"why", {transport.error()}}}};
    log::warning("session", {{"camera", camera_->camera_id()}, {"session", request.id}},
                 reason.message);
  }
  auto transport = on_webrtcbin(request, std::move(observer));
  if (!transport) return transport.error();
  return Made{std::move(*transport), std::move(reason)};
}

Result<CameraTransports::Transport> CameraTransports::on_webrtcbin(const Request& request,
                                                                   Observer observer) {
  if (webrtc::WebrtcbinTransport::count() >= bound_.viewers)
    return Error{Errc::busy,
                 Reason{"webrtcbin_full"_reason,
                        "the server has reached its limit of {limit} viewers on webrtcbin ({why})",
                        {{"limit", bound_.viewers}, {"why", bound_.why}}}};
  auto room = Reservation::take(kViewerRoom, kViewerSpare,
                                {"for_webrtcbin"_reason, "another viewer on webrtcbin"});
  if (!room) return room.error();
  auto made = webrtc::WebrtcbinTransport::create(request.id, {config_, request.client_address},
                                                 *camera_, std::move(observer));
  if (!made) return made.error();
  (*made)->hold(std::move(*room));
  if (auto answered = (*made)->accept(request.offer, request.choices, request.complete_answer);
      !answered)
    return answered.error();
  return Transport{std::move(*made)};
}

Result<CameraTransports::Transport> CameraTransports::on_fanout(const Request& request,
                                                                Observer observer) {
  if (auto opened = open_fanout(); !opened) return opened.error();
  auto made = webrtc::FanoutTransport::create(request.id, fanout_, request.choices,
                                              request.client_address, std::move(observer));
  if (!made) {
    if (fanout_->feeds_nothing()) fanout_.reset(); // Stops its threads.
    return made.error();
  }
  if (auto answered = (*made)->accept(request.offer, request.choices, request.complete_answer);
      !answered)
    return answered.error();
  return Transport{std::move(*made)};
}

Result<Done> CameraTransports::open_fanout() {
  if (fanout_ && !fanout_->failed()) return Done{};
  auto room = Reservation::take(kFanoutRoom, kFanoutSpare,
                                {"for_fanout"_reason, "the first viewer of a camera"});
  if (!room) return room.error();
  auto created = webrtc::FanoutBranch::create(
      camera_, config_, [weak = weak_from_this()](webrtc::FanoutBranch& ended) {
        const auto self = weak.lock();
        if (self && self->fanout_.get() == &ended) self->fanout_.reset();
      });
  if (!created) return created.error();
  fanout_ = std::move(*created);
  fanout_->hold(std::move(*room));
  return Done{};
}

} // namespace fanlight::session
