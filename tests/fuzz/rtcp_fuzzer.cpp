#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "webrtcfanout/rtp/rtcp.h"

namespace {

using namespace fanlight::fanout;

void require(bool condition) {
  if (!condition) std::abort();
}

class Counter : public RtcpReader {
 public:
  void on_report(const ReportBlock& block) override {
    require(block.cumulative_lost >= -0x800000 && block.cumulative_lost <= 0x7fffff);
    ++count;
  }
  void on_nack(std::uint32_t, std::uint16_t) override { ++count; }
  void on_picture_loss(std::uint32_t) override { ++count; }
  void on_full_intra_request(std::uint32_t) override { ++count; }
  void on_estimate(std::uint64_t) override { ++count; }
  void on_transport_feedback(const TransportFeedback& feedback) override {
    require(!feedback.packets.empty());
    require(feedback.packets.size() <= TransportFeedback::kMaxPackets);
    for (std::size_t i = 1; i < feedback.packets.size(); ++i) {
      const auto& before = feedback.packets[i - 1];
      require(feedback.packets[i].sequence == static_cast<std::uint16_t>(before.sequence + 1));
    }
    ++count;
  }
  void on_reference_time(std::uint32_t, std::uint64_t) override { ++count; }
  void on_bye() override { ++count; }

  std::size_t count = 0;
};

} // namespace

/// Whatever comes: no crash, and not more is told than so many bytes can say. What we write is read
/// again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Counter counter;
  const bool sound = read_rtcp({data, size}, counter);
  require(counter.count <= size / 4 * 17);
  // A packet behind a sound compound is read as well.
  if (sound) {
    std::vector<std::uint8_t> longer(data, data + size);
    longer.resize(size + kByeSize);
    write_bye(MutableBytes(longer).subspan(size), 1);
    Counter again;
    require(read_rtcp(longer, again) && again.count == counter.count + 1);
  }
  std::array<std::uint8_t, kMaxSenderReport> report;
  const std::string_view cname(reinterpret_cast<const char*>(data), size);
  const std::size_t written = write_sender_report(report, {.ssrc = 1}, cname);
  Counter none;
  require(written > 0 && read_rtcp(Bytes(report).first(written), none) && none.count == 0);
  return 0;
}
