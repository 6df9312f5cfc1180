#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "cameras/trial.h"
#include "config/config.h"
#include "media/camera.h"
#include "session/quota.h"
#include "session/session.h"
#include "session/viewer.h"

namespace fanlight::session {

/// All cameras and all their viewers, and the limits on them.
///
/// Threads: main only. Lifetime: owned by App; ends the viewers, then the cameras.
class SessionTable : public Directory, public media::Camera::Observer, public Viewer::Host {
 public:
  /// Builds the cameras; none connects yet. Errc::internal when an element is missing.
  static Result<std::unique_ptr<SessionTable>> create(const config::Config& config);
  ~SessionTable() override;

  /// Connects the cameras that are always to be there.
  void start();
  /// Makes the cameras those of `wanted`, in its order. Whoever watches one whose media stay as
  /// they are feels nothing; others are told camera_changed or camera_removed. After an error all
  /// is as it was.
  Result<Done> apply(const config::Config& wanted);
  /// Tries the one stream of `camera`; one that is connected already, for a camera of this table,
  /// is not connected again. `done` comes in a later turn. Errc::internal, unavailable.
  Result<Done> test(const config::Camera& camera, Tested done);
  /// Ends every session with `reason` and refuses new ones.
  void drain(const CloseReason& reason);
  bool empty() const { return viewers_.empty(); }

  std::vector<std::string> camera_ids() const override;
  std::optional<CameraInfo> camera(const std::string& id) const override;
  Result<Session*> open(const std::string& camera, const std::string& offer,
                        const OpenOptions& options, Session::Observer& observer) override;
  Session* find(const std::string& id) override;
  std::size_t session_count() const override { return viewers_.size(); }
  std::vector<Info> sessions(const std::string& after, std::size_t most) const override;
  void refresh_stats(const std::string& after, std::size_t most,
                     std::function<void()> done) override;
  void refresh_stats(const std::string& id, std::function<void()> done) override;
  void draw_pipeline(const std::string& camera, Drawn done) override;
  void add_observer(CameraObserver& observer) override;
  void remove_observer(CameraObserver& observer) override;

 private:
  /// A camera and who watches it.
  struct Channel {
    config::Camera settings; // As they are now: the camera keeps those it was built by.
    std::shared_ptr<media::Camera> camera;
    std::shared_ptr<Carrier> carrier;
    std::unordered_set<Viewer*> viewers;
    bool started = false;
  };
  using Viewers = std::vector<std::weak_ptr<Viewer>>;

  explicit SessionTable(const config::Config& config);
  /// Does once what the first viewer would wait for or fail of.
  Result<Done> warm_up(const std::vector<config::Camera>& cameras);
  /// Finds out how many viewers on webrtcbin the machine has room for.
  void bound_webrtcbin(const std::vector<config::Camera>& cameras);
  Result<Channel> build(const config::Camera& settings);
  static void end(Channel& channel, const CloseReason& reason);
  void index_channels();
  Channel* find_channel(const std::string& camera);
  const Channel* find_channel(const std::string& camera) const;
  static CameraInfo describe(const Channel& channel);
  void tell(const Channel& channel);
  static void refresh(Viewers viewers, std::function<void()> done);
  /// Calls `call` for each viewer that is still there, over several turns if they are many.
  static void for_each(Viewers viewers, std::function<void(Viewer&)> call);
  static Viewers viewers_of(const Channel& channel);

  void on_camera_changed(media::Camera& camera) override;
  void on_viewer_ended(Viewer& viewer) override;

  config::WebRtc config_;
  Quota quota_;
  ViewerBound bound_;             // Of those on webrtcbin, as it was at the start.
  media::ConnectQueue queue_;     // Outlives the cameras.
  Ref<GstElement> port_;          // Keeps the fanouts' port open.
  std::vector<Channel> channels_; // In the order of the configuration.
  std::unordered_map<std::string, std::size_t> places_; // In channels_, by camera.
  std::map<std::string, std::shared_ptr<Viewer>> viewers_;
  std::map<std::uint64_t, std::unique_ptr<Trial>> trials_; // Under way.
  std::uint64_t next_trial_ = 0;
  std::vector<CameraObserver*> observers_;
  bool warm_ = false; // webrtcbin is.
  bool started_ = false;
  bool draining_ = false;
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); // Held weakly by callbacks.
};

} // namespace fanlight::session
