#pragma once

#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "hex.h"

/// STUN messages as others write them, made on their own: a fault of the code cannot hide behind
/// the same one in its test.
namespace fanlight::fanout {

inline constexpr const char* kSamplePassword = "VOkJxbRl1RmTxUk/WvJxBt";

// RFC 5769, section 2.1.
inline const Octets kSampleRequest = hex("0001 0058 2112a442 b7e7a701bc34d686fa87dfae"
                                         "8022 0010 5354554e207465737420636c69656e74"
                                         "0024 0004 6e0001ff"
                                         "8029 0008 932ff9b151263b36"
                                         "0006 0009 6576746a3a68367659202020"
                                         "0008 0014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
                                         "8028 0004 e57a3bcf");

inline Octets attribute(std::uint16_t type, Octets value) {
  Octets bytes(4);
  write_u16(&bytes[0], type);
  write_u16(&bytes[2], static_cast<std::uint16_t>(value.size()));
  value.resize((value.size() + 3) / 4 * 4);
  return bytes + value;
}

inline std::uint32_t crc_of(const Octets& bytes) {
  std::uint32_t value = 0xffffffff;
  for (const std::uint8_t byte : bytes) {
    value ^= byte;
    for (int i = 0; i < 8; ++i) value = value & 1 ? value >> 1 ^ 0xedb88320U : value >> 1;
  }
  return ~value;
}

inline Octets hmac_of(const Octets& bytes, std::string_view password) {
  Octets digest(20);
  HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), bytes.data(), bytes.size(),
       digest.data(), nullptr);
  return digest;
}

inline void set_length(Octets& message, std::size_t size) {
  write_u16(&message[2], static_cast<std::uint16_t>(size));
}

inline void add_fingerprint(Octets& message) {
  set_length(message, message.size() - 20 + 8);
  Octets value(4);
  write_u32(value.data(), crc_of(message) ^ 0x5354554e);
  message = message + attribute(0x8028, value);
}

inline void add_integrity(Octets& message, std::string_view password = kSamplePassword) {
  set_length(message, message.size() - 20 + 24);
  message = message + attribute(0x0008, hmac_of(message, password));
}

/// A request with these attributes, then MESSAGE-INTEGRITY and FINGERPRINT.
inline Octets request_with(const Octets& attributes, std::uint16_t type = 1) {
  Octets message = hex("0000 0000 2112a442 0102030405060708090a0b0c") + attributes;
  write_u16(message.data(), type);
  add_integrity(message);
  add_fingerprint(message);
  return message;
}

} // namespace fanlight::fanout
