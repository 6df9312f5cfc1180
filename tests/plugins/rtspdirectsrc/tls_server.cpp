#include "rtspdirectsrc/tls_server.h"

#include <csignal>

#include <fcntl.h>
#include <openssl/ssl.h>

namespace fanlight::test {

TlsServer::TlsServer(int socket) : context_(SSL_CTX_new(TLS_server_method())) {
  std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes to sockets without MSG_NOSIGNAL.
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_NAME* const name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("camera"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  SSL_CTX_use_certificate(context_, certificate);
  SSL_CTX_use_PrivateKey(context_, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, socket);
}

TlsServer::~TlsServer() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

bool TlsServer::accept() {
  if (SSL_accept(ssl_) != 1) return false;
  const int socket = SSL_get_fd(ssl_);
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
  return true;
}

std::string TlsServer::receive(bool& ended) {
  char buffer[4096];
  const int got = SSL_read(ssl_, buffer, sizeof buffer);
  if (got > 0) return {buffer, static_cast<std::size_t>(got)};
  ended = SSL_get_error(ssl_, got) != SSL_ERROR_WANT_READ;
  return {};
}

void TlsServer::send(const std::string& bytes) {
  SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
}

} // namespace fanlight::test
