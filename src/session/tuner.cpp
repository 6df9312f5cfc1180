#include "session/tuner.h"

namespace fanlight::session {

std::vector<StreamState> Tuner::states(const Obstacle& obstacle) const {
  using State = media::Intake::State;
  std::vector<StreamState> states;
  for (const auto& intake : camera_->intakes()) {
    StreamState state{.id = intake->id(),
                      .down =
                          intake->state() == State::refused || intake->state() == State::retrying,
                      .obstacle = obstacle(*intake),
                      .b_frames = intake->health().rates().b_frames};
    state.playable = state.obstacle.empty();
    if (state.playable && state.down) state.obstacle = intake->reason();
    for (const media::Stream& stream : intake->video())
      if (stream.height > state.height) {
        state.width = stream.width;
        state.height = stream.height;
      }
    states.push_back(std::move(state));
  }
  return states;
}

Result<StreamPick> Tuner::pick(const Obstacle& obstacle) const {
  const auto known = states(obstacle);
  std::optional<std::size_t> now;
  for (std::size_t i = 0; i < known.size(); ++i)
    if (wanted() != nullptr && known[i].id == wanted()->id()) now = i;
  if (auto pick = pick_stream(known, wish_, now)) return std::move(*pick);
  for (const StreamState& state : known)
    if (!state.playable && (wish_.stream == "auto" || wish_.stream == state.id))
      return Error{Errc::unsupported, state.obstacle};
  std::string ids;
  for (const StreamState& state : known) ids += (ids.empty() ? "" : ", ") + state.id;
  return Error{Errc::not_found, "camera " + camera_->config().id + " has no stream " +
                                    wish_.stream + "; it has " + ids};
}

Result<const media::Intake*> Tuner::look(const Obstacle& obstacle) const {
  const auto pick = this->pick(obstacle);
  if (!pick) return pick.error();
  return static_cast<const media::Intake*>(camera_->intakes()[pick->index].get());
}

Result<Done> Tuner::tune(const Obstacle& obstacle) {
  const auto pick = this->pick(obstacle);
  if (!pick) return pick.error();
  media::Intake& picked = *camera_->intakes()[pick->index];
  if (&picked == current()) {
    next_.reset();
    reason_ = pick->reason;
  } else if (&picked != wanted()) {
    next_ = picked.claim();
    next_reason_ = pick->reason;
  }
  return Done{};
}

void Tuner::take() {
  if (!next_) return;
  current_ = std::move(next_);
  current_->watch();
  reason_ = std::move(next_reason_);
}

} // namespace fanlight::session
