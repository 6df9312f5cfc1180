#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <gst/app/app.h>

#include "camsim/picture/clip.h"
#include "camsim/picture/scene.h"
#include "camsim/rtsp/pacer.h"
#include "camsim/setup/faults.h"
#include "camsim/setup/spec.h"

namespace fanlight::camsim {

/// Feeds a camera's pipeline: the looped tracks of its clip at their pace or, if live, pictures
/// painted in real time. One per running GstRTSPMedia, shared by its clients.
///
/// A feed starts a loop at its first frame and, after a pause, continues where it was. Faults on
/// command belong here, between a unit of the clip and its push. Threads: start() and stop() any,
/// one at a time; the rest on the pacer's.
class Feed : public Pacer::Task {
 public:
  /// Finds the clip of another camera by id; null if there is none.
  using FindClip = std::function<std::shared_ptr<const Clip>(const std::string&)>;

  /// `sources` are the appsrcs in the order of `make_launch_line`.
  Feed(Pacer& pacer, CameraSpec spec, std::shared_ptr<const Clip> clip, FindClip find_clip,
       std::vector<Ref<GstElement>> sources, std::shared_ptr<FaultState> faults);
  ~Feed() override;

  /// Announces all streams, looped ones without data, as an RTSP server needs for DESCRIBE. A live
  /// feed takes its first picture now.
  void announce();
  void start();
  void stop();

  std::optional<Pacer::Clock::time_point> tick(Pacer::Clock::time_point now) override;

 private:
  struct Stream {
    Ref<GstElement> source;
    const Track* track = nullptr;     ///< Null: live pictures.
    std::shared_ptr<const Clip> clip; ///< Of the track.
    std::string played;               ///< Id of the camera whose clip it is; empty: its own.
    GstClockTime before = 0;          ///< When that clip began, after the start.
    std::uint64_t next = 0;           ///< Unit, counted over all loops.
    std::uint64_t first = 0;          ///< `next` when feed or clip last started.
    std::uint64_t requests = 0;       ///< For key frames, that were answered.
  };
  GstClockTime due(const Stream& stream) const; ///< After the start.
  void push(Stream& stream);
  /// Changes the clip if the faults say so and the next unit is a key frame.
  void follow(Stream& stream);
  /// Goes on with the next key frame of the loop if a client has asked for one.
  void answer_request(Stream& stream);
  /// Leaves out IDR pictures if the faults say so.
  void skip_idr(Stream& stream) const;
  GstBuffer* make_unit(const Stream& stream) const;
  GstBuffer* paint(const Stream& stream);

  // Given.
  Pacer& pacer_;
  const CameraSpec spec_;
  const std::shared_ptr<const Clip> clip_;
  const FindClip find_clip_;
  const std::shared_ptr<FaultState> faults_;
  // Owned.
  std::unique_ptr<Scene> scene_;
  std::vector<Stream> streams_;
  bool running_ = false;
  double speed_ = 1;
  GstClockTime media_time_ = 0;        // Time after the start when the speed was last set.
  Pacer::Clock::time_point speed_set_; // When that was.
  GstClockTime started_running_time_ = 0;
};

/// The media of a camera for gst_parse_launch: appsrcs named src0, src1, ... and payloaders pay0,
/// pay1, ..., video before audio.
std::string make_launch_line(const CameraSpec& spec, const Clip* clip);

} // namespace fanlight::camsim
