#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/token.h"
#include "cameras/registry.h"
#include "session/media_camera.h"
#include "session/quota.h"
#include "session/session.h"
#include "session/transports.h"
#include "session/viewer_session.h"

namespace fanlight::session {

/// All viewers, and their limits.
///
/// Threads: main only. Lifetime: owned by App; its destructor ends the viewers.
class SessionTable : public Directory,
                     public ViewerSession::Host,
                     private cameras::CameraRegistry::Observer {
 public:
  SessionTable(cameras::CameraRegistry& cameras, const Transports& transports);
  ~SessionTable() override;

  /// Applies a new webrtc.max_viewers; existing sessions stay.
  void set_max_viewers(std::uint32_t max_viewers);
  /// Ends every session with `reason` and refuses new ones.
  void drain(const CloseReason& reason);
  bool empty() const { return viewers_.empty(); }

  Result<Session*> open(const std::string& camera, const std::string& offer,
                        const OpenOptions& options, Session::Observer& observer) override;
  Session* find(const std::string& id) override;
  std::size_t session_count() const override { return viewers_.size(); }
  std::vector<Info> sessions(const std::string& after, std::size_t most) const override;
  void refresh_stats(const std::string& after, std::size_t most,
                     std::function<void()> done) override;
  void refresh_stats(const std::string& id, std::function<void()> done) override;

 private:
  /// A viewer, and its place in the camera's count of viewers.
  struct Seat {
    std::shared_ptr<ViewerSession> viewer;
    const media::Camera* camera = nullptr; // The one that the viewer holds.
    Token counted;
  };
  /// The viewers of one camera.
  struct Audience {
    std::shared_ptr<MediaCamera> camera;
    std::shared_ptr<TransportFactory> transports;
    std::unordered_set<ViewerSession*> viewers;
  };
  using Viewers = std::vector<std::weak_ptr<ViewerSession>>;

  Result<Done> check_limits(const cameras::CameraRegistry::Entry& camera) const;
  Audience& audience_of(const std::shared_ptr<media::Camera>& camera);
  /// Empty if the camera has had no viewer.
  Viewers viewers_of(const media::Camera& camera) const;

  void on_camera_removed(media::Camera& camera, cameras::CameraRegistry::Removal why) override;
  void on_camera_changed(const cameras::CameraRegistry::Entry& entry,
                         cameras::CameraRegistry::Change change) override;
  void on_viewer_ended(ViewerSession& viewer) override;

  // Given.
  cameras::CameraRegistry& cameras_;
  const Transports& transports_;
  // Owned.
  std::uint32_t max_viewers_;
  Quota quota_;
  std::unordered_map<const media::Camera*, Audience> audiences_; // Of the cameras of the registry.
  std::map<std::string, Seat> viewers_;
  bool draining_ = false;
  const Token observation_;
};

} // namespace fanlight::session
