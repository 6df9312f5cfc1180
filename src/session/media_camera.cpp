#include "session/media_camera.h"

#include <algorithm>
#include <utility>

namespace fanlight::session {
namespace {

class CameraStreamClaim : public ViewedStream::Claim {
 public:
  explicit CameraStreamClaim(std::unique_ptr<media::CameraStream::Claim> claim)
      : claim_(std::move(claim)) {}
  void watch() override { claim_->watch(); }

 private:
  const std::unique_ptr<media::CameraStream::Claim> claim_;
};

class ViewedCameraStream : public ViewedStream {
 public:
  explicit ViewedCameraStream(std::shared_ptr<media::CameraStream> camera_stream)
      : camera_stream_(std::move(camera_stream)) {}

  const std::string& id() const override { return camera_stream_->id(); }
  State state() const override { return camera_stream_->state(); }
  const Reason& reason() const override { return camera_stream_->reason(); }
  std::chrono::milliseconds state_age() const override { return camera_stream_->state_age(); }
  std::chrono::milliseconds start_timeout() const override {
    return camera_stream_->config().start_timeout;
  }
  std::vector<media::TrackFormat> video() const override {
    return camera_stream_->tracks().video();
  }
  std::optional<media::TrackFormat> audio() const override {
    return camera_stream_->tracks().audio();
  }
  bool sends(const std::string& encoding) const override {
    const auto codec = codec_of(encoding);
    return codec && camera_stream_->tracks().sends(*codec);
  }
  bool has_b_frames() const override { return camera_stream_->health().rates().b_frames; }
  std::unique_ptr<Claim> claim() override {
    return std::make_unique<CameraStreamClaim>(camera_stream_->claim());
  }

 private:
  const std::shared_ptr<media::CameraStream> camera_stream_;
};

/// The bin of a transport as a sink. Its subscriptions do not keep the camera connected: the claims
/// of the viewers do that, and a fan-out may outlive the last viewer for a while.
class TrackFeed : public webrtc::MediaFeed, private media::Sink {
 public:
  TrackFeed(std::shared_ptr<media::Camera> camera, Ref<GstElement> bin,
            webrtc::MediaFeed::Observer& observer)
      : camera_(std::move(camera)), bin_(std::move(bin)), observer_(observer) {}
  Result<Done> begin() {
    auto place = camera_->place(*this);
    if (!place) return place.error();
    place_ = std::move(*place);
    return Done{};
  }

  Result<Done> link(const std::string& stream, Codec codec, GstPad* sink) override {
    const auto track = camera_->track(stream, codec);
    if (!track) return track.error();
    linking_ = Ref<GstPad>::share(sink);
    auto subscription = (*track)->subscribe(*this);
    if (!subscription) return subscription.error();
    subscription->set_wanted(false);
    links_.push_back({stream, codec, std::move(*subscription)});
    return Done{};
  }
  void unlink(const std::string& stream, Codec codec) override {
    const auto found = std::find_if(links_.begin(), links_.end(), [&](const Link& link) {
      return link.stream == stream && link.codec == codec;
    });
    if (found == links_.end()) return;
    dropped_before_ += found->subscription.groups_dropped();
    links_.erase(found);
  }
  std::uint64_t bitrate(const std::string& stream) const override {
    const media::CameraStream* const found = camera_->find(stream);
    return found == nullptr ? 0 : found->health().rates().bitrate;
  }
  std::uint64_t groups_dropped() const override {
    std::uint64_t dropped = dropped_before_;
    for (const Link& link : links_) dropped += link.subscription.groups_dropped();
    return dropped;
  }

 private:
  /// The linked codec: the track may send another one by now, or none.
  struct Link {
    std::string stream;
    Codec codec;
    media::Subscription subscription;
  };

  GstElement* bin() override { return bin_.get(); }
  Result<Ref<GstPad>> pad_for(const media::TrackInfo&) override { return std::move(linking_); }
  void on_failed(const std::string& why) override { observer_.on_feed_failed(why); }

  // Given.
  const std::shared_ptr<media::Camera> camera_;
  const Ref<GstElement> bin_;
  webrtc::MediaFeed::Observer& observer_;
  // Owned.
  Token place_;
  Ref<GstPad> linking_; // Set by link().
  std::vector<Link> links_;
  std::uint64_t dropped_before_ = 0; // By links that have ended.
};

} // namespace

MediaCamera::MediaCamera(std::shared_ptr<media::Camera> camera) : camera_(std::move(camera)) {
  for (const auto& camera_stream : camera_->camera_streams())
    streams_.push_back(std::make_unique<ViewedCameraStream>(camera_stream));
}

Result<std::unique_ptr<webrtc::MediaFeed>>
MediaCamera::attach(Ref<GstElement> bin, webrtc::MediaFeed::Observer& observer) {
  auto feed = std::make_unique<TrackFeed>(camera_, std::move(bin), observer);
  if (auto begun = feed->begin(); !begun) return begun.error();
  return std::unique_ptr<webrtc::MediaFeed>{std::move(feed)};
}

} // namespace fanlight::session
