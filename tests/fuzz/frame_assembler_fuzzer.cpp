#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "webrtcfanout/stream/frame_assembler.h"

namespace {

using namespace fanlight::fanout;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Unit : HeldMemory {
  explicit Unit(Bytes data) : octets(data.begin(), data.end()) {
    bytes = octets;
    cost = octets.size();
  }
  std::vector<std::uint8_t> octets;
};

/// A frame that can be sent: each payload lies in it, and none is larger than a datagram.
void check(const FramePtr& frame) {
  require(frame != nullptr);
  require(frame->packets.size() > 0);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < frame->packets.size(); ++i) {
    const auto payload = frame->payload(i);
    const std::size_t size = payload.size();
    require(size <= FrameAssembler::kMaxPayload);
    std::array<std::uint8_t, FrameAssembler::kMaxPayload> copied; // Every byte can be read.
    payload.copy_to(copied.data());
    bytes += size;
  }
  require(bytes == frame->payload_bytes() && bytes <= FrameAssembler::kMaxFrame);
}

/// The input is a list of packets, each behind a byte that says how it comes and two with its size.
void assemble(const FrameAssembler::Format& format, Bytes input) {
  FrameAssembler assembler;
  assembler.set_format(format);
  std::int64_t now_us = 1'000'000;
  while (input.size() > 3) {
    const std::uint8_t how = input[0];
    const std::size_t size =
        std::min<std::size_t>((input[1] << 8 | input[2]) % 1600, input.size() - 3);
    const Bytes packet = input.subspan(3, size);
    input = input.subspan(3 + size);
    now_us += (how & 0x7c) * 1000;
    const std::size_t head = std::min<std::size_t>(size, 12 + (how >> 6));
    const bool delta = (how & 1) != 0;
    FrameAssembler::Outcome outcome{};
    if ((how & 2) != 0 && FrameAssembler::can_have_tail(packet.first(head))) {
      const auto unit = std::make_shared<Unit>(packet.subspan(head));
      outcome = assembler.add(packet.first(head), delta, 0, now_us, {unit->bytes, unit});
    } else {
      outcome = assembler.add(packet, delta, 0, now_us);
    }
    if (outcome == FrameAssembler::Outcome::complete) check(assembler.take());
  }
}

} // namespace

/// Whatever packets a payloader sends: no crash, and whole frames only.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assemble({.encoding = "H264"}, {data, size});
  assemble({.encoding = "H265"}, {data, size});
  assemble({.encoding = "OPUS", .clock_rate = 48000, .video = false}, {data, size});
  return 0;
}
