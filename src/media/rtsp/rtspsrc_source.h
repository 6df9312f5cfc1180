#pragma once

#include <memory>

#include "base/main_loop.h"
#include "base/result.h"
#include "config/config.h"
#include "media/rtsp/certificate_check.h"
#include "media/rtsp/hooks.h"
#include "media/rtsp/sockets.h"
#include "media/rtsp/source.h"
#include "rtsp/keep_alive.h"

namespace fanlight::media {

/// Reads a camera by rtspsrc, with all that Fanlight adds to it: login and keep-alive (RtspHooks),
/// its sockets (RtspSockets), the check of certificates, and elements in place of the jitter
/// buffer.
///
/// Threads: main, except `Guest`, which rtspsrc's threads access.
class RtspsrcSource : public RtspSource {
 public:
  /// `plan`: how to keep the session alive. Errc::internal: an element is missing; not_found:
  /// tls_ca_file cannot be read.
  static Result<std::unique_ptr<RtspSource>> create(const config::Stream& stream,
                                                    const rtsp::KeepAlivePlan& plan);
  ~RtspsrcSource() override;

  GstElement* bin() const override { return bin_.get(); }
  GstElement* element() const override { return element_.get(); }
  ConnectError explain(GstMessage* message) const override;
  unsigned keep_alives() const override { return hooks_->keep_alives(); }
  std::chrono::seconds session_timeout() const override { return hooks_->timeout(); }
  std::vector<Ref<GstElement>> packet_counters() const override;
  Ref<GstElement> picture_counter() const override { return {}; }

 private:
  struct Guest;
  RtspsrcSource(const config::Stream& stream, Ref<GstElement> bin, Ref<GstElement> element,
                std::shared_ptr<Guest> guest);
  static void on_sdp(GstElement* rtspsrc, GstSDPMessage* sdp, gpointer guest);
  static void on_new_manager(GstElement* rtspsrc, GstElement* manager, gpointer guest);
  static void on_manager_pad(GstElement* manager, GstPad* pad, gpointer guest);

  const config::Stream config_;
  const Ref<GstElement> bin_;
  const Ref<GstElement> element_;
  const std::shared_ptr<Guest> guest_;
  std::shared_ptr<RtspHooks> hooks_;
  std::shared_ptr<CertificateCheck> certificate_; // Null without TLS.
  Timer keep_alive_;
};

} // namespace fanlight::media
