#include "webrtcfanout/dtls/connected_dtls.h"

#include <algorithm>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

namespace fanlight::fanout {
namespace {

// type (1), version (2), epoch (2), sequence number (6), length (2); then, encrypted, an explicit
// nonce (8), the text and the tag.
constexpr std::size_t kHeader = 13;
constexpr std::size_t kEpochAt = 3; ///< Epoch and sequence number as one number of 64 bits.
constexpr std::size_t kLengthAt = 11;
constexpr std::size_t kNonce = 8;
constexpr std::size_t kAlert = 2;
constexpr std::uint16_t kVersion = 0xfefd;
constexpr std::uint64_t kEpoch1 = std::uint64_t{1} << 48;
/// Ignores longer records than a viewer's close_notify or Finished.
constexpr std::size_t kMaxText = 256;

constexpr std::uint8_t kTypeAlert = 21;
constexpr std::uint8_t kTypeHandshake = 22;
constexpr std::uint8_t kWarning = 1;
constexpr std::uint8_t kFatal = 2;
constexpr std::uint8_t kCloseNotify = 0;

GcmIv iv_of(const std::array<std::uint8_t, 4>& salt, const std::uint8_t* nonce) {
  GcmIv iv;
  std::copy_n(nonce, kNonce, std::copy(salt.begin(), salt.end(), iv.begin()));
  return iv;
}

/// The data that the tag covers besides the text (RFC 5246, section 6.2.3.3): epoch, sequence
/// number, type, version and the length of the text.
std::array<std::uint8_t, kHeader> in_clear(const std::uint8_t* header, std::size_t text) {
  std::array<std::uint8_t, kHeader> bytes;
  std::copy_n(header + kEpochAt, 8, bytes.begin());
  std::copy_n(header, 3, bytes.begin() + 8);
  write_u16(&bytes[kLengthAt], static_cast<std::uint16_t>(text));
  return bytes;
}

struct FreeKdf {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

/// The key block of RFC 5246, section 6.3.
bool expand_keys(const SSL* ssl, MutableBytes block) {
  std::array<std::uint8_t, SSL_MAX_MASTER_KEY_LENGTH> secret;
  std::array<std::uint8_t, SSL3_RANDOM_SIZE> client;
  std::array<std::uint8_t, SSL3_RANDOM_SIZE> server;
  const std::size_t size =
      SSL_SESSION_get_master_key(SSL_get_session(ssl), secret.data(), secret.size());
  if (size == 0 || SSL_get_client_random(ssl, client.data(), client.size()) != client.size() ||
      SSL_get_server_random(ssl, server.data(), server.size()) != server.size())
    return false;
  char digest[] = "SHA256";
  char label[] = "key expansion";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, sizeof digest - 1),
      OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SECRET, secret.data(), size),
      // The seed is the concatenation of all these.
      OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SEED, label, sizeof label - 1),
      OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SEED, server.data(), server.size()),
      OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SEED, client.data(), client.size()),
      OSSL_PARAM_END,
  };
  const std::unique_ptr<EVP_KDF, FreeKdf> kdf{EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr)};
  const std::unique_ptr<EVP_KDF_CTX, FreeKdf> context{kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr};
  const bool done =
      context && EVP_KDF_derive(context.get(), block.data(), block.size(), params) == 1;
  OPENSSL_cleanse(secret.data(), secret.size());
  return done;
}

} // namespace

std::optional<ConnectedDtls> ConnectedDtls::of(const SSL* ssl, std::vector<std::uint8_t> flight) {
  std::array<std::uint8_t, 2 * 16 + 2 * 4> block; // The client's key, ours, its salt, ours.
  if (!expand_keys(ssl, block)) return std::nullopt;
  ConnectedDtls result;
  std::copy_n(&block[0], 16, result.receiving_.key.begin());
  std::copy_n(&block[16], 16, result.sending_.key.begin());
  std::copy_n(&block[32], 4, result.receiving_.salt.begin());
  std::copy_n(&block[36], 4, result.sending_.salt.begin());
  OPENSSL_cleanse(block.data(), block.size());
  flight.shrink_to_fit();
  result.flight_ = std::move(flight);
  return result;
}

ConnectedDtls::News ConnectedDtls::read(Bytes datagram) {
  News news = News::none;
  while (datagram.size() >= kHeader && news != News::goodbye) {
    const std::size_t size = kHeader + read_u16(&datagram[kLengthAt]);
    if (size > datagram.size()) break;
    const std::uint8_t type = datagram[0];
    const News said = type == kTypeAlert || type == kTypeHandshake
                          ? read_record(type, datagram.first(size))
                          : News::none;
    if (said != News::none) news = said;
    datagram = datagram.subspan(size);
  }
  return news;
}

ConnectedDtls::News ConnectedDtls::read_record(std::uint8_t type, Bytes record) {
  const std::uint64_t number = read_u64(&record[kEpochAt]);
  const Bytes fragment = record.subspan(kHeader);
  if (read_u16(&record[1]) != kVersion || number >> 48 != 1 ||
      fragment.size() < kNonce + kAlert + kGcmTag || fragment.size() > kNonce + kMaxText + kGcmTag)
    return News::none;

  std::array<std::uint8_t, kMaxText> buffer;
  const std::size_t size = fragment.size() - kNonce - kGcmTag;
  const MutableBytes text = MutableBytes{buffer}.first(size);
  std::copy_n(&fragment[kNonce], size, text.begin());
  if (!open_gcm(receiving_.key, iv_of(receiving_.salt, &fragment[0]), in_clear(record.data(), size),
                text, &fragment[kNonce + size]))
    return News::none;

  if (type == kTypeAlert)
    return text[0] == kFatal || text[1] == kCloseNotify ? News::goodbye : News::none;
  // A handshake record after the handshake is a repeated Finished of the viewer: ours was lost.
  // Each sequence number counts once; otherwise a replayed record would be answered.
  if (number <= newest_flight_) return News::none;
  newest_flight_ = number;
  return News::flight_lost;
}

std::optional<std::array<std::uint8_t, ConnectedDtls::kGoodbyeSize>>
ConnectedDtls::goodbye() const {
  std::array<std::uint8_t, kGoodbyeSize> record{kTypeAlert};
  write_u16(&record[1], kVersion);
  write_u64(&record[kEpochAt], kEpoch1 | 1); // Finished was 0.
  write_u16(&record[kLengthAt], kGoodbyeSize - kHeader);
  std::uint8_t* const nonce = &record[kHeader];
  // OpenSSL used a random number for Finished.
  write_u64(nonce, kEpoch1 | 1);
  std::uint8_t* const alert = nonce + kNonce;
  alert[0] = kWarning;
  alert[1] = kCloseNotify;
  if (!seal_gcm(sending_.key, iv_of(sending_.salt, nonce), in_clear(record.data(), kAlert),
                {alert, kAlert}, alert + kAlert))
    return std::nullopt;
  return record;
}

} // namespace fanlight::fanout
