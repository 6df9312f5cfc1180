#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/codec.h"
#include "base/result.h"
#include "gst/ref.h"

namespace fanlight::webrtc {

/// A bin of a transport in a camera's pipeline, and the streams of the camera that it is fed with.
/// When it is destroyed, the camera lets go at once and the bin stops on a worker.
///
/// Threads: main only. Lifetime: ends before its MediaSource.
class MediaFeed {
 public:
  struct Observer {
    virtual ~Observer() = default;
    /// An element of the bin reported an error; the feed still wants to be destroyed. On main.
    virtual void on_feed_failed(const std::string& why) = 0;
  };
  virtual ~MediaFeed() = default;

  /// Feeds `sink`, a pad of the bin, with the track of that codec of the camera's `stream`, from
  /// the cached group of pictures on. Errc::not_found when there is none.
  virtual Result<Done> link(const std::string& stream, Codec codec, GstPad* sink) = 0;
  /// Ends what link() began; the pad stays as it is.
  virtual void unlink(const std::string& stream, Codec codec) = 0;
  /// What the camera sends in that stream, in bit/s; 0: not known.
  virtual std::uint64_t bitrate(const std::string& stream) const = 0;
  /// Groups of pictures that the bin has lost because it did not keep up.
  virtual std::uint64_t groups_dropped() const = 0;
};

/// A camera, for the transports of its viewers: nothing else here knows where media come from.
class MediaSource {
 public:
  virtual ~MediaSource() = default;

  virtual const std::string& camera_id() const = 0; ///< For the log.
  /// Adds `bin` to the pipeline. Errc::internal.
  virtual Result<std::unique_ptr<MediaFeed>> attach(Ref<GstElement> bin,
                                                    MediaFeed::Observer& observer) = 0;
};

} // namespace fanlight::webrtc
