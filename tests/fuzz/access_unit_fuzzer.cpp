#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "h26x/access_unit_assembler.h"

namespace {

using fanlight::h26x::AccessUnit;
using fanlight::h26x::AccessUnitAssembler;
using fanlight::h26x::Bytes;
using fanlight::h26x::Codec;
using fanlight::h26x::read_rtp_packet;
using fanlight::h26x::RtpPacket;

void require(bool condition) {
  if (!condition) std::abort();
}

/// What holds of every access unit, whatever was sent.
class Judge {
 public:
  void see(const AccessUnit& unit) {
    require(unit.bytes.size() > 4 && unit.bytes[2] == 0 && unit.bytes[3] == 1);
    require(unit.bytes.size() <= AccessUnitAssembler::kMostBytes + 512 * 1024);
    require(!first_ || (unit.key && unit.discont));
    require(!unit.key || unit.format);
    first_ = false;
    ++units_;
  }
  void end(const AccessUnitAssembler::Stats& stats) const {
    require(units_ <= stats.pictures);
    require(stats.key_pictures + stats.start_points <= stats.pictures);
    require(stats.waiting == (units_ == 0));
  }

 private:
  bool first_ = true;
  std::uint64_t units_ = 0;
};

/// The input as a stream: of each packet a byte of flags, a byte of its length in steps, and the
/// payload.
void play(Codec codec, Bytes input) {
  AccessUnitAssembler assembler{codec};
  Judge judge;
  RtpPacket packet;
  while (input.size() > 2) {
    const std::uint8_t flags = input[0];
    packet.number = static_cast<std::uint16_t>(packet.number + ((flags & 2) != 0 ? 3 : 1));
    packet.timestamp += (flags & 4) != 0 ? 3600 : 0;
    packet.marker = (flags & 1) != 0;
    const std::size_t length = std::min<std::size_t>(
        input.size() - 2, std::size_t{input[1]} << ((flags & 8) != 0 ? 5 : 0));
    packet.payload = input.subspan(2, length);
    input = input.subspan(2 + length);
    if ((flags & 16) != 0) assembler.add_parameter_set(packet.payload);
    assembler.take(packet, packet.timestamp);
    while (const auto unit = assembler.next()) judge.see(*unit);
  }
  assembler.end();
  while (const auto unit = assembler.next()) judge.see(*unit);
  judge.end(assembler.stats());
}

} // namespace

/// Whatever comes: no crash, no read behind the end, and access units that make sense.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input{data, size};
  play(Codec::h264, input);
  play(Codec::h265, input);
  if (const auto packet = read_rtp_packet(input)) require(packet->payload.size() <= size);
  return 0;
}
