#include "trust.h"

#include <memory>
#include <utility>

#include "aside.h"

namespace fanlight::direct {
namespace {

template <typename T> struct Unref {
  void operator()(T* object) const { g_object_unref(object); }
};
template <typename T> using Object = std::unique_ptr<T, Unref<T>>;

/// The camera's certificate with those that signed it; null: it cannot be read.
Object<GTlsCertificate> certificate_of(const std::vector<std::string>& chain) {
  const GType type = g_tls_backend_get_certificate_type(g_tls_backend_get_default());
  Object<GTlsCertificate> signer;
  for (auto der = chain.rbegin(); der != chain.rend(); ++der) {
    GByteArray* const bytes = g_byte_array_new();
    g_byte_array_append(bytes, reinterpret_cast<const guint8*>(der->data()),
                        static_cast<guint>(der->size()));
    gpointer const made = g_initable_new(type, nullptr, nullptr, "certificate", bytes, "issuer",
                                         signer.get(), nullptr);
    g_byte_array_unref(bytes);
    if (made == nullptr) return nullptr;
    signer.reset(G_TLS_CERTIFICATE(made));
  }
  return signer;
}

} // namespace

Trust& Trust::operator=(const Trust& other) {
  if (this == &other) return *this;
  flags_ = other.flags_;
  set_database(other.database_);
  return *this;
}

void Trust::judge(const std::vector<std::string>& chain, const std::string& host, int port,
                  Accepts accepts, Done done) const {
  run_aside(Aside::judgement, [trust = *this, chain, host, port, accepts = std::move(accepts),
                               done = std::move(done)] {
    const auto certificate = certificate_of(chain);
    if (!certificate) return done(false);
    Object<GTlsDatabase> database{
        trust.database_ != nullptr
            ? G_TLS_DATABASE(g_object_ref(trust.database_))
            : g_tls_backend_get_default_database(g_tls_backend_get_default())};
    const Object<GSocketConnectable> identity{
        g_network_address_new(host.c_str(), static_cast<guint16>(port))};
    const GTlsCertificateFlags faults =
        trust.flags_ == G_TLS_CERTIFICATE_NO_FLAGS
            ? G_TLS_CERTIFICATE_NO_FLAGS
            : g_tls_database_verify_chain(
                  database.get(), certificate.get(), G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
                  identity.get(), nullptr, G_TLS_DATABASE_VERIFY_NONE, nullptr, nullptr);
    done((faults & trust.flags_) == 0 || accepts(certificate.get(), faults));
  });
}

} // namespace fanlight::direct
