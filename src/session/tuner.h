#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "media/camera.h"
#include "session/stream_choice.h"

namespace fanlight::session {

/// Which of a camera's streams one viewer gets, and which it is to get: what it has, and what fits
/// its wish better, are kept connected for it.
///
/// Threads: main only. Lifetime: the viewer's.
class Tuner {
 public:
  /// Why the viewer cannot play what a stream sends; empty: it can, as far as is known.
  using Obstacle = std::function<std::string(const media::Intake&)>;

  Tuner(std::shared_ptr<media::Camera> camera, StreamWish wish)
      : camera_(std::move(camera)), wish_(std::move(wish)) {}

  void wish(StreamWish wish) { wish_ = std::move(wish); }
  const StreamWish& wish() const { return wish_; }
  /// What fits best now, without any consequence. Errc::unsupported: there is nothing that the
  /// viewer can play; not_found: there is no stream of that id.
  Result<const media::Intake*> look(const Obstacle& obstacle) const;
  /// Wants what fits best now. Errors as of look(): all stays as it is then.
  Result<Done> tune(const Obstacle& obstacle);
  /// What tune() found; it may still have to be connected. Null before the first.
  media::Intake* wanted() const { return next_ ? &next_->intake() : current(); }
  /// What the viewer gets; null before take().
  media::Intake* current() const { return current_ ? &current_->intake() : nullptr; }
  /// From now on the viewer gets what is wanted.
  void take();
  const std::string& reason() const { return reason_; } ///< Why the current one.

 private:
  Result<StreamPick> pick(const Obstacle& obstacle) const;
  std::vector<StreamState> states(const Obstacle& obstacle) const;

  const std::shared_ptr<media::Camera> camera_;
  StreamWish wish_;
  std::unique_ptr<media::Intake::Claim> current_;
  std::unique_ptr<media::Intake::Claim> next_;
  std::string next_reason_;
  std::string reason_;
};

} // namespace fanlight::session
