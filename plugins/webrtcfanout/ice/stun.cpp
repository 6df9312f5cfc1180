#include "webrtcfanout/ice/stun.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace fanlight::fanout {
namespace {

constexpr std::size_t kHeader = 20;
constexpr std::uint32_t kCookie = 0x2112a442;
constexpr std::uint32_t kFingerprintXor = 0x5354554e;

// Message types (RFC 8489, section 5): binding and its class.
constexpr std::uint16_t kBindingRequest = 0x0001;
constexpr std::uint16_t kBindingSuccess = 0x0101;
constexpr std::uint16_t kBindingError = 0x0111;

// Attributes (RFC 8489, section 18.3; RFC 8445, section 16.1).
constexpr std::uint16_t kMappedAddress = 0x0001;
constexpr std::uint16_t kUsername = 0x0006;
constexpr std::uint16_t kIntegrity = 0x0008;
constexpr std::uint16_t kErrorCode = 0x0009;
constexpr std::uint16_t kUnknownAttributes = 0x000a;
constexpr std::uint16_t kIntegritySha256 = 0x001c;
constexpr std::uint16_t kXorMappedAddress = 0x0020;
constexpr std::uint16_t kPriority = 0x0024;
constexpr std::uint16_t kUseCandidate = 0x0025;
constexpr std::uint16_t kFingerprint = 0x8028;
constexpr std::uint16_t kIceControlled = 0x8029;
constexpr std::uint16_t kOptional = 0x8000; ///< Attributes from here on are optional.

/// RFC 8445, section 5.1.2.1: type preference 110, local preference 65535, component 1.
constexpr std::uint32_t kPeerReflexivePriority = 110U << 24 | 65535U << 8 | 255U;

constexpr std::size_t kAttributeHeader = 4;
constexpr std::size_t kDigest = 20;
constexpr std::size_t kIntegritySize = kAttributeHeader + kDigest;
constexpr std::size_t kFingerprintSize = kAttributeHeader + 4;
constexpr std::size_t kMaxUsername = 513; // Two fragments of 256 (RFC 8839, section 5.4).

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0xedb88320U : 0);
    table[i] = value;
  }
  return table;
}

/// The CRC of ITU-T V.42, as of RFC 8489, section 14.7.
std::uint32_t crc32(Bytes bytes) {
  static constexpr auto kTable = crc_table();
  std::uint32_t value = 0xffffffff;
  for (const std::uint8_t byte : bytes) value = value >> 8 ^ kTable[(value ^ byte) & 0xff];
  return ~value;
}

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

std::unique_ptr<EVP_MAC_CTX, FreeMac> create_hmac() {
  const std::unique_ptr<EVP_MAC, FreeMac> mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  if (!mac) return nullptr;
  std::unique_ptr<EVP_MAC_CTX, FreeMac> context{EVP_MAC_CTX_new(mac.get())};
  char digest[] = "SHA1";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                   OSSL_PARAM_construct_end()};
  if (context && EVP_MAC_CTX_set_params(context.get(), parameters) != 1) return nullptr;
  return context;
}

/// False if OpenSSL fails or the password is empty.
bool hmac_sha1(std::string_view password, Bytes bytes, std::array<std::uint8_t, kDigest>& digest) {
  // Looking up the algorithm takes longer than the computation, so each thread does it once.
  thread_local const auto context = create_hmac();
  std::size_t size = 0;
  return context && !password.empty() &&
         EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(password.data()),
                      password.size(), nullptr) == 1 &&
         EVP_MAC_update(context.get(), bytes.data(), bytes.size()) == 1 &&
         EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1 && size == kDigest;
}

std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

bool is_message(Bytes datagram, std::uint16_t type) {
  return datagram.size() >= kHeader && datagram.size() <= kMaxStunRequest &&
         datagram.size() % 4 == 0 && read_u16(datagram.data()) == type &&
         read_u16(&datagram[2]) == datagram.size() - kHeader && read_u32(&datagram[4]) == kCookie;
}

StunTransaction transaction_of(Bytes datagram) {
  StunTransaction transaction;
  std::copy_n(&datagram[8], transaction.size(), transaction.begin());
  return transaction;
}

/// Whether the last attribute is a correct FINGERPRINT.
bool has_fingerprint(Bytes datagram) {
  if (datagram.size() < kHeader + kFingerprintSize) return false;
  const std::size_t at = datagram.size() - kFingerprintSize;
  return read_u16(&datagram[at]) == kFingerprint && read_u16(&datagram[at + 2]) == 4 &&
         read_u32(&datagram[at + 4]) == (crc32(datagram.first(at)) ^ kFingerprintXor);
}

