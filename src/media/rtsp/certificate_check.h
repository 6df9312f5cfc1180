#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <gio/gio.h>
#include <gst/gst.h>

#include "base/result.h"
#include "config/config.h"

namespace fanlight::media {

/// Checks the identity of a camera with rtsps://: its certificate must be the pinned one, or signed
/// by an authority that the server trusts.
///
/// Threads: the source's while it connects; refusal() on any thread.
class CertificateCheck {
 public:
  /// Checks all TLS connections of rtspsrc or rtspdirectsrc. Errc::not_found if tls_ca_file cannot
  /// be read.
  static Result<std::shared_ptr<CertificateCheck>> attach(GstElement* source,
                                                          const config::Stream& stream);

  /// Why the certificate was rejected and what to do, with its fingerprint. Empty: it was accepted,
  /// or the camera has sent none.
  Reason refusal() const;

 private:
  explicit CertificateCheck(std::string pinned) : pinned_(std::move(pinned)) {}
  bool accept(GTlsCertificate* certificate, GTlsCertificateFlags faults);

  const std::string pinned_; // As fingerprint_of() writes it; empty: not pinned.
  mutable std::mutex mutex_; // Protects refusal_.
  Reason refusal_;
};

/// SHA-256 over the certificate, as 64 hexadecimal digits in upper case.
std::string fingerprint_of(GTlsCertificate* certificate);

} // namespace fanlight::media
