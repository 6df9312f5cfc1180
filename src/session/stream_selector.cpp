#include "session/stream_selector.h"

#include <utility>

namespace fanlight::session {

std::vector<StreamState> StreamSelector::states(const Mismatch& mismatch) const {
  using State = ViewedStream::State;
  std::vector<StreamState> states;
  for (const auto& stream : camera_->streams()) {
    StreamState state{.id = stream->id(),
                      .down =
                          stream->state() == State::refused || stream->state() == State::retrying,
                      .mismatch = mismatch(*stream),
                      .b_frames = stream->has_b_frames()};
    state.playable = state.mismatch.empty();
    if (state.playable && state.down) state.mismatch = stream->reason();
    for (const media::TrackFormat& video : stream->video())
      if (video.height > state.height) {
        state.width = video.width;
        state.height = video.height;
      }
    states.push_back(std::move(state));
  }
  return states;
}

Result<StreamPick> StreamSelector::pick(const Mismatch& mismatch) const {
  const auto known = states(mismatch);
  std::optional<std::size_t> now;
  for (std::size_t i = 0; i < known.size(); ++i)
    if (wanted() != nullptr && known[i].id == wanted()->id()) now = i;
  if (auto pick = pick_stream(known, preference_, now)) return std::move(*pick);
  for (const StreamState& state : known)
    if (!state.playable && (preference_.stream == "auto" || preference_.stream == state.id))
      return Error{Errc::unsupported, state.mismatch};
  std::string ids;
  for (const StreamState& state : known) ids += (ids.empty() ? "" : ", ") + state.id;
  return Error{
      Errc::no_stream,
      Reason{"camera_without_stream"_reason,
             "camera {camera} has no stream {stream}; it has {streams}",
             {{"camera", camera_->id()}, {"stream", preference_.stream}, {"streams", ids}}}};
}

Result<const ViewedStream*> StreamSelector::find_best(const Mismatch& mismatch) const {
  const auto pick = this->pick(mismatch);
  if (!pick) return pick.error();
  return static_cast<const ViewedStream*>(camera_->streams()[pick->index].get());
}

Result<Done> StreamSelector::select(const Mismatch& mismatch) {
  const auto pick = this->pick(mismatch);
  if (!pick) return pick.error();
  ViewedStream& picked = *camera_->streams()[pick->index];
  if (&picked == current()) {
    next_ = {};
    current_.reason = pick->reason;
  } else if (&picked != wanted()) {
    next_ = {&picked, picked.claim(), pick->reason};
  }
  return Done{};
}

void StreamSelector::take() {
  if (next_.stream == nullptr) return;
  current_ = std::exchange(next_, {});
  current_.claim->watch();
}

} // namespace fanlight::session
