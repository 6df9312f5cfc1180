#pragma once

#include <memory>
#include <optional>
#include <string>

#include "media/sink_bins.h"
#include "media/track.h"

namespace fanlight::media {

/// Makes a track of Opus from a track of sound that no browser plays (is_converted()), once for all
/// listeners. It subscribes to that track and converts it while the Opus feeds at least one sink.
///
/// Threads: main only. Lifetime: shared by its StreamTracks and the subscriptions to its output.
class Transcoder : public Track::Producer,
                   private Sink,
                   private TrackObserver,
                   public std::enable_shared_from_this<Transcoder> {
 public:
  struct Observer {
    virtual ~Observer() = default;
    /// The transcoder has stopped. The next subscription starts it again; until then its track is
    /// silent. On main.
    virtual void on_transcoder_failed(const Reason& why) = 0;
  };

  /// Converts `source` while its codec is one that is converted. Errc::internal when an element is
  /// missing.
  static Result<std::shared_ptr<Transcoder>> create(std::shared_ptr<Track> source, SinkBins& bins,
                                                    std::weak_ptr<Observer> observer);

  const std::shared_ptr<Track>& output() const { return output_; }

 private:
  Transcoder(std::shared_ptr<Track> source, std::weak_ptr<Observer> observer);
  void stop();
  void update();

  // Of the output, as its producer.
  void on_demand(bool wanted) override { source_->count_demand(wanted); }
  Result<Done> start_making() override;
  void stop_making() override;
  // Of the source, as its sink.
  GstElement* bin() override { return bin_.get(); }
  Result<Ref<GstPad>> pad_for(const TrackInfo& track) override;
  void on_failed(const std::string& why) override;
  void on_track_changed(const Track& source) override;

  // Given.
  const std::shared_ptr<Track> source_;
  const std::weak_ptr<Observer> observer_;
  // Owned.
  std::shared_ptr<Track> output_;
  Ref<GstElement> bin_;                      // While it runs.
  std::optional<Codec> from_;                // What the bin decodes.
  std::optional<Subscription> subscription_; // While it runs.
  Reason failure_;                           // Why it stopped although it has listeners.
  Token observation_;
};

} // namespace fanlight::media
