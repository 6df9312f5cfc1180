#include "tls_peer.h"

#include <array>
#include <fstream>

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "http/self_signed.h"

namespace fanlight::test {

http::TlsFiles write_certificate(const std::filesystem::path& folder) {
  const auto made = http::make_self_signed({"127.0.0.1", "localhost"}, 30);
  EXPECT_TRUE(made.ok());
  const http::TlsFiles files{folder / "fanlight.crt", folder / "fanlight.key"};
  std::ofstream{files.certificate} << made->certificate;
  std::ofstream{files.key} << made->key;
  return files;
}

TlsPeer::TlsPeer(int descriptor, int newest)
    : context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_)) {
  SSL_set_security_level(ssl_, 0); // Old versions are otherwise not even offered.
  SSL_set_min_proto_version(ssl_, TLS1_VERSION);
  SSL_set_max_proto_version(ssl_, newest);
  SSL_set_fd(ssl_, descriptor);
  SSL_set_connect_state(ssl_);
}

TlsPeer::~TlsPeer() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

bool TlsPeer::check(int result) {
  const int error = SSL_get_error(ssl_, result);
  if (error == SSL_ERROR_ZERO_RETURN) closed_ = true;
  if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) failed_ = true;
  ERR_clear_error();
  return result > 0;
}

bool TlsPeer::shake_hands() { return check(SSL_do_handshake(ssl_)); }

std::size_t TlsPeer::offer(const std::string& bytes) {
  const int sent = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  return check(sent) ? static_cast<std::size_t>(sent) : 0;
}

bool TlsPeer::update_key(bool asks) {
  SSL_key_update(ssl_, asks ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED);
  return check(SSL_do_handshake(ssl_));
}

void TlsPeer::pad_records() { SSL_set_block_padding(ssl_, SSL3_RT_MAX_PLAIN_LENGTH); }

void TlsPeer::renegotiate() {
  SSL_renegotiate(ssl_);
  check(SSL_do_handshake(ssl_));
}

const std::string& TlsPeer::received() {
  std::array<char, 16384> buffer{};
  for (;;) {
    const int got = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
    if (!check(got)) return received_;
    received_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::string TlsPeer::fingerprint() const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const X509* certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate != nullptr) X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

const char* TlsPeer::version() const { return SSL_get_version(ssl_); }

} // namespace fanlight::test
