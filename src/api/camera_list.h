#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "cameras/camera_directory.h"
#include "http/limits.h"
#include "http/owned.h"

namespace fanlight::http {

/// All cameras as JSON, shared by all clients that ask. The text of a camera is reused until the
/// camera changes, or for a second. Many cameras are written over several turns of the loop.
///
/// Threads: main only.
class CameraList : public cameras::CameraObserver {
 public:
  struct Texts {
    std::uint64_t number = 0; ///< Of all that were made.
    std::string cameras;      ///< The array of camera objects.
    OwnedBytes list;          ///< The whole answer to GET /api/cameras.
    OwnedBytes health;        ///< To GET /health.
    OwnedBytes readiness;
    bool ready = true; ///< All are live, or idle because they connect on demand.
  };
  using Done = std::function<void(const Texts&)>;

  CameraList(cameras::CameraDirectory& directory, const Limits& limits);
  ~CameraList() override;

  /// Calls `done` before it returns if there is little to write, otherwise in a later turn, unless
  /// the list is destroyed first. If many clients wait, they are served over several turns.
  void get(Done done);

  /// How many cameras have been written since the start.
  std::size_t written() const { return written_; }

  void on_camera_changed(const cameras::CameraInfo& info) override;
  void on_cameras_replaced() override;

 private:
  struct Entry {
    std::string camera; ///< Its object.
    std::string state;  ///< Its object in `health`.
    bool ready = true;
    gint64 written_at = 0; ///< Monotonic µs; 0: it has changed since.
  };
  void write_due();
  void write(const std::string& id);
  void finish();
  bool is_old(gint64 written_at) const;

  // Given.
  cameras::CameraDirectory& directory_;
  const Limits& limits_;
  // Owned.
  std::unordered_map<std::string, Entry> entries_; ///< By camera.
  std::shared_ptr<const Texts> texts_;             ///< Null: a camera has changed.
  gint64 made_at_ = 0;
  std::uint64_t made_ = 0;
  std::vector<Done> waiting_;
  std::size_t written_ = 0;
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::http
