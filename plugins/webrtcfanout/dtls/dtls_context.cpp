#include "webrtcfanout/dtls/dtls_context.h"

#include <algorithm>

#include <openssl/err.h>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/crypto/srtp.h"

namespace fanlight::fanout {
namespace {

/// The suite that every WebRTC endpoint must support (RFC 8827, section 6.5). No other is offered,
/// because ConnectedDtls continues with its records.
constexpr char kCipherSuite[] = "ECDHE-ECDSA-AES128-GCM-SHA256";
constexpr char kGroups[] = "X25519:P-256:P-384";
// In order of preference.
constexpr char kSrtpProfiles[] = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

/// Fits every path that carries RTP, including tunnels.
constexpr long kMtu = 1200;

constexpr unsigned kFirstRetransmission = 200000; // µs
constexpr unsigned kSlowestRetransmission = 1000000;

HandshakeTerms& terms_of(SSL* ssl) { return *static_cast<HandshakeTerms*>(SSL_get_app_data(ssl)); }

/// Checks the extension use_srtp (RFC 5764, section 4.1.1): a list of profiles after its length.
bool has_known_profile(Bytes extension) {
  if (extension.size() < 2) return false;
  const Bytes list =
      extension.subspan(2, std::min<std::size_t>(read_u16(&extension[0]), extension.size() - 2));
  for (std::size_t at = 0; at + 2 <= list.size(); at += 2) {
    const auto profile = static_cast<SrtpProfile>(read_u16(&list[at]));
    if (profile == SrtpProfile::aead_aes_128_gcm || profile == SrtpProfile::aes128_cm_sha1_80)
      return true;
  }
  return false;
}

/// Rejects clients without a common SRTP profile; OpenSSL itself would go on without SRTP.
int on_client_hello(SSL* ssl, int* alert, void*) {
  const unsigned char* extension = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_use_srtp, &extension, &size) == 1 &&
      has_known_profile({extension, size}))
    return SSL_CLIENT_HELLO_SUCCESS;
  terms_of(ssl).refusal = "the viewer offers no SRTP profile that the server supports";
  *alert = SSL_AD_HANDSHAKE_FAILURE;
  return SSL_CLIENT_HELLO_ERROR;
}

/// Replaces the check of a certificate chain: viewers' certificates are self-signed.
int on_certificate(X509_STORE_CTX* store, void*) {
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  HandshakeTerms& terms = terms_of(ssl);
  if (terms.fingerprint.is_of(X509_STORE_CTX_get0_cert(store))) return 1;
  terms.refusal = "the viewer's certificate does not match the fingerprint in its offer";
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED); // The alert bad_certificate.
  return 0;
}

/// Doubles from a fifth of a second to one second at most, because a viewer is waiting.
unsigned next_interval(SSL*, unsigned last) {
  return last == 0 ? kFirstRetransmission : std::min(last * 2, kSlowestRetransmission);
}

} // namespace

std::unique_ptr<SSL_CTX, FreeSslContext> make_dtls_context(X509* certificate, EVP_PKEY* key) {
  std::unique_ptr<SSL_CTX, FreeSslContext> context{SSL_CTX_new(DTLS_server_method())};
  SSL_CTX* const ctx = context.get();
  if (!ctx || SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(ctx, DTLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(ctx, kCipherSuite) != 1 ||
      SSL_CTX_set1_groups_list(ctx, kGroups) != 1 ||
      SSL_CTX_use_certificate(ctx, certificate) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1 ||
      SSL_CTX_set_tlsext_use_srtp(ctx, kSrtpProfiles) != 0) // 0 is success here.
    return nullptr;
  SSL_CTX_set_options(ctx, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_send_fragment(ctx, kMtu); // A smaller buffer.
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(ctx, on_certificate, nullptr);
  SSL_CTX_set_client_hello_cb(ctx, on_client_hello, nullptr);
  return context;
}

std::unique_ptr<SSL, FreeSsl> make_dtls_server(SSL_CTX* context, HandshakeTerms* terms) {
  std::unique_ptr<SSL, FreeSsl> ssl{SSL_new(context)};
  if (!ssl || SSL_set_app_data(ssl.get(), terms) != 1) return nullptr;
  SSL_set_mtu(ssl.get(), kMtu);
  DTLS_set_timer_cb(ssl.get(), next_interval);
  SSL_set_accept_state(ssl.get());
  return ssl;
}

std::string take_openssl_error() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason ? reason : "OpenSSL gives no reason";
}

} // namespace fanlight::fanout
