#pragma once

#include <memory>
#include <string>
#include <vector>

#include "webrtc/fanout.h"
#include "webrtc/fanout_branch.h"
#include "webrtc/viewer_transport.h"

namespace fanlight::webrtc {

/// Carries one viewer among many on a camera's Fanout. It has no element, thread or port of its
/// own.
///
/// Its answers are always complete: an ICE-lite agent knows its candidates, and needs none of the
/// viewer's. Threads: main only.
class FanoutTransport : public ViewerTransport,
                        public Fanout::Listener,
                        public MediaFeed::Observer,
                        public std::enable_shared_from_this<FanoutTransport> {
 public:
  /// Has the fanout fed with what was chosen. `id` names the viewer in the element, too;
  /// `client_address` is the signalling client's, see IceSettings. Errc::not_found: the camera does
  /// not send it; internal.
  static Result<std::shared_ptr<FanoutTransport>>
  create(const std::string& id, const std::shared_ptr<FanoutBranch>& branch,
         const sdp::Choices& choices, const std::string& client_address,
         std::weak_ptr<ViewerTransport::Observer> observer);
  ~FanoutTransport() override; ///< Says goodbye to the viewer.

  const char* name() const override { return "fanout"; }
  Result<Done> accept(sdp::Offer offer, sdp::Choices choices, bool complete) override;
  void add_candidate(const sdp::Candidate&) override {}
  Result<Done> play(const sdp::Choices& choices) override;
  void read_stats(std::function<void(const TransportStats&)> done) override;

 private:
  FanoutTransport(std::string id, std::shared_ptr<Fanout> fanout, bool loopback,
                  std::weak_ptr<ViewerTransport::Observer> observer);
  Result<StructurePtr> options(const sdp::Choices& choices);
  Result<Done> change_picture(const std::string& from, const sdp::Choice& choice);
  void on_fanout_state(const std::string& state, const std::string& message) override;
  void on_feed_failed(const std::string& why) override;

  // Given.
  const std::string id_;
  const std::shared_ptr<Fanout> fanout_;
  const bool loopback_;
  const std::weak_ptr<ViewerTransport::Observer> observer_;

  // Owned.
  std::unique_ptr<FanoutBranch::Subscription> subscription_;
  std::vector<std::string> streams_; // That are played, by m-line; there may be thousands of us.
  bool added_ = false;               // The element knows it.
  TransportStats stats_;
};

} // namespace fanlight::webrtc
