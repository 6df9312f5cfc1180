#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "base/token.h"
#include "gst/ref.h"
#include "gst/signal.h"
#include "media/codec.h"

namespace fanlight::media {

class SinkBins;
class Track;

enum class TrackState {
  idle,    ///< Not connected, or not converted: no sink wants it.
  waiting, ///< Wanted, but no data have arrived on this connection.
  live,    ///< Data arrive.
  absent,  ///< The camera is live but does not send this track, or the conversion failed.
};

struct TrackInfo {
  std::string id;     ///< Unique in its camera: "main-H264", "main-audio", "main-OPUS".
  std::string stream; ///< The camera's stream that it belongs to: "main".
  MediaKind kind = MediaKind::video;
  /// None: audio that the camera has not described yet, or does not send.
  std::optional<Codec> codec;
  /// Of the last connection that brought data. None: that connection did not bring this track.
  std::optional<TrackFormat> format;
  TrackState state = TrackState::idle;
  Reason reason; ///< For people: why it is not live.
};

/// A bin that tracks of one camera feed: the bin of one viewer, of all viewers, of a recorder, of a
/// transcoder. An error inside the bin affects neither the camera nor other sinks.
///
/// Threads: main only. Lifetime: outlives its subscriptions.
struct Sink {
  virtual ~Sink() = default;
  /// It is in the camera's pipeline while the sink has a subscription or a place
  /// (Camera::place()). After the last subscription
  /// it cannot be used again.
  virtual GstElement* bin() = 0;
  /// The sink pad of bin() for that track. Null: the sink has none yet; Subscription::feed() asks
  /// again.
  virtual Result<Ref<GstPad>> pad_for(const TrackInfo& track) = 0;
  /// An element of the bin reported an error. Later errors are not reported. The sink may end its
  /// subscriptions inside this call.
  virtual void on_failed(const std::string& why) = 0;
};

struct TrackObserver {
  virtual ~TrackObserver() = default;
  virtual void on_track_changed(const Track& track) = 0; ///< State, codec or format. On main.
};

/// The token by which a sink uses a track: it keeps the track wanted, keeps the sink's bin in the
/// pipeline, and feeds the bin, beginning with the cached GOP. It survives a reconnect of the
/// camera; no data flow meanwhile.
///
/// Threads: main only. Lifetime: must end before the track's Camera and before the sink. When it
/// ends, the track stops feeding the bin at once. When the last subscription of the sink ends, the
/// bin stops on a worker.
class Subscription {
 public:
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

  /// Feeds the sink if it had no pad before and has one now. Errors of Sink::pad_for and of the
  /// producer; internal.
  Result<Done> feed();
  /// Whether the subscription keeps the camera connected; true from the start. A sink that only
  /// waits for viewers to come back stays fed while there are data.
  void set_wanted(bool wanted);
  /// GOPs that the sink lost because it was too slow.
  std::uint64_t groups_dropped() const;

 private:
  friend class Track;
  struct Held;
  explicit Subscription(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_; // Null: moved from.
};

/// One elementary stream that any sink can subscribe to: sent by a camera, or made from another
/// track. It is a tee in the camera's pipeline that stays when its producer is rebuilt.
///
/// Threads: main only. Lifetime: shared. Once its producer is gone, subscribe() fails.
class Track : public std::enable_shared_from_this<Track> {
 public:
  /// What feeds the tee.
  struct Producer {
    virtual ~Producer() = default;
    /// The first subscription that wants the track has begun, or the last one has ended.
    virtual void on_demand(bool wanted) = 0;
    /// A sink is about to be fed: a producer that runs on demand starts unless it is running. The
    /// subscriber gets the error.
    virtual Result<Done> start_making() { return Done{}; }
    virtual void stop_making() {} ///< The last sink is no longer fed.
  };

  /// Adds the tee to the pipeline of `bins`, which outlives it. A tee of video repairs timestamps
  /// that jump or stand still and drops B-frames, because browsers cannot play these.
  /// Errc::internal when an element is missing.
  static Result<std::shared_ptr<Track>> create(TrackInfo info, SinkBins& bins,
                                               std::weak_ptr<Producer> producer);

  const TrackInfo& info() const { return info_; }
  /// Errc::not_found: the camera does not send it; unavailable: the camera was removed; internal.
  Result<Subscription> subscribe(Sink& sink);
  Token observe(TrackObserver& observer);

  // For the producer.

  GstElement* tee() const { return tee_.get(); }
  Ref<GstPad> input() const; ///< Of the tee.
  void set_state(TrackState state, const Reason& reason);
  void set_format(std::optional<Codec> codec, std::optional<TrackFormat> format);
  /// Counts demand for a track that is made from this one.
  void count_demand(bool wanted);

 private:
  friend class Subscription;
  Track(TrackInfo info, SinkBins& bins, std::weak_ptr<Producer> producer, Ref<GstElement> tee);
  void notify();

  // Given.
  SinkBins& bins_;
  const std::weak_ptr<Producer> producer_;
  // Owned.
  TrackInfo info_;
  const Ref<GstElement> tee_;
  std::vector<TrackObserver*> observers_;
  std::size_t wanted_ = 0; // Subscriptions that want it.
  std::size_t fed_ = 0;    // Subscriptions whose sink is fed.
};

} // namespace fanlight::media
