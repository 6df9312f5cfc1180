#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hex.h"
#include "webrtcfanout/rtp/rtcp.h"

namespace fanlight::fanout {

/// Writes down what it is told, in order.
class Told : public RtcpReader {
 public:
  void on_report(const ReportBlock& block) override {
    add("report", block.ssrc);
    reports.push_back(block);
  }
  void on_nack(std::uint32_t ssrc, std::uint16_t sequence) override {
    add("nack", ssrc);
    lost.push_back(sequence);
  }
  void on_picture_loss(std::uint32_t ssrc) override { add("pli", ssrc); }
  void on_full_intra_request(std::uint32_t ssrc) override { add("fir", ssrc); }
  void on_estimate(std::uint64_t bits_per_second) override { add("remb", bits_per_second); }
  void on_transport_feedback(const TransportFeedback& told) override {
    add("feedback", told.packets.size());
    feedback = told;
  }
  void on_reference_time(std::uint32_t ssrc, std::uint64_t ntp) override {
    add("clock", ssrc);
    clock = ntp;
  }
  void on_bye() override { all.emplace_back("bye"); }

  std::vector<std::string> all;
  std::vector<ReportBlock> reports;
  std::vector<std::uint16_t> lost;
  TransportFeedback feedback;
  std::uint64_t clock = 0;

 private:
  void add(const char* what, std::uint64_t number) {
    all.push_back(std::string(what) + " " + std::to_string(number));
  }
};

/// One packet with the right length; `body` is whole words.
inline Octets packet(unsigned count, std::uint8_t type, const Octets& body) {
  Octets bytes(4);
  bytes[0] = static_cast<std::uint8_t>(0x80 | count);
  bytes[1] = type;
  write_u16(&bytes[2], static_cast<std::uint16_t>(body.size() / 4));
  return bytes + body;
}

inline std::vector<std::string> told_of(const Octets& bytes) {
  Told told;
  EXPECT_TRUE(read_rtcp(bytes, told));
  return told.all;
}

} // namespace fanlight::fanout