/// Calls `read(type, value)` for each attribute before MESSAGE-INTEGRITY; it returns false for an
/// invalid one. Returns where MESSAGE-INTEGRITY begins. None: it is missing, or an attribute's
/// length is wrong. Attributes after it are ignored, except FINGERPRINT (RFC 8489, section 14.5).
template <typename Read> std::optional<std::size_t> read_message(Bytes datagram, Read read) {
  std::size_t integrity_at = 0;
  for (std::size_t at = kHeader; at < datagram.size();) {
    if (datagram.size() - at < kAttributeHeader) return std::nullopt;
    const std::uint16_t type = read_u16(&datagram[at]);
    const std::size_t size = read_u16(&datagram[at + 2]);
    if (padded(size) > datagram.size() - at - kAttributeHeader) return std::nullopt;
    if (integrity_at != 0) {
    } else if (type == kIntegrity) {
      if (size != kDigest) return std::nullopt;
      integrity_at = at;
    } else if (!read(type, datagram.subspan(at + kAttributeHeader, size))) {
      return std::nullopt;
    }
    at += kAttributeHeader + padded(size);
  }
  if (integrity_at == 0) return std::nullopt;
  return integrity_at;
}

/// Reads an attribute before MESSAGE-INTEGRITY. False: its length is invalid. Of duplicate
/// attributes, the first counts (RFC 8489, section 14).
bool read_attribute(std::uint16_t type, Bytes value, BindingRequest& request) {
  switch (type) {
  case kUsername:
    if (value.size() > kMaxUsername) return false;
    if (request.username.empty())
      request.username = {reinterpret_cast<const char*>(value.data()), value.size()};
    return true;
  case kPriority:
    if (value.size() != 4) return false;
    if (request.priority == 0) request.priority = read_u32(value.data());
    return true;
  case kUseCandidate: request.use_candidate = true; return value.empty();
  case kIceControlled: request.controlled = true; return value.size() == 8;
  default:
    if (type < kOptional && type != kIntegritySha256 && request.unknown.size() < kMaxUnknown)
      request.unknown.push_back(type);
    return true;
  }
}

/// Appends attributes to a message; its creator has made sure that there is room.
class Message {
 public:
  Message(MutableBytes out, std::uint16_t type, const StunTransaction& transaction) : out_(out) {
    write_u16(out_.data(), type);
    write_u32(&out_[4], kCookie);
    std::copy(transaction.begin(), transaction.end(), &out_[8]);
  }

  /// Returns where to write the `size` bytes of the value, which are zero.
  std::uint8_t* add(std::uint16_t type, std::size_t size) {
    std::uint8_t* const at = &out_[size_];
    write_u16(at, type);
    write_u16(at + 2, static_cast<std::uint16_t>(size));
    std::fill_n(at + kAttributeHeader, padded(size), std::uint8_t{0});
    size_ += kAttributeHeader + padded(size);
    return at + kAttributeHeader;
  }

  /// Returns the size of the message with MESSAGE-INTEGRITY and FINGERPRINT; 0 if OpenSSL fails.
  std::size_t finish(std::string_view password) {
    set_length(size_ + kIntegritySize);
    std::array<std::uint8_t, kDigest> digest;
    if (!hmac_sha1(password, out_.first(size_), digest)) return 0;
    std::copy(digest.begin(), digest.end(), add(kIntegrity, kDigest));
    set_length(size_ + kFingerprintSize);
    const std::uint32_t crc = crc32(out_.first(size_));
    write_u32(add(kFingerprint, 4), crc ^ kFingerprintXor);
    return size_;
  }

 private:
  void set_length(std::size_t total) {
    write_u16(&out_[2], static_cast<std::uint16_t>(total - kHeader));
  }

  MutableBytes out_;
  std::size_t size_ = kHeader;
};

std::string_view reason_of(int code) {
  switch (code) {
  case 420: return "Unknown Attribute";
  case 487: return "Role Conflict";
  default: return "Bad Request";
  }
}

} // namespace

std::optional<BindingRequest> parse_binding_request(Bytes datagram) {
  if (!is_message(datagram, kBindingRequest) || !has_fingerprint(datagram)) return std::nullopt;
  BindingRequest request{.transaction = transaction_of(datagram)};
  const auto integrity_at = read_message(
      datagram.first(datagram.size() - kFingerprintSize),
      [&](std::uint16_t type, Bytes value) { return read_attribute(type, value, request); });
  if (!integrity_at || local_ufrag(request).empty()) return std::nullopt;
  request.integrity_at = *integrity_at;
  return request;
}

