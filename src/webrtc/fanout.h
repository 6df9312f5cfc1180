#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/codec.h"
#include "base/rtp_format.h"
#include "config/config.h"
#include "gst/signal.h"

namespace fanlight::webrtc {

/// All viewers of one camera on one webrtcfanout: a bin with that element and a payloader for each
/// watched codec.
///
/// Threads: main only; the element's own threads come in through connect_on_main. Lifetime: shared
/// by the branch that feeds it and by its viewers.
class Fanout : public std::enable_shared_from_this<Fanout> {
 public:
  /// Hears what the element says of one viewer.
  struct Listener {
    virtual ~Listener() = default;
    virtual void on_fanout_state(const std::string& state, const std::string& message) = 0;
  };
  struct Input {
    Ref<GstPad> pad;    ///< Of bin(): wants the camera's stream.
    std::string output; ///< The element's pad behind the payloader, by which viewers ask for it.
  };

  /// Errc::internal when the element is missing.
  static Result<std::shared_ptr<Fanout>> create(const config::WebRtc& config);
  /// Opens the port that all fan-outs of the process share, and keeps it open while the returned
  /// element exists: thus it does not change, and a port in use is found before the first viewer.
  /// Errc::unavailable, with the configuration key, if it is in use.
  static Result<Ref<GstElement>> open_port(const config::WebRtc& config);

  GstElement* bin() const { return bin_.get(); }
  GstElement* element() const { return element_.get(); }

  /// The input for the track of that format of the camera's `stream`; made at the first call.
  Result<Input> input(const std::string& stream, const RtpFormat& format);

  /// From now on `listener` hears of the viewer named `id`.
  void listen(const std::string& id, std::weak_ptr<Listener> listener);
  void forget(const std::string& id);

 private:
  Fanout(Ref<GstElement> bin, Ref<GstElement> element);
  void on_viewer_state(std::string id, std::string state, std::string message);

  // Owned.
  Ref<GstElement> bin_;
  Ref<GstElement> element_;
  std::map<std::pair<std::string, Codec>, Input> inputs_; // By stream and codec.
  // One connection for all: a signal asks each of its handlers, and there may be thousands.
  SignalConnection states_;
  std::unordered_map<std::string, std::weak_ptr<Listener>> listeners_; // By the viewer's id.
};

} // namespace fanlight::webrtc
