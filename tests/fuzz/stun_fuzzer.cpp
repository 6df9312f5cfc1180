#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "webrtcfanout/ice/stun.h"

namespace {

using namespace fanlight::fanout;

constexpr const char* kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

void require(bool condition) {
  if (!condition) std::abort();
}

std::uint32_t crc_of(Bytes bytes) {
  std::uint32_t value = 0xffffffff;
  for (const std::uint8_t byte : bytes) {
    value ^= byte;
    for (int i = 0; i < 8; ++i) value = value & 1 ? value >> 1 ^ 0xedb88320U : value >> 1;
  }
  return ~value;
}

/// With a header and a FINGERPRINT that are right, which chance does not find.
std::vector<std::uint8_t> sealed(Bytes datagram, std::uint16_t type) {
  std::vector<std::uint8_t> bytes(datagram.begin(), datagram.end());
  bytes.resize(bytes.size() < 28 ? 28 : bytes.size() / 4 * 4);
  write_u16(&bytes[0], type);
  write_u16(&bytes[2], static_cast<std::uint16_t>(bytes.size() - 20));
  write_u32(&bytes[4], 0x2112a442);
  std::uint8_t* const end = bytes.data() + bytes.size() - 8;
  write_u32(end, 0x80280004);
  write_u32(end + 4, crc_of(Bytes(bytes).first(bytes.size() - 8)) ^ 0x5354554e);
  return bytes;
}

void check_response(Bytes out, std::size_t size, std::uint16_t type) {
  require(size >= 52 && size <= kMaxStunResponse && size % 4 == 0);
  require(read_u16(out.data()) == type && read_u16(&out[2]) == size - 20);
  require(read_u32(&out[size - 4]) == (crc_of(out.first(size - 8)) ^ 0x5354554e));
}

void check(Bytes datagram) {
  const auto request = parse_binding_request(datagram);
  if (!request) return;
  require(datagram.size() <= kMaxStunRequest && !request->username.empty());
  require(request->username.size() <= 513 && request->unknown.size() <= kMaxUnknown);
  require(!local_ufrag(*request).empty() && local_ufrag(*request).size() < 513);
  require(request->integrity_at + 24 <= datagram.size());
  require(!has_integrity(request->integrity_at, datagram, ""));
  has_integrity(request->integrity_at, datagram, kPassword);
  std::vector<std::uint8_t> out(kMaxStunResponse);
  const auto v6 = *SocketAddress::parse("2001:db8::1", 5000);
  check_response(out, write_binding_success(out, *request, v6, kPassword), 0x0101);
  for (const int code : {400, 420, 487})
    check_response(out, write_binding_error(out, *request, code, kPassword), 0x0111);
}

void check_answer(Bytes datagram) {
  const auto success = parse_binding_success(datagram);
  if (!success) return;
  require(is_binding_answer(datagram) && !parse_binding_request(datagram));
  require(success->integrity_at >= 20 && success->integrity_at + 24 <= datagram.size());
  require(!has_integrity(success->integrity_at, datagram, ""));
  has_integrity(success->integrity_at, datagram, kPassword);
}

/// A username of ours and theirs is at most what stands in an offer.
void check_own_request(Bytes bytes) {
  const std::string_view username(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<std::uint8_t> out(kMaxOwnRequest);
  const std::size_t size = write_binding_request(out, {}, username, kPassword);
  require((size == 0) == (username.size() > 513) && size <= kMaxOwnRequest);
  const auto request = parse_binding_request(Bytes(out).first(size));
  require(!request || request->username == username);
}

} // namespace

/// Whatever comes: no crash, and what is taken for a request can be answered within the bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes datagram(data, size);
  check(datagram);
  check(sealed(datagram, 0x0001));
  check_answer(datagram);
  check_answer(sealed(datagram, 0x0101));
  check_own_request(datagram);
  return 0;
}
