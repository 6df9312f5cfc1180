#include "load/rtc/stun.h"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace fanlight::load {
namespace {

constexpr std::uint32_t kMagicCookie = 0x2112a442;
constexpr std::size_t kHeaderSize = 20;

enum Attribute : std::uint16_t {
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kFingerprint = 0x8028,
  kIceControlling = 0x802a,
};

/// CRC-32 of ISO 3309, bit by bit: it covers only a few hundred bytes per second.
std::uint32_t crc32(Bytes data) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : data) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

class Writer {
 public:
  Writer(Stun::Type type, const StunId& id) {
    put16(static_cast<std::uint16_t>(type));
    put16(0);
    put32(kMagicCookie);
    data_.insert(data_.end(), id.begin(), id.end());
  }

  void attribute(std::uint16_t type, Bytes value) {
    put16(type);
    put16(static_cast<std::uint16_t>(value.size()));
    data_.insert(data_.end(), value.begin(), value.end());
    data_.resize((data_.size() + 3) / 4 * 4);
    set_length(0);
  }

  void attribute32(std::uint16_t type, std::uint32_t value) {
    const std::uint32_t wire = htonl(value);
    attribute(type, {reinterpret_cast<const std::uint8_t*>(&wire), sizeof wire});
  }

  /// Appends MESSAGE-INTEGRITY and FINGERPRINT; each covers the bytes before it, with a length that
  /// already includes the attribute (RFC 8489, sections 14.5 and 14.7).
  std::vector<std::uint8_t> finish(const std::string& password) {
    set_length(24);
    std::array<std::uint8_t, 20> digest;
    unsigned size = digest.size();
    HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), data_.data(), data_.size(),
         digest.data(), &size);
    attribute(kMessageIntegrity, digest);
    set_length(8);
    attribute32(kFingerprint, crc32(data_) ^ 0x5354554e);
    return std::move(data_);
  }

 private:
  void put16(std::uint16_t value) {
    data_.push_back(static_cast<std::uint8_t>(value >> 8));
    data_.push_back(static_cast<std::uint8_t>(value));
  }
  void put32(std::uint32_t value) {
    put16(static_cast<std::uint16_t>(value >> 16));
    put16(static_cast<std::uint16_t>(value));
  }
  void set_length(std::size_t still_to_come) {
    const std::size_t length = data_.size() - kHeaderSize + still_to_come;
    data_[2] = static_cast<std::uint8_t>(length >> 8);
    data_[3] = static_cast<std::uint8_t>(length);
  }

  std::vector<std::uint8_t> data_;
};

} // namespace

std::vector<std::uint8_t> binding_request(const StunId& id, const IceCredentials& local,
                                          const IceCredentials& remote, std::uint32_t priority) {
  Writer writer{Stun::Type::request, id};
  const std::string username = remote.ufrag + ":" + local.ufrag;
  writer.attribute(kUsername,
                   {reinterpret_cast<const std::uint8_t*>(username.data()), username.size()});
  writer.attribute32(kPriority, priority);
  // The highest value: the server may also act as controlling, and must then give way (RFC 8445,
  // section 7.3.1.1).
  std::array<std::uint8_t, 8> tie_breaker;
  tie_breaker.fill(0xff);
  writer.attribute(kIceControlling, tie_breaker);
  writer.attribute(kUseCandidate, {});
  return writer.finish(remote.password);
}

std::vector<std::uint8_t> binding_response(const StunId& id, const IceCredentials& local,
                                           const Address& source) {
  Writer writer{Stun::Type::response, id};
  // XOR-MAPPED-ADDRESS, RFC 8489, section 14.2: with the cookie, and for IPv6 the transaction too.
  const bool v6 = source.family() == AF_INET6;
  std::array<std::uint8_t, 20> value{0, static_cast<std::uint8_t>(v6 ? 2 : 1)};
  std::array<std::uint8_t, 16> mask{0x21, 0x12, 0xa4, 0x42};
  std::copy(id.begin(), id.end(), mask.begin() + 4);
  value[2] = static_cast<std::uint8_t>(source.port() >> 8 ^ mask[0]);
  value[3] = static_cast<std::uint8_t>((source.port() & 0xff) ^ mask[1]);
  const std::size_t size = v6 ? 16 : 4;
  const auto* host = v6 ? reinterpret_cast<const sockaddr_in6*>(source.get())->sin6_addr.s6_addr
                        : reinterpret_cast<const std::uint8_t*>(
                              &reinterpret_cast<const sockaddr_in*>(source.get())->sin_addr.s_addr);
  for (std::size_t i = 0; i < size; ++i) value[4 + i] = host[i] ^ mask[i];
  writer.attribute(kXorMappedAddress, Bytes{value}.first(4 + size));
  return writer.finish(local.password);
}

std::optional<Stun> read_stun(Bytes datagram) {
  if (datagram.size() < kHeaderSize || datagram[0] > 3 || get32(datagram, 4) != kMagicCookie)
    return {};
  Stun stun;
  stun.type = static_cast<Stun::Type>(get16(datagram, 0));
  std::copy_n(datagram.begin() + 8, stun.id.size(), stun.id.begin());
  if (stun.type != Stun::Type::error) return stun;
  for (std::size_t at = kHeaderSize; at + 8 <= datagram.size();
       at += 4 + (get16(datagram, at + 2) + 3U) / 4 * 4)
    if (get16(datagram, at) == kErrorCode)
      stun.error = (datagram[at + 6] & 7U) * 100 + datagram[at + 7];
  return stun;
}

} // namespace fanlight::load
