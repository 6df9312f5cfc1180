#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/token.h"
#include "cameras/stream_probe.h"
#include "config/config.h"
#include "config/store.h"
#include "media/camera.h"

namespace fanlight::cameras {

/// All configured cameras, in the order of the configuration, and probes of streams that are not
/// configured yet.
///
/// Threads: main only. Lifetime: owned by App; outlives its observers. Its destructor stops the
/// cameras.
class CameraRegistry : public config::Subscriber, private media::Camera::Observer {
 public:
  struct Entry {
    config::Camera settings; ///< As they are now; the camera keeps those with which it was built.
    std::shared_ptr<media::Camera> camera;
    std::uint32_t viewers = 0;
    bool started = false;
  };
  enum class Change {
    media,   ///< The state of a stream, or its tracks.
    viewers, ///< The number of viewers.
  };
  enum class Removal {
    removed,
    replaced, ///< A new camera with the same id replaces it.
  };
  /// On main. An observer overrides the methods whose events it needs.
  struct Observer {
    virtual ~Observer() = default;
    virtual void on_camera_added(const Entry&) {}
    /// find() no longer returns it, and it stops after this.
    virtual void on_camera_removed(media::Camera&, Removal) {}
    virtual void on_camera_changed(const Entry&, Change) {}
    /// The list of cameras, their order, names or limits changed. Called once per apply() that
    /// changes any of these, after the cameras were added and removed.
    virtual void on_cameras_reordered() {}
  };

  /// Builds the cameras; none connects yet. Errc::internal if an element is missing.
  static Result<std::unique_ptr<CameraRegistry>> create(const std::vector<config::Camera>& cameras);
  ~CameraRegistry() override;

  /// Connects the cameras with `pull: always`, now and after each apply().
  void start();
  /// Replaces the cameras by `wanted`, in its order. A camera whose media settings do not change
  /// stays connected. After an error, nothing has changed. Errc::unavailable, internal.
  Result<Done> apply(const std::vector<config::Camera>& wanted);
  /// The same in two steps.
  Result<Done> prepare(const config::Config& wanted, const config::Diff& diff) override;
  void commit() override;
  void abandon() override { prepared_.reset(); }
  /// Stops all cameras and probes for good.
  void drain();

  /// Valid until the next apply(). Null: there is no camera of that id.
  const Entry* find(const std::string& id) const;
  std::span<const Entry> all() const { return entries_; }
  /// Observers are notified in the order in which they registered.
  Token observe(Observer& observer);
  /// Counts a viewer of a camera while the token lives.
  Token count_viewer(const media::Camera& camera);

  /// Connects to the only stream of `camera` and reads what it sends; if a camera of the registry
  /// is already connected to that stream, uses its connection. Calls `done` in a later turn, unless
  /// drain() or the destructor comes first. Errc::internal, unavailable.
  Result<Done> probe(const config::Camera& camera, Probed done);

 private:
  /// The cameras after commit().
  struct Prepared {
    std::vector<config::Camera> wanted;
    std::map<std::string, Entry> fresh; ///< The cameras that are built anew, by id.
  };

  CameraRegistry() = default;
  Result<Done> prepare(const std::vector<config::Camera>& wanted);
  Result<Entry> build(const config::Camera& settings);
  /// Replaces the entries by `wanted`, and returns the entries that are no longer used, by id.
  std::map<std::string, Entry> replace(const std::vector<config::Camera>& wanted,
                                       std::map<std::string, Entry> fresh);
  Entry* find_built(const media::Camera& camera);
  template <typename Call> void notify(Call call);
  void on_camera_changed(media::Camera& camera) override;

  media::ConnectQueue queue_; // Outlives the cameras.
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> places_;          // Index in entries_, by id.
  std::map<std::uint64_t, std::unique_ptr<StreamProbe>> probes_; // Under way.
  std::uint64_t next_probe_ = 0;
  std::optional<Prepared> prepared_;
  std::vector<Observer*> observers_;
  bool started_ = false;
  bool draining_ = false;
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); // Held weakly by callbacks.
};

} // namespace fanlight::cameras
