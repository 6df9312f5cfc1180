#include "session/fanout_branch.h"

#include "base/log.h"

namespace fanlight::session {

FanoutBranch::Share::~Share() { branch_->leave(*this); }

Result<std::shared_ptr<FanoutBranch>> FanoutBranch::create(std::shared_ptr<media::Camera> camera,
                                                           const config::WebRtc& config,
                                                           Ended ended,
                                                           std::chrono::milliseconds linger) {
  auto fanout = webrtc::Fanout::create(config);
  if (!fanout) return fanout.error();
  std::shared_ptr<FanoutBranch> self{
      new FanoutBranch(std::move(camera), std::move(*fanout), std::move(ended), linger)};
  auto branch = self->camera_->add_branch(Ref<GstElement>::retain(self->fanout_->bin()), *self);
  if (!branch) return branch.error();
  self->branch_ = std::move(*branch);
  return self;
}

FanoutBranch::FanoutBranch(std::shared_ptr<media::Camera> camera,
                           std::shared_ptr<webrtc::Fanout> fanout, Ended ended,
                           std::chrono::milliseconds linger)
    : camera_(std::move(camera)), ended_(std::move(ended)), linger_(linger),
      fanout_(std::move(fanout)) {}

Result<std::unique_ptr<FanoutBranch::Share>> FanoutBranch::join(const webrtc::Choices& choices,
                                                                media::Branch::Observer& viewer) {
  std::unique_ptr<Share> share{new Share(shared_from_this(), viewer)};
  shares_.insert(share.get());
  for (const auto& choice : choices) {
    if (!choice) continue;
    if (auto fed = feed(choice->stream, choice->sent); !fed) return fed.error();
    share->parts_.push_back({choice->stream, choice->sent.encoding});
  }
  return share;
}

Result<Done> FanoutBranch::Share::change_picture(const std::string& from,
                                                 const webrtc::Choice& choice) {
  if (auto fed = branch_->feed(choice.stream, choice.sent); !fed) return fed.error();
  for (Part& part : parts_) {
    if (part.stream != from || part.encoding != choice.sent.encoding) continue;
    // It gets the old one until the new one has a key frame.
    branch_->let_go(std::exchange(part, {choice.stream, choice.sent.encoding}),
                    4 * branch_->linger_);
    return Done{};
  }
  return Error{Errc::internal, "the viewer does not get stream " + from};
}

Result<Done> FanoutBranch::feed(const std::string& stream, const RtpFormat& format) {
  if (failed_) return Error{Errc::internal, "the fanout has failed"};
  const auto [entry, is_new] = feeds_.try_emplace({stream, format.encoding});
  if (is_new) {
    auto input = fanout_->input(stream, format);
    auto linked = input ? branch_->link(stream, format.encoding, input->pad.get()) : input.error();
    if (!linked) {
      feeds_.erase(entry);
      return linked.error();
    }
  }
  ++entry->second.viewers;
  entry->second.idle.stop();
  return Done{};
}

void FanoutBranch::hold(Reservation room, std::chrono::milliseconds starting) {
  room_ = std::move(room);
  starting_.once(starting, [this] { room_.reset(); });
}

void FanoutBranch::leave(const Share& share) {
  shares_.erase(&share);
  for (const Share::Part& part : share.parts_) let_go(part, linger_);
}

void FanoutBranch::let_go(const Share::Part& part, std::chrono::milliseconds linger) {
  const auto feed = feeds_.find({part.stream, part.encoding});
  if (feed == feeds_.end() || --feed->second.viewers > 0) return;
  feed->second.idle.once(linger, [this, part] { starve(part); });
}

void FanoutBranch::starve(const Share::Part& part) {
  branch_->unlink(part.stream, part.encoding);
  feeds_.erase({part.stream, part.encoding});
  if (feeds_.empty()) end();
}

void FanoutBranch::end() {
  const Ended ended = ended_; // Ours may die with us in it.
  ended(*this);
}

void FanoutBranch::on_branch_failed(const std::string& why) {
  if (std::exchange(failed_, true)) return;
  log::error("session",
             {{"camera", camera_->config().id}, {"viewers", std::to_string(shares_.size())}},
             "the fanout failed: " + why);
  std::vector<const Share*> shares{shares_.begin(), shares_.end()};
  const std::size_t count = shares.size();
  // None is new where one has left: nobody can join any more.
  spread(count, [weak = weak_from_this(), shares = std::move(shares), why](std::size_t i) {
    const auto self = weak.lock();
    if (self && self->shares_.contains(shares[i]))
      shares[i]->viewer_.on_branch_failed("the fanout failed: " + why);
  });
  feeds_.clear();
  // In a turn of its own: the branch is telling us.
  post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->branch_.reset();
    self->end();
  });
}

} // namespace fanlight::session
