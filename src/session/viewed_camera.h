#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "media/camera_stream.h"
#include "media/codec.h"

namespace fanlight::session {

/// The viewers' interface to one stream of a camera. Threads: main only.
class ViewedStream {
 public:
  using State = media::CameraStream::State;
  /// Keeps the stream connected while it lives.
  class Claim {
   public:
    virtual ~Claim() = default;
    /// The holder shows the video: counts as one of the viewers of the stream.
    virtual void watch() = 0;
  };
  virtual ~ViewedStream() = default;

  virtual const std::string& id() const = 0;
  virtual State state() const = 0;
  virtual const Reason& reason() const = 0; ///< For people; empty while live.
  virtual std::chrono::milliseconds state_age() const = 0;
  /// How long viewers wait for the stream.
  virtual std::chrono::milliseconds start_timeout() const = 0;
  /// The formats that viewers can get, the preferred one first: of the last connection that brought
  /// video.
  virtual std::vector<media::TrackFormat> video() const = 0;
  virtual std::optional<media::TrackFormat> audio() const = 0;
  /// Whether video() has that encoding; cheap, for frequent calls.
  virtual bool sends(const std::string& encoding) const = 0;
  virtual bool has_b_frames() const = 0;
  virtual std::unique_ptr<Claim> claim() = 0;
};

/// The viewers' interface to a camera. Threads: main only. Lifetime: shared by its viewers.
class ViewedCamera {
 public:
  virtual ~ViewedCamera() = default;

  virtual const std::string& id() const = 0;
  /// The best video first; at least one stream; the list never changes.
  virtual const std::vector<std::unique_ptr<ViewedStream>>& streams() const = 0;
};

} // namespace fanlight::session
