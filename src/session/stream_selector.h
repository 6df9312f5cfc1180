#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "session/stream_choice.h"
#include "session/viewed_camera.h"

namespace fanlight::session {

/// Chooses the camera stream for one viewer, and keeps both the current and the pending one
/// connected.
///
/// Threads: main only. Lifetime: the viewer's.
class StreamSelector {
 public:
  /// Why the viewer cannot play what a stream sends; empty: it can, as far as is known.
  using Mismatch = std::function<Reason(const ViewedStream&)>;

  StreamSelector(std::shared_ptr<ViewedCamera> camera, StreamPreference preference)
      : camera_(std::move(camera)), preference_(std::move(preference)) {}

  void prefer(StreamPreference preference) { preference_ = std::move(preference); }
  const StreamPreference& preference() const { return preference_; }
  /// The stream that fits best now; changes nothing. Errc::unsupported: the viewer can play none;
  /// not_found: there is no stream of that id.
  Result<const ViewedStream*> find_best(const Mismatch& mismatch) const;
  /// Connects the stream that fits best now. On errors, those of find_best(), nothing changes.
  Result<Done> select(const Mismatch& mismatch);
  /// The stream that select() found; it may not be connected yet. Null before the first select().
  ViewedStream* wanted() const { return next_.stream != nullptr ? next_.stream : current_.stream; }
  /// The stream that the viewer gets; null before take().
  ViewedStream* current() const { return current_.stream; }
  /// Makes the wanted stream the current one.
  void take();
  /// Why the current one, for people.
  const Reason& reason() const { return current_.reason; }

 private:
  /// A stream that is kept connected.
  struct Held {
    ViewedStream* stream = nullptr;
    std::unique_ptr<ViewedStream::Claim> claim;
    Reason reason; ///< Why this one, for people.
  };
  Result<StreamPick> pick(const Mismatch& mismatch) const;
  std::vector<StreamState> states(const Mismatch& mismatch) const;

  // Given.
  const std::shared_ptr<ViewedCamera> camera_;
  StreamPreference preference_;
  // Owned.
  Held current_;
  Held next_;
};

} // namespace fanlight::session
