#include "media/rtsp/certificate_check.h"

#include "gst/ref.h"

namespace fanlight::media {
namespace {

/// A trust list without authorities, so that GIO passes every certificate to our handler.
struct NoAuthority {
  GTlsDatabase parent;
};
struct NoAuthorityClass {
  GTlsDatabaseClass parent;
};
G_DEFINE_TYPE(NoAuthority, no_authority, G_TYPE_TLS_DATABASE)

GTlsCertificateFlags verify_chain(GTlsDatabase*, GTlsCertificate*, const gchar*,
                                  GSocketConnectable*, GTlsInteraction*, GTlsDatabaseVerifyFlags,
                                  GCancellable*, GError**) {
  return G_TLS_CERTIFICATE_UNKNOWN_CA;
}

void no_authority_class_init(NoAuthorityClass* klass) {
  G_TLS_DATABASE_CLASS(klass)->verify_chain = verify_chain;
}
void no_authority_init(NoAuthority*) {}

/// With colons, as openssl prints it and as `tls_fingerprint` accepts it.
std::string readable(const std::string& fingerprint) {
  std::string out;
  for (std::size_t at = 0; at < fingerprint.size(); ++at) {
    if (at > 0 && at % 2 == 0) out += ':';
    out += fingerprint[at];
  }
  return out;
}

std::vector<Reason> faults_of(GTlsCertificateFlags flags) {
  std::vector<Reason> faults;
  const auto add = [&](GTlsCertificateFlags flag, const Reason& fault) {
    if ((flags & flag) != 0) faults.push_back(fault);
  };
  add(G_TLS_CERTIFICATE_UNKNOWN_CA,
      {"certificate_unsigned"_reason, "it is not signed by an authority that this server trusts"});
  add(G_TLS_CERTIFICATE_BAD_IDENTITY,
      {"certificate_host"_reason, "it was issued for another host than the one in the URL"});
  add(G_TLS_CERTIFICATE_NOT_ACTIVATED, {"certificate_early"_reason, "it is not valid yet"});
  add(G_TLS_CERTIFICATE_EXPIRED, {"certificate_expired"_reason, "it has expired"});
  add(G_TLS_CERTIFICATE_REVOKED, {"certificate_revoked"_reason, "it was revoked"});
  add(G_TLS_CERTIFICATE_INSECURE,
      {"certificate_insecure"_reason, "it is signed by an insecure algorithm"});
  if (faults.empty()) faults.push_back({"certificate_invalid"_reason, "it is not valid"});
  return faults;
}

} // namespace

std::string fingerprint_of(GTlsCertificate* certificate) {
  GByteArray* raw = nullptr;
  g_object_get(certificate, "certificate", &raw, nullptr);
  const Owned<GByteArray, g_byte_array_unref> der{raw};
  if (!der) return {};
  const GCharPtr digits{g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len)};
  return take_string(g_ascii_strup(digits.get(), -1));
}

Result<std::shared_ptr<CertificateCheck>> CertificateCheck::attach(GstElement* source,
                                                                   const config::Stream& stream) {
  Ref<GTlsDatabase> authorities;
  if (!stream.tls_fingerprint.empty()) {
    authorities =
        Ref<GTlsDatabase>::adopt(G_TLS_DATABASE(g_object_new(no_authority_get_type(), nullptr)));
  } else if (!stream.tls_ca_file.empty()) {
    GError* raw = nullptr;
    authorities =
        Ref<GTlsDatabase>::adopt(g_tls_file_database_new(stream.tls_ca_file.c_str(), &raw));
    if (const GErrorPtr error{raw}; error)
      return Error{Errc::not_found,
                   Reason{"ca_file_unreadable"_reason,
                          "reading tls_ca_file {file}: {detail}",
                          {{"file", stream.tls_ca_file}, {"detail", error->message}}}};
  }
  const bool verify = stream.tls_verify || !stream.tls_fingerprint.empty();
  g_object_set(source, "tls-validation-flags",
               verify ? G_TLS_CERTIFICATE_VALIDATE_ALL : G_TLS_CERTIFICATE_NO_FLAGS, nullptr);
  if (authorities) g_object_set(source, "tls-database", authorities.get(), nullptr);

  std::shared_ptr<CertificateCheck> check{new CertificateCheck(stream.tls_fingerprint)};
  g_signal_connect_data(
      source, "accept-certificate",
      G_CALLBACK(+[](GstElement*, GTlsConnection*, GTlsCertificate* certificate,
                     GTlsCertificateFlags faults, gpointer data) -> gboolean {
        return (*static_cast<std::shared_ptr<CertificateCheck>*>(data))
            ->accept(certificate, faults);
      }),
      new std::shared_ptr<CertificateCheck>(check),
      +[](gpointer data, GClosure*) {
        delete static_cast<std::shared_ptr<CertificateCheck>*>(data);
      },
      GConnectFlags{});
  return check;
}

bool CertificateCheck::accept(GTlsCertificate* certificate, GTlsCertificateFlags faults) {
  const std::string fingerprint = fingerprint_of(certificate);
  const bool same = !pinned_.empty() && fingerprint == pinned_;
  const std::lock_guard lock{mutex_};
  if (same) return true;
  if (pinned_.empty())
    refusal_ = {"certificate_untrusted"_reason,
                "the server does not trust the camera's certificate: {faults}; if the certificate "
                "is the camera's own, set tls_fingerprint to {fingerprint}",
                {{"faults", faults_of(faults)}, {"fingerprint", readable(fingerprint)}}};
  else
    refusal_ = {"certificate_changed"_reason,
                "the camera's certificate does not match tls_fingerprint; its fingerprint is "
                "{fingerprint}: if the camera has a new certificate, set tls_fingerprint to that; "
                "if not, another device answers at this address",
                {{"fingerprint", readable(fingerprint)}}};
  return false;
}

Reason CertificateCheck::refusal() const {
  const std::lock_guard lock{mutex_};
  return refusal_;
}

} // namespace fanlight::media
