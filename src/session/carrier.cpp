#include "session/carrier.h"

#include "base/log.h"
#include "webrtc/fanout_peer.h"
#include "webrtc/peer.h"
#include "webrtc/transport.h"

namespace fanlight::session {

Carrier::Carrier(std::shared_ptr<media::Camera> camera, config::WebRtc config, ViewerBound bound)
    : camera_(std::move(camera)), config_(std::move(config)), bound_(std::move(bound)) {}

Result<Carrier::Carriage> Carrier::carry(const Request& request,
                                         std::weak_ptr<webrtc::PeerConnection::Observer> peer,
                                         media::Branch::Observer& branch) {
  using Transport = config::ViewerTransport;
  const Transport wanted = camera_->config().webrtc_transport.value_or(config_.transport);
  auto [transport, reason] = webrtc::choose_transport(wanted, config_, request.offer);
  if (transport == Transport::fanout) {
    auto carriage = on_fanout(request, peer, branch);
    if (carriage) carriage->reason = std::move(reason);
    if (carriage || wanted == Transport::fanout || carriage.error().code == Errc::busy)
      return carriage;
    reason = "the fanout does not take the viewer: " + carriage.error().message;
    log::warning("session", {{"camera", camera_->config().id}, {"session", request.id}}, reason);
  }
  auto carriage = on_webrtcbin(request, std::move(peer), branch);
  if (carriage) carriage->reason = std::move(reason);
  return carriage;
}

Result<Carrier::Carriage>
Carrier::on_webrtcbin(const Request& request, std::weak_ptr<webrtc::PeerConnection::Observer> peer,
                      media::Branch::Observer& branch) {
  if (webrtc::Peer::count() >= bound_.viewers)
    return Error{Errc::busy, "the server has its " + std::to_string(bound_.viewers) +
                                 " viewers on webrtcbin (" + bound_.why + ")"};
  auto room = Reservation::take(kViewerRoom, kViewerSpare, "another viewer on webrtcbin");
  if (!room) return room.error();
  auto created = webrtc::Peer::create(request.id, {config_, request.client_address},
                                      request.bitrate, std::move(peer));
  if (!created) return created.error();
  Carriage carriage{.peer = std::move(*created),
                    .branch = {},
                    .share = {},
                    .reason = {},
                    .room = std::move(*room)};
  auto added = camera_->add_branch(carriage.peer->branch(), branch);
  if (!added) return added.error();
  carriage.branch = std::move(*added);
  if (auto answered =
          carriage.peer->accept(request.offer, request.choices, request.complete_answer);
      !answered)
    return answered.error();
  return carriage;
}

Result<Carrier::Carriage> Carrier::on_fanout(const Request& request,
                                             std::weak_ptr<webrtc::PeerConnection::Observer> peer,
                                             media::Branch::Observer& branch) {
  if (auto opened = open_fanout(); !opened) return opened.error();
  auto share = fanout_->join(request.choices, branch);
  if (!share) {
    if (fanout_->feeds_nothing()) fanout_.reset(); // With its threads.
    return share.error();
  }
  Carriage carriage{.peer = webrtc::FanoutPeer::create(request.id, fanout_->fanout(),
                                                       request.client_address, std::move(peer)),
                    .branch = {},
                    .share = std::move(*share),
                    .reason = {},
                    .room = {}};
  if (auto answered =
          carriage.peer->accept(request.offer, request.choices, request.complete_answer);
      !answered)
    return answered.error();
  return carriage;
}

Result<Done> Carrier::open_fanout() {
  if (fanout_ && !fanout_->failed()) return Done{};
  auto room = Reservation::take(kFanoutRoom, kFanoutSpare, "the first viewer of a camera");
  if (!room) return room.error();
  auto created =
      FanoutBranch::create(camera_, config_, [weak = weak_from_this()](FanoutBranch& ended) {
        const auto self = weak.lock();
        if (self && self->fanout_.get() == &ended) self->fanout_.reset();
      });
  if (!created) return created.error();
  fanout_ = std::move(*created);
  fanout_->hold(std::move(*room));
  return Done{};
}

} // namespace fanlight::session
