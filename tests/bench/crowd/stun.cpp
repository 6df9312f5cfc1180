#include "stun.h"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <openssl/hmac.h>

namespace fanlight::crowd {
namespace {

constexpr std::uint32_t kMagicCookie = 0x2112a442;
constexpr std::size_t kHeaderSize = 20;

enum Attribute : std::uint16_t {
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kFingerprint = 0x8028,
  kIceControlling = 0x802a,
};

/// CRC-32 of ISO 3309, bit by bit: a few hundred bytes a second.
std::uint32_t crc32(std::span<const std::uint8_t> data) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : data) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

class Writer {
 public:
  Writer(StunHeader::Type type, const StunId& id) {
    put16(static_cast<std::uint16_t>(type));
    put16(0);
    put32(kMagicCookie);
    data_.insert(data_.end(), id.begin(), id.end());
  }

  void attribute(std::uint16_t type, std::span<const std::uint8_t> value) {
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

  /// MESSAGE-INTEGRITY and FINGERPRINT; each covers what is before it, with a length that already
  /// counts it (RFC 8489, sections 14.5 and 14.7).
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
                                          const IceCredentials& remote) {
  Writer writer{StunHeader::Type::request, id};
  const std::string username = remote.ufrag + ":" + local.ufrag;
  writer.attribute(kUsername,
                   {reinterpret_cast<const std::uint8_t*>(username.data()), username.size()});
  // Of a host candidate, as in the offer.
  writer.attribute32(kPriority, 2130706431);
  const std::array<std::uint8_t, 8> tie_breaker{0xff, 1, 2, 3, 4, 5, 6, 7};
  writer.attribute(kIceControlling, tie_breaker);
  writer.attribute(kUseCandidate, {});
  return writer.finish(remote.password);
}

std::vector<std::uint8_t> binding_response(const StunId& id, const IceCredentials& local,
                                           const sockaddr_in& source) {
  Writer writer{StunHeader::Type::response, id};
  std::array<std::uint8_t, 8> address{0, 1};
  const std::uint16_t port = source.sin_port ^ htons(kMagicCookie >> 16);
  const std::uint32_t host = source.sin_addr.s_addr ^ htonl(kMagicCookie);
  std::memcpy(address.data() + 2, &port, sizeof port);
  std::memcpy(address.data() + 4, &host, sizeof host);
  writer.attribute(kXorMappedAddress, address);
  return writer.finish(local.password);
}

std::optional<StunHeader> read_stun(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < kHeaderSize || datagram[0] > 3) return std::nullopt;
  StunHeader header;
  header.type = static_cast<StunHeader::Type>(datagram[0] << 8 | datagram[1]);
  std::copy_n(datagram.begin() + 8, header.id.size(), header.id.begin());
  return header;
}

} // namespace fanlight::crowd
