#include "http/tls_context.h"

#include <array>
#include <cstring>
#include <ctime>
#include <string_view>

#include <glib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>

#include "http/owned.h"

namespace fanlight::http {
namespace {

constexpr const char* kMakeOne = "`fanlight cert self-signed` makes a certificate and a key";

Error wrong(const char* key, const std::string& file, const std::string& why) {
  return {Errc::invalid, std::string{"server.tls."} + key + ": " + file + ' ' + why};
}

/// OpenSSL's message for the last error, without its codes.
std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "unknown error";
}

Result<std::string> read(const char* key, const std::string& file) {
  gchar* text = nullptr;
  gsize size = 0;
  GError* failure = nullptr;
  if (!g_file_get_contents(file.c_str(), &text, &size, &failure)) {
    const OwnedError error{failure};
    const bool missing = g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    return wrong(key, file,
                 missing ? std::string{"does not exist; "} + kMakeOne
                         : "cannot be read: " + std::string{error->message} +
                               "; the server's user must be able to read it");
  }
  const OwnedText owned{text};
  return std::string{text, size};
}

Result<Done> use_certificate(SSL_CTX* context, const std::string& file) {
  const auto text = read("certificate", file);
  if (!text) return text.error();
  if (SSL_CTX_use_certificate_chain_file(context, file.c_str()) == 1) return Done{};
  if (text->find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    return wrong("certificate", file,
                 "contains no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
  return wrong("certificate", file, "contains no valid certificate: " + openssl_reason());
}

/// OpenSSL would ask for a password on the terminal.
int no_password(char*, int, int, void*) { return -1; }

Result<Done> use_key(SSL_CTX* context, const TlsFiles& files) {
  const auto text = read("key", files.key);
  if (!text) return text.error();
  SSL_CTX_set_default_passwd_cb(context, no_password);
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(context) == 1)
    return Done{};
  const unsigned long error = ERR_peek_error();
  if (ERR_GET_LIB(error) == ERR_LIB_X509 && (ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH ||
                                             ERR_GET_REASON(error) == X509_R_KEY_TYPE_MISMATCH))
    return wrong("key", files.key, "is not the key of the certificate in " + files.certificate);
  if (text->find("ENCRYPTED") != std::string::npos)
    return wrong("key", files.key,
                 "has a passphrase; write a key without one: openssl pkey -in " + files.key +
                     " -out NEW");
  if (text->find("PRIVATE KEY-----") == std::string::npos)
    return wrong("key", files.key, "contains no private key in PEM form");
  return wrong("key", files.key, "contains no valid private key: " + openssl_reason());
}

/// Of the protocols that a client offers, the one that libsoup speaks. A client that offers others
/// only is not refused: it may try HTTP/1.1 all the same.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                    unsigned int in_size, void*) {
  constexpr std::string_view kHttp{"http/1.1"};
  for (unsigned int at = 0; at < in_size; at += 1U + in[at]) {
    const unsigned int length = in[at];
    if (at + 1 + length > in_size) break;
    if (length != kHttp.size() || std::memcmp(in + at + 1, kHttp.data(), length) != 0) continue;
    *out = in + at + 1;
    *size = in[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

void configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // A client that renegotiates makes the server compute for nothing.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  // Thousands of idle connections keep no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); // Tickets need none.
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

std::int64_t end_of(SSL_CTX* context) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  std::tm end{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1)
    return 0;
  return timegm(&end);
}

} // namespace

Result<TlsContext> read_tls_files(const TlsFiles& files) {
  ERR_clear_error();
  const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  if (!context) return Error{Errc::internal, "preparing TLS: " + openssl_reason()};
  configure(context.get());
  if (auto used = use_certificate(context.get(), files.certificate); !used) return used.error();
  if (auto used = use_key(context.get(), files); !used) return used.error();
  return TlsContext{context, end_of(context.get())};
}

} // namespace fanlight::http
