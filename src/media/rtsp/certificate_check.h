#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <gio/gio.h>
#include <gst/gst.h>

#include "base/result.h"
#include "config/config.h"

namespace fanlight::media {

/// Whether the camera that answers is the right one, for rtsps://: its certificate is the pinned
/// one, or signed by an authority that we know.
///
/// Threads: rtspsrc's while it connects; refusal() on any.
class CertificateCheck {
 public:
  /// Of all TLS connections of `rtspsrc`. Errc::not_found when tls_ca_file cannot be read.
  static Result<std::shared_ptr<CertificateCheck>> attach(GstElement* rtspsrc,
                                                          const config::Stream& stream);

  /// Why the camera's certificate was not taken and what to do, with its fingerprint; empty: it was
  /// taken, or none came.
  std::string refusal() const;

 private:
  explicit CertificateCheck(std::string pinned) : pinned_(std::move(pinned)) {}
  bool accept(GTlsCertificate* certificate, GTlsCertificateFlags faults);

  const std::string pinned_; // As fingerprint_of() writes it; empty: none.
  mutable std::mutex mutex_; // Protects refusal_.
  std::string refusal_;
};

/// SHA-256 over the certificate, as 64 hexadecimal digits in upper case.
std::string fingerprint_of(GTlsCertificate* certificate);

} // namespace fanlight::media
