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

/// All cameras, as they are configured now and in that order; and probes of those that may become
/// some.
///
/// Threads: main only. Lifetime: owned by App; outlives its observers. Its end ends the cameras.
class CameraRegistry : public config::Subscriber, private media::Camera::Observer {
 public:
  struct Entry {
    config::Camera settings; ///< As they are now: the camera keeps those that it was built with.
    std::shared_ptr<media::Camera> camera;
    std::uint32_t viewers = 0;
    bool started = false;
  };
  enum class Change {
    media,   ///< The state of a stream, or what it sends.
    viewers, ///< How many there are.
  };
  enum class Removal {
    removed,
    replaced, ///< Another one of the same id has come in its place.
  };
  /// On main. An observer overrides the methods whose events it needs.
  struct Observer {
    virtual ~Observer() = default;
    virtual void on_camera_added(const Entry&) {}
    /// It is no longer found, and stops after this.
    virtual void on_camera_removed(media::Camera&, Removal) {}
    virtual void on_camera_changed(const Entry&, Change) {}
    /// The list is another one: its cameras, their order, their names or limits. Once for each
    /// apply() that changes any of these, after what was added and removed.
    virtual void on_cameras_reordered() {}
  };

  /// Builds the cameras; none connects yet. Errc::internal when an element is missing.
  static Result<std::unique_ptr<CameraRegistry>> create(const std::vector<config::Camera>& cameras);
  ~CameraRegistry() override;

  /// Connects the cameras that are always to be connected, now and after each apply().
  void start();
  /// Makes the cameras those of `wanted`, in its order. A camera whose media stay as they are stays
  /// connected. After an error all is as it was. Errc::unavailable, internal.
  Result<Done> apply(const std::vector<config::Camera>& wanted);
  /// The same in two steps.
  Result<Done> prepare(const config::Config& wanted, const config::Diff& diff) override;
  void commit() override;
  void abandon() override { prepared_.reset(); }
  /// Stops all cameras and probes for good.
  void drain();

  /// Until the next apply(). Null: there is no camera of that id.
  const Entry* find(const std::string& id) const;
  std::span<const Entry> all() const { return entries_; }
  /// Observers hear in the order in which they came.
  Token observe(Observer& observer);
  /// Counts a viewer of a camera while the token lives.
  Token count_viewer(const media::Camera& camera);

  /// Connects to the one stream of `camera` and reads what it sends; if a camera of the registry is
  /// connected to it already, by that connection. `done` comes in a later turn, unless drain() or
  /// the end of the registry comes first. Errc::internal, unavailable.
  Result<Done> probe(const config::Camera& camera, Probed done);

 private:
  /// What commit() makes of the cameras.
  struct Prepared {
    std::vector<config::Camera> wanted;
    std::map<std::string, Entry> fresh; ///< Those that are built anew, by id.
  };

  CameraRegistry() = default;
  Result<Done> prepare(const std::vector<config::Camera>& wanted);
  Result<Entry> build(const config::Camera& settings);
  /// Puts `wanted` in place of the entries, which it returns by id as far as they are no more.
  std::map<std::string, Entry> replace(const std::vector<config::Camera>& wanted,
                                       std::map<std::string, Entry> fresh);
  Entry* find_built(const media::Camera& camera);
  template <typename Call> void notify(Call call);
  void on_camera_changed(media::Camera& camera) override;

  media::ConnectQueue queue_; // Outlives the cameras.
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> places_;          // In entries_, by id.
  std::map<std::uint64_t, std::unique_ptr<StreamProbe>> probes_; // Under way.
  std::uint64_t next_probe_ = 0;
  std::optional<Prepared> prepared_;
  std::vector<Observer*> observers_;
  bool started_ = false;
  bool draining_ = false;
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); // Held weakly by callbacks.
};

} // namespace fanlight::cameras
