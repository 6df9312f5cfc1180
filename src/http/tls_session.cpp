#include "http/tls_session.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace fanlight::http {
namespace {

constexpr gsize kRecord = 16 * 1024;
constexpr std::size_t kMostHello = 16 * 1024;
/// What one read() takes from the socket: OpenSSL would go on until there is text or nothing at
/// all, and a client can send records without text faster than they are read. Two of the largest
/// records.
constexpr std::size_t kAtOnce = 2 * (kRecord + 512);
/// Of a client that sends no text in between; it needs one after millions of records.
constexpr int kMostKeyUpdates = 64;
/// What a client that does not read its answers may have waiting here: several records.
constexpr std::size_t kMostUnsent = 64 * 1024;

/// For a client that speaks HTTP without TLS to this port.
constexpr std::string_view kNeedsTls =
    "HTTP/1.1 400 Bad Request\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 58\r\n"
    "Connection: close\r\n"
    "\r\n"
    "This address speaks HTTPS only: begin the URL by https://\n";

gssize would_block(GError** error) {
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "the client is not ready");
  return -1;
}

} // namespace

/// How OpenSSL reads the socket, and where it puts what is to be sent. It may do so while the
/// kernel takes nothing, so writing never fails.
struct TlsSession::Bio {
  static TlsSession& session(BIO* bio) { return *static_cast<TlsSession*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* buffer, int size) {
    BIO_clear_retry_flags(bio);
    TlsSession& self = session(bio);
    if (self.refused_) return -1;
    if (self.left_ == 0) { // The socket stays readable, so the rest has its turn.
      BIO_set_retry_read(bio);
      return -1;
    }
    GError* failure = nullptr;
    const gssize got = g_socket_receive_with_blocking(
        self.socket_.get(), buffer, std::min(static_cast<gsize>(size), self.left_), FALSE, nullptr,
        &failure);
    const OwnedError error{failure};
    if (got > 0) {
      self.received_ += static_cast<std::size_t>(got);
      self.left_ -= static_cast<std::size_t>(got);
      if (!self.is_hello(buffer, static_cast<std::size_t>(got))) return -1;
    } else if (got == 0) {
      self.ended_ = true;
    } else if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      BIO_set_retry_read(bio);
    }
    return static_cast<int>(got);
  }

  static int write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    session(bio).unsent_.append(bytes, static_cast<std::size_t>(size));
    return size;
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return session(bio).ended_ ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  /// Sees each message of the TLS protocol itself.
  static void on_message(int sent, int, int type, const void* bytes, std::size_t size, SSL*,
                         void* session) {
    auto& self = *static_cast<TlsSession*>(session);
    const auto* message = static_cast<const unsigned char*>(bytes);
    if (sent == 0 && type == SSL3_RT_HANDSHAKE && size > 0 && message[0] == SSL3_MT_KEY_UPDATE)
      self.refused_ = ++self.key_updates_ > kMostKeyUpdates || self.refused_;
    // OpenSSL only warns a client that renegotiates, which may go on.
    if (sent == 1 && type == SSL3_RT_ALERT && size == 2 && message[1] == SSL_AD_NO_RENEGOTIATION)
      self.refused_ = true;
  }

  static BIO* create(TlsSession& session) {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
      if (made == nullptr) return made;
      BIO_meth_set_read(made, read);
      BIO_meth_set_write(made, write);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    BIO* bio = method != nullptr ? BIO_new(method) : nullptr;
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, &session);
    BIO_set_init(bio, 1);
    return bio;
  }
};

