#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gst/sdp/sdp.h>

#include "base/codec.h"
#include "base/result.h"
#include "config/config.h"
#include "gst/ref.h"
#include "media/rtsp/connect_error.h"
#include "media/rtsp/source.h"
#include "rtsp/keep_alive.h"

namespace fanlight::media {

/// The half of a camera stream that is rebuilt for every connection: its RtspSource, and for every
/// wanted track that comes as RTP a depayloader and, for some audio, a parser, linked to the
/// track's tee.
///
/// The bin lives in the camera's pipeline; this object only reports on it. Threads: main, except
/// that the source requires linking on its own thread before data flow; that part accesses only
/// GStreamer objects and `Shared`.
class RtspConnection {
 public:
  /// The tees' sink pads.
  struct Sinks {
    std::map<Codec, Ref<GstPad>> video; ///< Only wanted codecs.
    Ref<GstPad> audio;                  ///< For audio of any codec; null: not wanted.
    /// Null: that codec is not wanted.
    GstPad* find(Codec codec) const;
  };
  struct Observer {
    virtual ~Observer() = default;
    /// The camera closed the connection or started another stream on it: `why`. On main.
    virtual void on_connection_end(const Reason& why) = 0;
    /// What was decided about audio: the encoding that the camera offers, or empty and `note`,
    /// which says why there is none. On main.
    virtual void on_connection_audio(const std::string& encoding, const Reason& note) = 0;
    /// The video codecs in the camera's description (its SDP), in its order. On main.
    virtual void on_connection_described(const std::vector<std::string>& video) = 0;
  };

  /// What earlier connections to this camera have taught.
  struct Experience {
    Reason no_sound; ///< Why not to set up the audio track; empty: set it up if the configuration
                     ///< wants it.
    rtsp::KeepAlivePlan plan;  ///< How to keep the session alive.
    bool avoid_direct = false; ///< `source: auto` takes rtspsrc, see ConnectError.
  };
  /// Errc::internal: an element is missing; invalid: the source that is configured does not read
  /// this stream; not_found: tls_ca_file cannot be read.
  static Result<std::unique_ptr<RtspConnection>> create(const config::Camera& camera,
                                                        const config::Stream& stream, Sinks sinks,
                                                        const Experience& experience,
                                                        std::weak_ptr<Observer> observer);
  ~RtspConnection();

  GstElement* bin() const { return source_->bin(); }
  /// The name of the element that reads the camera.
  std::string source() const;
  /// Interprets an error message from inside the bin.
  ConnectError explain(GstMessage* message) const;
  /// As on_connection_described() tells it, but at once. Empty: nothing was described.
  std::vector<std::string> described() const;
  /// Whether sound has come that the server can read. on_connection_audio() tells it, too.
  bool sound_came() const;
  /// If the error message is from an element of the sound, ends the sound and returns why, for
  /// people; empty: the sound has ended before. None: the message is from elsewhere.
  std::optional<Reason> give_up_sound(GstMessage* message);
  /// How many keep-alives the camera has answered.
  unsigned keep_alives() const { return source_->keep_alives(); }
  /// How long its session lasts without them.
  std::chrono::seconds session_timeout() const { return source_->session_timeout(); }
  /// The elements whose `stats` count packets.
  std::vector<Ref<GstElement>> packet_counters() const { return source_->packet_counters(); }
  /// The element whose `stats` count pictures; null before it exists.
  Ref<GstElement> picture_counter() const;

 private:
  struct Shared;
  RtspConnection(std::unique_ptr<RtspSource> source, std::shared_ptr<Shared> shared);
  static void on_sdp(GstElement* source, GstSDPMessage* sdp, gpointer shared);
  static gboolean on_select_stream(GstElement* source, guint number, GstCaps* caps,
                                   gpointer shared);
  static void on_pad_added(GstElement* source, GstPad* pad, gpointer shared);

  std::shared_ptr<Shared> shared_;
  std::unique_ptr<RtspSource> source_;
  bool sound_ended_ = false;
};

} // namespace fanlight::media
