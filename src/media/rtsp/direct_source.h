#pragma once

#include <memory>

#include "base/result.h"
#include "config/config.h"
#include "media/rtsp/certificate_check.h"
#include "media/rtsp/source.h"
#include "rtsp/keep_alive.h"

namespace fanlight::media {

/// Reads a camera by rtspdirectsrc, which shares its threads with those of all other cameras.
class DirectSource : public RtspSource {
 public:
  /// Errc::internal: the element is missing; not_found: tls_ca_file cannot be read.
  static Result<std::unique_ptr<RtspSource>> create(const config::Stream& stream,
                                                    const rtsp::KeepAlivePlan& plan);
  /// Whether the element reads that stream; empty: it does. Otherwise why not.
  static Reason obstacle(const config::Stream& stream);

  GstElement* bin() const override { return bin_.get(); }
  GstElement* element() const override { return element_.get(); }
  ConnectError explain(GstMessage* message) const override;
  unsigned keep_alives() const override;
  std::chrono::seconds session_timeout() const override;
  std::vector<Ref<GstElement>> packet_counters() const override { return {element_}; }
  Ref<GstElement> picture_counter() const override { return element_; }

 private:
  DirectSource(const config::Stream& stream, Ref<GstElement> bin, Ref<GstElement> element);
  guint counter(const char* field, guint otherwise) const;

  const config::Stream config_;
  const Ref<GstElement> bin_;
  const Ref<GstElement> element_;
  std::shared_ptr<CertificateCheck> certificate_; // Null without TLS.
};

} // namespace fanlight::media
