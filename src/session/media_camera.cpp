#include "session/media_camera.h"

#include <utility>

namespace fanlight::session {
namespace {

class IntakeClaim : public ViewedStream::Claim {
 public:
  explicit IntakeClaim(std::unique_ptr<media::Intake::Claim> claim) : claim_(std::move(claim)) {}
  void watch() override { claim_->watch(); }

 private:
  const std::unique_ptr<media::Intake::Claim> claim_;
};

class IntakeStream : public ViewedStream {
 public:
  explicit IntakeStream(std::shared_ptr<media::Intake> intake) : intake_(std::move(intake)) {}

  const std::string& id() const override { return intake_->id(); }
  State state() const override { return intake_->state(); }
  const std::string& reason() const override { return intake_->reason(); }
  std::chrono::milliseconds state_age() const override { return intake_->state_age(); }
  std::chrono::milliseconds start_timeout() const override {
    return intake_->config().start_timeout;
  }
  std::vector<media::Stream> video() const override { return intake_->video(); }
  std::optional<media::Stream> audio() const override { return intake_->audio(); }
  bool sends(const std::string& encoding) const override { return intake_->sends(encoding); }
  bool has_b_frames() const override { return intake_->health().rates().b_frames; }
  std::uint64_t bitrate() const override { return intake_->health().rates().bitrate; }
  std::unique_ptr<Claim> claim() override {
    return std::make_unique<IntakeClaim>(intake_->claim());
  }

 private:
  const std::shared_ptr<media::Intake> intake_;
};

class BranchFeed : public webrtc::MediaFeed, private media::Branch::Observer {
 public:
  explicit BranchFeed(webrtc::MediaFeed::Observer& observer) : observer_(observer) {}
  Result<Done> begin(media::Camera& camera, Ref<GstElement> bin) {
    auto branch = camera.add_branch(std::move(bin), *this);
    if (!branch) return branch.error();
    branch_ = std::move(*branch);
    return Done{};
  }

  Result<Done> link(const std::string& stream, const std::string& encoding, GstPad* sink) override {
    return branch_->link(stream, encoding, sink);
  }
  void unlink(const std::string& stream, const std::string& encoding) override {
    branch_->unlink(stream, encoding);
  }
  std::uint64_t groups_dropped() const override { return branch_->groups_dropped(); }

 private:
  void on_branch_failed(const std::string& why) override { observer_.on_feed_failed(why); }

  webrtc::MediaFeed::Observer& observer_;
  std::unique_ptr<media::Branch> branch_;
};

} // namespace

MediaCamera::MediaCamera(std::shared_ptr<media::Camera> camera) : camera_(std::move(camera)) {
  for (const auto& intake : camera_->intakes())
    streams_.push_back(std::make_unique<IntakeStream>(intake));
}

Result<std::unique_ptr<webrtc::MediaFeed>>
MediaCamera::attach(Ref<GstElement> bin, webrtc::MediaFeed::Observer& observer) {
  auto feed = std::make_unique<BranchFeed>(observer);
  if (auto begun = feed->begin(*camera_, std::move(bin)); !begun) return begun.error();
  return std::unique_ptr<webrtc::MediaFeed>{std::move(feed)};
}

} // namespace fanlight::session