bool is_binding_answer(Bytes datagram) {
  return is_message(datagram, kBindingSuccess) || is_message(datagram, kBindingError);
}

std::optional<BindingSuccess> parse_binding_success(Bytes datagram) {
  if (!is_message(datagram, kBindingSuccess)) return std::nullopt;
  const auto integrity_at = read_message(datagram, [](std::uint16_t type, Bytes) {
    return type >= kOptional || type == kXorMappedAddress || type == kMappedAddress ||
           type == kUsername || type == kIntegritySha256;
  });
  if (!integrity_at) return std::nullopt;
  // A FINGERPRINT must be correct, but responses may lack it.
  const std::size_t end = *integrity_at + kIntegritySize;
  if (datagram.size() - end >= kFingerprintSize &&
      read_u16(&datagram[datagram.size() - kFingerprintSize]) == kFingerprint &&
      !has_fingerprint(datagram))
    return std::nullopt;
  return BindingSuccess{transaction_of(datagram), *integrity_at};
}

std::string_view local_ufrag(const BindingRequest& request) {
  const auto colon = request.username.find(':');
  return colon == std::string_view::npos ? std::string_view{} : request.username.substr(0, colon);
}

std::string_view remote_ufrag(const BindingRequest& request) {
  const auto colon = request.username.find(':');
  return colon == std::string_view::npos ? std::string_view{} : request.username.substr(colon + 1);
}

bool has_integrity(std::size_t integrity_at, Bytes datagram, std::string_view password) {
  const std::size_t at = integrity_at;
  if (at < kHeader || datagram.size() > kMaxStunRequest || at + kIntegritySize > datagram.size())
    return false;
  // Sets the length in the header to that of a message that ends after MESSAGE-INTEGRITY (RFC 8489,
  // section 14.5).
  std::array<std::uint8_t, kMaxStunRequest> text;
  std::copy_n(datagram.begin(), at, text.begin());
  write_u16(&text[2], static_cast<std::uint16_t>(at + kIntegritySize - kHeader));
  std::array<std::uint8_t, kDigest> digest;
  return hmac_sha1(password, Bytes(text).first(at), digest) &&
         CRYPTO_memcmp(digest.data(), &datagram[at + kAttributeHeader], kDigest) == 0;
}

std::size_t write_binding_request(MutableBytes out, const StunTransaction& transaction,
                                  std::string_view username, std::string_view password) {
  if (out.size() < kMaxOwnRequest || username.size() > kMaxUsername || password.empty()) return 0;
  Message message(out, kBindingRequest, transaction);
  std::copy(username.begin(), username.end(), message.add(kUsername, username.size()));
  write_u32(message.add(kPriority, 4), kPeerReflexivePriority);
  // The tie-breaker matters only to an agent that also acts as controlled (section 7.3.1.1).
  std::copy_n(transaction.begin(), 8, message.add(kIceControlled, 8));
  return message.finish(password);
}

std::size_t write_binding_success(MutableBytes out, const BindingRequest& request,
                                  const SocketAddress& mapped, std::string_view password) {
  if (out.size() < kMaxStunResponse) return 0;
  Message message(out, kBindingSuccess, request.transaction);
  // Address and port are XORed with the cookie and the transaction (section 14.2).
  const std::size_t size = mapped.is_v4() ? 4 : 16;
  std::uint8_t* const value = message.add(kXorMappedAddress, 4 + size);
  value[1] = mapped.is_v4() ? 1 : 2;
  write_u16(value + 2, static_cast<std::uint16_t>(mapped.port() ^ kCookie >> 16));
  const std::uint8_t* const ip = mapped.ip().s6_addr + (16 - size);
  for (std::size_t i = 0; i < size; ++i) value[4 + i] = ip[i] ^ out[4 + i];
  return message.finish(password);
}

std::size_t write_binding_error(MutableBytes out, const BindingRequest& request, int code,
                                std::string_view password) {
  if (out.size() < kMaxStunResponse) return 0;
  Message message(out, kBindingError, request.transaction);
  const std::string_view reason = reason_of(code);
  std::uint8_t* const value = message.add(kErrorCode, 4 + reason.size());
  value[2] = static_cast<std::uint8_t>(code / 100);
  value[3] = static_cast<std::uint8_t>(code % 100);
  std::copy(reason.begin(), reason.end(), value + 4);
  if (code == 420) {
    const std::size_t count = std::min(request.unknown.size(), kMaxUnknown);
    std::uint8_t* const types = message.add(kUnknownAttributes, count * 2);
    for (std::size_t i = 0; i < count; ++i) write_u16(types + 2 * i, request.unknown[i]);
  }
  return message.finish(password);
}

} // namespace fanlight::fanout
