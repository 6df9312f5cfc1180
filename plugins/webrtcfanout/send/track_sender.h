#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "webrtcfanout/base/counters.h"
#include "webrtcfanout/crypto/srtp.h"
#include "webrtcfanout/rtp/rtp_header.h"
#include "webrtcfanout/sdp/answer.h"
#include "webrtcfanout/send/repair_budget.h"
#include "webrtcfanout/send/rtp_rewriter.h"
#include "webrtcfanout/stream/history.h"

namespace fanlight::fanout {

/// One stream as one viewer gets it: its SSRC, numbers and timestamps, and how far it has come.
///
/// Threads: the viewer's worker.
class TrackSender {
 public:
  TrackSender(const AnsweredMedia& answered, const std::string& mid, bool video);

  /// What all packets that leave at a time share.
  struct Moment {
    std::int64_t now_us = 0;
    std::uint32_t send_time = 0; ///< abs-send-time
  };

  // How far it has come.

  /// The next thing to send.
  std::uint64_t frame() const { return frame_; }
  std::size_t packet() const { return packet_; }
  bool started() const { return started_; }
  /// The newest frame there was when it went to where it goes on from.
  std::uint64_t edge() const { return edge_; }
  /// Goes on with frame `start` of `history`: see RtpRewriter::begin.
  void go_to(const Frame& start, const Frame& newest, std::uint32_t interval);
  /// What comes is of another stream: `there` is a frame of it, `here` one of the stream that was.
  /// For go_to() to follow.
  void change_clock(const Frame& here, const Frame& there) {
    rewriter_.change_clock(here, there, clock_rate_);
  }
  /// Waits for the next key frame.
  void wait_for_key() { started_ = false; }
  void advance(const Frame& frame) {
    if (++packet_ < frame.packets.size()) return;
    packet_ = 0;
    ++frame_;
  }

  // Packets.

  std::size_t packet_size(const Frame& frame, std::size_t index, const RtpProtector& srtp) const {
    return header_.size() + frame.payload_size(index) + srtp.overhead();
  }
  /// Writes a protected packet of the current run; its size as packet_size() says. Should OpenSSL
  /// fail, all of it is zeros: nothing of an earlier packet, or in clear, leaves.
  void write(const Frame& frame, std::size_t index, const Moment& moment,
             std::uint16_t transport_sequence, RtpProtector& srtp, std::uint8_t* out);

  bool repairs_negotiated() const { return repairs_negotiated_; }
  /// What a NACK asks for; none as well where NACKs were not negotiated: then no packet could be
  /// made again to the last bit.
  std::optional<RtpRewriter::Sent> find_sent(std::uint16_t sequence) const {
    return repairs_negotiated_ ? rewriter_.find(sequence) : std::nullopt;
  }
  /// Writes that packet again: by RTX where negotiated (RFC 4588), else just as it was. Returns its
  /// size; `out` has room for kMaxPacket.
  std::size_t write_again(const Frame& frame, const RtpRewriter::Sent& sent, std::uint16_t sequence,
                          const Moment& moment, std::uint16_t transport_sequence,
                          RtpProtector& srtp, std::uint8_t* out);
  static constexpr std::size_t kMaxPacket = 1500;

  std::uint32_t ssrc() const { return ssrc_; }
  std::uint32_t rtx_ssrc() const { return rtx_ssrc_; }
  int clock_rate() const { return clock_rate_; }
  bool is_video() const { return video_; }
  bool has_transport_sequence() const { return header_.has_transport_sequence(); }
  std::uint32_t on_subscribers_clock(std::uint32_t timestamp) const {
    return rewriter_.on_subscribers_clock(timestamp);
  }
  std::uint32_t packets_sent() const { return packets_sent_; }
  std::uint32_t octets_sent() const { return octets_sent_; }
  RepairBudget& repairs() { return repairs_; }

 private:
  RtpHeader header_;
  RtpRewriter rewriter_;
  std::uint64_t frame_ = 0;
  std::uint64_t edge_ = 0;
  std::size_t packet_ = 0;
  bool started_ = false;
  bool video_;
  bool repairs_negotiated_;        ///< By NACK.
  std::uint32_t packets_sent_ = 0; ///< For sender reports.
  std::uint32_t octets_sent_ = 0;

  // Rarely touched.
  RtpHeader rtx_header_;
  std::uint64_t rtx_index_ = 0;
  std::uint32_t ssrc_;
  std::uint32_t rtx_ssrc_;
  int clock_rate_;
  RepairBudget repairs_;
};

} // namespace fanlight::fanout
