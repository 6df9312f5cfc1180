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

/// One stream for one viewer: its SSRC, numbers and timestamps, and its position.
///
/// Threads: the viewer's worker.
class TrackSender {
 public:
  TrackSender(const AnsweredMedia& answered, const std::string& mid, bool video);

  /// The values that all packets sent at one time share.
  struct Moment {
    std::int64_t now_us = 0;
    std::uint32_t send_time = 0; ///< abs-send-time
  };

  // Position.

  /// The next frame to send.
  std::uint64_t frame() const { return frame_; }
  std::size_t packet() const { return packet_; }
  bool started() const { return started_; }
  /// The newest frame at the time of the last go_to().
  std::uint64_t edge() const { return edge_; }
  /// Continues with frame `start`: see RtpRewriter::begin.
  void go_to(const Frame& start, const Frame& newest, std::uint32_t interval);
  /// The next frames belong to another stream: `there` is one of them, `here` one of the previous
  /// stream. go_to() must follow.
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
  /// Writes a protected packet of the current run, of packet_size() bytes. If OpenSSL fails, writes
  /// zeros, so that neither an earlier packet nor plain text is sent.
  void write(const Frame& frame, std::size_t index, const Moment& moment,
             std::uint16_t transport_sequence, RtpProtector& srtp, std::uint8_t* out);

  bool repairs_negotiated() const { return repairs_negotiated_; }
  /// The packet that a NACK requests; none if NACKs were not negotiated, because then a packet
  /// could not be reproduced identically.
  std::optional<RtpRewriter::Sent> find_sent(std::uint16_t sequence) const {
    return repairs_negotiated_ ? rewriter_.find(sequence) : std::nullopt;
  }
  /// Writes that packet again: by RTX if negotiated (RFC 4588), else identically. Returns its size;
  /// `out` has room for kMaxPacket.
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

  // Rarely used.
  RtpHeader rtx_header_;
  std::uint64_t rtx_index_ = 0;
  std::uint32_t ssrc_;
  std::uint32_t rtx_ssrc_;
  int clock_rate_;
  RepairBudget repairs_;
};

} // namespace fanlight::fanout
