#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/reason.h"

namespace fanlight::cameras {

/// The API's view of one stream of a camera. The URL has no credentials.
struct StreamInfo {
  std::string id;
  std::string url;
  std::string pull;  ///< always, on_demand.
  std::string state; ///< idle, connecting, live, retrying, refused.
  Reason reason;     ///< For people: why it is not live.
  std::int64_t state_age_ms = 0;
  std::int64_t retry_in_ms = 0; ///< Until the next attempt; 0: none is scheduled.
  std::string video_codec;      ///< Joined with "+" if the camera sends two.
  std::string audio_codec;      ///< As viewers get it; empty: none.
  Reason audio_note;            ///< Why there is no sound, or which conversion takes place.
  int width = 0;
  int height = 0;
  double fps = 0;
  std::uint64_t bitrate = 0; ///< bit/s over the last seconds.
  std::uint32_t gop_frames = 0;
  std::int64_t gop_ms = 0;
  std::int64_t last_key_frame_ms = -1; ///< Age; -1: none yet.
  /// How long video has arrived without a key frame, with which viewers could start; -1: the stream
  /// does not wait for one.
  std::int64_t key_frame_wait_ms = -1;
  bool b_frames = false;
  std::uint64_t packets_lost = 0;
  double jitter_ms = 0;
  std::uint64_t timestamp_jumps = 0;
  std::uint64_t timestamp_standstills = 0;
  std::uint64_t parameter_changes = 0;
  std::uint64_t access_units = 0;
  std::uint64_t bytes = 0;
  std::uint32_t reconnects = 0;
  std::uint32_t viewers = 0;
  std::uint64_t cached_bytes = 0; ///< In the cache of the current GOP.
};

/// The API's view of a camera.
struct CameraInfo {
  std::string id;
  std::string name;
  std::vector<std::string> groups;
  StreamInfo best; ///< The stream in the best state; its state is the camera's.
  std::vector<StreamInfo> streams;
  std::uint32_t viewers = 0;
};

/// Listens for changes of any camera: state, codec, viewer count.
struct CameraObserver {
  virtual ~CameraObserver() = default;
  virtual void on_camera_changed(const CameraInfo& info) = 0; ///< On main.
  /// The list of cameras, their order or their names changed. On main.
  virtual void on_cameras_replaced() = 0;
};

} // namespace fanlight::cameras
