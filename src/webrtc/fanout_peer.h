#pragma once

#include <memory>
#include <string>

#include "webrtc/fanout.h"
#include "webrtc/peer_connection.h"

namespace fanlight::webrtc {

/// One viewer among many on a camera's Fanout. It has no element, thread or port of its own.
///
/// Its answers are always complete: an ICE-lite agent knows its candidates, and needs none of the
/// viewer's. Threads: main only.
class FanoutPeer : public PeerConnection,
                   public Fanout::Listener,
                   public std::enable_shared_from_this<FanoutPeer> {
 public:
  /// `id` names the viewer in the element, too; `client_address` is the signalling client's, see
  /// IceSettings.
  static std::shared_ptr<FanoutPeer> create(const std::string& id, std::shared_ptr<Fanout> fanout,
                                            const std::string& client_address,
                                            std::weak_ptr<Observer> observer);
  ~FanoutPeer() override; ///< Says goodbye to the viewer.

  const char* name() const override { return "fanout"; }
  Ref<GstElement> branch() const override { return {}; }
  Result<Done> accept(Offer offer, Choices choices, bool complete) override;
  void add_candidate(const IceCandidate&) override {}
  Result<Ref<GstPad>> open(std::size_t) override { return Ref<GstPad>{}; }
  Result<Done> change_picture(const std::string& stream, const RtpFormat& format) override;
  void read_stats(std::function<void(const PeerStats&)> done) override;

 private:
  FanoutPeer(std::string id, std::shared_ptr<Fanout> fanout, bool loopback,
             std::weak_ptr<Observer> observer);
  Result<StructurePtr> options(const Choices& choices);
  void on_fanout_state(const std::string& state, const std::string& message) override;

  // Given.
  const std::string id_;
  const std::shared_ptr<Fanout> fanout_;
  const bool loopback_;
  const std::weak_ptr<Observer> observer_;

  bool added_ = false; // The element knows it.
  PeerStats stats_;
};

} // namespace fanlight::webrtc
