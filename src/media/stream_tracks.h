#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "media/rtsp/connection.h"
#include "media/sink_bins.h"
#include "media/track.h"
#include "media/transcoder.h"

namespace fanlight::media {

/// The tracks of one URL of a camera: a video track per configured codec, the audio as the camera
/// sends it, and the Opus that is made from sound that no browser plays.
///
/// Threads: main only. Lifetime: its CameraStream's.
class StreamTracks : public Transcoder::Observer,
                     public std::enable_shared_from_this<StreamTracks> {
 public:
  struct Observer {
    virtual ~Observer() = default;
    virtual void
    on_video_format() = 0; ///< Video has arrived on a new connection or in a new format.
    virtual void on_sound_changed() = 0; ///< The transcoder failed.
  };

  /// `producer` connects to the camera. Errc::internal if an element is missing.
  static Result<std::shared_ptr<StreamTracks>> create(const config::Camera& camera,
                                                      const std::string& stream, SinkBins& bins,
                                                      std::weak_ptr<Track::Producer> producer,
                                                      Observer& observer);

  // For the connection.

  RtspConnection::Sinks sinks() const;
  std::vector<GstElement*> video_tees() const;
  void begin();                      ///< A connection begins.
  void end() { connected_ = false; } ///< It was given up: ignores what it still sends.
  void set_state(TrackState state, const Reason& reason);
  /// What the camera announces: the encoding name of its audio, or empty; `note` then says why.
  void describe_sound(const std::string& encoding, const Reason& note);

  // For subscribers.

  /// Every track, also those that no viewer gets.
  std::vector<std::shared_ptr<Track>> all() const;
  /// The formats of video that viewers can get, the preferred codec first: of the last connection
  /// that brought video.
  std::vector<TrackFormat> video() const;
  bool sends(Codec codec) const; ///< Whether video() has that codec.
  /// The format of audio that viewers get: Opus if the camera's is converted.
  std::optional<TrackFormat> audio() const;
  /// Why there is no sound, or what is converted.
  const Reason& sound_note() const { return sound_note_; }
  /// The encoding name of the audio that the camera announces; empty: none that can be used.
  std::string sound_encoding() const;
  /// The track of that codec for viewers: video of a configured codec, also before any has arrived;
  /// or audio with the format of audio(). Null: there is none.
  std::shared_ptr<Track> find(Codec codec) const;
  /// The encoding names of what the camera sends, for the log: "H264 + OPUS".
  std::string names() const;

 private:
  StreamTracks(const config::Camera& camera, std::string stream, Observer& observer);
  Result<Done> add_video(Codec codec, SinkBins& bins, const std::weak_ptr<Track::Producer>& from);
  Result<Done> add_sound(SinkBins& bins, const std::weak_ptr<Track::Producer>& from);
  void on_caps(Track& track);
  void update();
  void on_transcoder_failed(const Reason& why) override;

  // Given.
  const std::string camera_; // Its id.
  const std::string stream_;
  Observer& observer_;
  // Owned.
  std::vector<std::shared_ptr<Track>> video_; // The preferred codec first.
  std::shared_ptr<Track> sound_;              // As the camera sends it.
  std::shared_ptr<Transcoder> transcoder_;
  std::vector<SignalConnection> connections_;
  Reason sound_note_;
  bool connected_ = false;
  bool stale_ = true; // The formats are of an earlier connection.
  TrackState state_ = TrackState::idle;
  Reason reason_;
};

} // namespace fanlight::media
