#include "webrtc/fanout_branch.h"

#include "base/log.h"

namespace fanlight::webrtc {

FanoutBranch::Subscription::~Subscription() { branch_->leave(*this); }

Result<std::shared_ptr<FanoutBranch>> FanoutBranch::create(std::shared_ptr<MediaSource> camera,
                                                           const config::WebRtc& config,
                                                           Ended ended,
                                                           std::chrono::milliseconds linger) {
  auto fanout = Fanout::create(config);
  if (!fanout) return fanout.error();
  std::shared_ptr<FanoutBranch> self{
      new FanoutBranch(std::move(camera), std::move(*fanout), std::move(ended), linger)};
  auto feed = self->camera_->attach(Ref<GstElement>::retain(self->fanout_->bin()), *self);
  if (!feed) return feed.error();
  self->feed_ = std::move(*feed);
  return self;
}

FanoutBranch::FanoutBranch(std::shared_ptr<MediaSource> camera, std::shared_ptr<Fanout> fanout,
                           Ended ended, std::chrono::milliseconds linger)
    : camera_(std::move(camera)), ended_(std::move(ended)), linger_(linger),
      fanout_(std::move(fanout)) {}

Result<std::unique_ptr<FanoutBranch::Subscription>>
FanoutBranch::subscribe(const sdp::Choices& choices, MediaFeed::Observer& viewer) {
  std::unique_ptr<Subscription> subscription{new Subscription(shared_from_this(), viewer)};
  subscriptions_.insert(subscription.get());
  for (const auto& choice : choices) {
    if (!choice) continue;
    auto fed = feed(*choice);
    if (!fed) return fed.error();
    subscription->parts_.push_back(std::move(*fed));
  }
  return subscription;
}

Result<Done> FanoutBranch::Subscription::change_picture(const std::string& from,
                                                        const sdp::Choice& choice) {
  auto fed = branch_->feed(choice);
  if (!fed) return fed.error();
  for (Part& part : parts_) {
    if (part.stream != from || part.codec != fed->codec) continue;
    // It gets the old one until the new one has a key frame.
    branch_->let_go(std::exchange(part, std::move(*fed)), 4 * branch_->linger_);
    return Done{};
  }
  return Error{Errc::internal, "the viewer does not get stream " + from};
}

Result<FanoutBranch::Subscription::Part> FanoutBranch::feed(const sdp::Choice& choice) {
  if (failed_) return Error{Errc::internal, "webrtcfanout has failed"};
  const auto codec = codec_of(choice.sent.encoding);
  if (!codec) return Error{Errc::not_found, "no camera sends \"" + choice.sent.encoding + "\""};
  const Subscription::Part part{choice.stream, *codec};
  const auto [entry, is_new] = inputs_.try_emplace(part);
  if (is_new) {
    auto input = fanout_->input(part.stream, choice.sent);
    auto linked = input ? feed_->link(part.stream, part.codec, input->pad.get()) : input.error();
    if (!linked) {
      inputs_.erase(entry);
      return linked.error();
    }
  }
  ++entry->second.viewers;
  entry->second.idle.stop();
  return part;
}

void FanoutBranch::hold(Reservation room, std::chrono::milliseconds starting) {
  room_ = std::move(room);
  starting_.once(starting, [this] { room_.reset(); });
}

void FanoutBranch::leave(const Subscription& subscription) {
  subscriptions_.erase(&subscription);
  for (const Subscription::Part& part : subscription.parts_) let_go(part, linger_);
}

void FanoutBranch::let_go(const Subscription::Part& part, std::chrono::milliseconds linger) {
  const auto input = inputs_.find(part);
  if (input == inputs_.end() || --input->second.viewers > 0) return;
  input->second.idle.once(linger, [this, part] { stop_input(part); });
}

void FanoutBranch::stop_input(const Subscription::Part& part) {
  feed_->unlink(part.stream, part.codec);
  inputs_.erase(part);
  if (inputs_.empty()) end();
}

void FanoutBranch::end() {
  const Ended ended = ended_; // Copied: the call may destroy this object.
  ended(*this);
}

void FanoutBranch::on_feed_failed(const std::string& why) {
  if (std::exchange(failed_, true)) return;
  log::error("session",
             {{"camera", camera_->camera_id()}, {"viewers", std::to_string(subscriptions_.size())}},
             "webrtcfanout failed: " + why);
  std::vector<const Subscription*> viewers{subscriptions_.begin(), subscriptions_.end()};
  const std::size_t count = viewers.size();
  // Subscriptions may end meanwhile, but none is added: the branch accepts no viewers after this.
  spread(count, [weak = weak_from_this(), viewers = std::move(viewers), why](std::size_t i) {
    const auto self = weak.lock();
    if (self && self->subscriptions_.contains(viewers[i]))
      viewers[i]->viewer_.on_feed_failed("webrtcfanout failed: " + why);
  });
  inputs_.clear();
  // In a later turn: this is a call of the feed.
  post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->feed_.reset();
    self->end();
  });
}

} // namespace fanlight::webrtc