std::shared_ptr<TlsSession> TlsSession::create(GSocket* socket, SSL_CTX* context) {
  std::shared_ptr<TlsSession> session{new TlsSession(socket)};
  session->ssl_ = SSL_new(context);
  BIO* bio = session->ssl_ != nullptr ? Bio::create(*session) : nullptr;
  if (bio == nullptr) return nullptr;
  SSL_set_bio(session->ssl_, bio, bio);
  SSL_set_accept_state(session->ssl_);
  SSL_set_msg_callback(session->ssl_, Bio::on_message);
  SSL_set_msg_callback_arg(session->ssl_, session.get());
  return session;
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

gssize TlsSession::read(void* buffer, gsize count, GError** error) {
  if (broken_) return fail(error);
  left_ = kAtOnce;
  ERR_clear_error();
  const int got = SSL_read(ssl_, buffer, static_cast<int>(std::min(count, kRecord)));
  const int outcome = SSL_get_error(ssl_, got);
  if (outcome == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST)
    unsent_ = kNeedsTls; // Instead of an alert.
  flush(nullptr);        // The handshake, an alert, an answer to a key update.
  if (unsent_.size() > kMostUnsent) {
    broken_ = true;
    return fail(error);
  }
  if (outcome == SSL_ERROR_NONE) {
    key_updates_ = 0;
    return got;
  }
  if (outcome == SSL_ERROR_ZERO_RETURN) return 0;
  if (outcome == SSL_ERROR_WANT_READ) return would_block(error);
  broken_ = true;
  return fail(error);
}

gssize TlsSession::write(const void* buffer, gsize count, GError** error) {
  if (broken_) return fail(error);
  if (!flush(error)) return -1;
  if (count == 0) return 0;
  const gsize sent = std::exchange(owes_, false) ? 1 : 0;
  if (sent == count) return 1;
  ERR_clear_error();
  const int put = SSL_write(ssl_, static_cast<const char*>(buffer) + sent,
                            static_cast<int>(std::min(count - sent, kRecord)));
  if (put <= 0) {
    broken_ = true;
    return fail(error);
  }
  const auto written = static_cast<gssize>(sent) + put;
  if (flush(nullptr) || broken_) return written;
  owes_ = true;
  return written > 1 ? written - 1 : would_block(error);
}

/// Checks the size that the client's first message says it has: OpenSSL would allocate 128 KiB for
/// it before the message arrives. A first record that does not even contain the size is refused.
bool TlsSession::is_hello(const char* bytes, std::size_t size) {
  constexpr std::size_t kOfRecord = 3; // Where the two bytes of the record's size are.
  constexpr std::size_t kSize = 6;     // Where the three bytes of the message's size are.
  if (head_.size() == kHead) return true;
  head_.append(bytes, std::min(size, kHead - head_.size()));
  if (head_.size() < kHead) return true;
  const auto number = [this](std::size_t at, std::size_t end) {
    std::size_t value = 0;
    for (; at < end; ++at) value = value << 8 | static_cast<unsigned char>(head_[at]);
    return value;
  };
  constexpr std::size_t kLeast = 4; // The kind of the message and its size.
  // Of what is no handshake, OpenSSL says what it is.
  constexpr char kHandshake = 22;
  return head_.front() != kHandshake ||
         (number(kOfRecord, kOfRecord + 2) >= kLeast && number(kSize, kHead) <= kMostHello);
}

/// False: the kernel does not take everything, or the connection is broken.
bool TlsSession::flush(GError** error) {
  while (!unsent_.empty()) {
    GError* failure = nullptr;
    const gssize sent = g_socket_send_with_blocking(socket_.get(), unsent_.data(), unsent_.size(),
                                                    FALSE, nullptr, &failure);
    const OwnedError why{failure};
    if (sent >= 0) {
      unsent_.erase(0, static_cast<std::size_t>(sent));
      continue;
    }
    if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      would_block(error);
      return false;
    }
    unsent_.clear();
    broken_ = true;
    fail(error);
    return false;
  }
  unsent_.shrink_to_fit(); // Thousands of idle connections keep no buffers.
  return true;
}

gssize TlsSession::fail(GError** error) {
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                      "the TLS connection is broken");
  return -1;
}

void TlsSession::close() {
  if (broken_ || SSL_in_init(ssl_) != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
  flush(nullptr);
}

bool TlsSession::has_pending() const { return !broken_ && SSL_pending(ssl_) > 0; }

bool TlsSession::wants_to_write() const {
  return !broken_ && SSL_in_init(ssl_) != 0 && !unsent_.empty();
}

bool TlsSession::is_writable() {
  if (broken_) return true; // The writer is told so.
  if (!flush(nullptr)) return broken_;
  return (g_socket_condition_check(socket_.get(), G_IO_OUT) & (G_IO_OUT | G_IO_ERR)) != 0;
}

std::size_t TlsSession::take_received() { return std::exchange(received_, 0); }

bool TlsSession::take_handshake() { return !head_.empty() && !std::exchange(counted_, true); }

} // namespace fanlight::http
