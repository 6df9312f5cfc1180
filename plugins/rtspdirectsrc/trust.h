#pragma once

#include <functional>
#include <string>
#include <vector>

#include <gio/gio.h>

namespace fanlight::direct {

/// Whom a camera with TLS must be: the settings of an element, and the judgement of certificates by
/// GIO, which may take long, because it may load the authorities of the system.
class Trust {
 public:
  /// Whether a certificate is accepted although it has these faults. On the thread that judges.
  using Accepts = std::function<bool(GTlsCertificate*, GTlsCertificateFlags)>;
  using Done = std::function<void(bool accepted)>;

  Trust() = default;
  Trust(const Trust& other) { *this = other; }
  Trust& operator=(const Trust& other);
  ~Trust() { g_clear_object(&database_); }

  GTlsCertificateFlags flags() const { return flags_; }
  void set_flags(GTlsCertificateFlags flags) { flags_ = flags; }
  GTlsDatabase* database() const { return database_; } ///< Null: the system's.
  void set_database(GTlsDatabase* database) { g_set_object(&database_, database); }

  /// Judges the chain (DER, the camera's own first) that `host` presented, on a thread of GLib's,
  /// which calls `done`.
  void judge(const std::vector<std::string>& chain, const std::string& host, int port,
             Accepts accepts, Done done) const;

 private:
  GTlsCertificateFlags flags_ = G_TLS_CERTIFICATE_VALIDATE_ALL;
  GTlsDatabase* database_ = nullptr;
};

} // namespace fanlight::direct
