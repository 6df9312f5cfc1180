#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "webrtcfanout/base/bytes.h"

/// RTCP for senders: reads receivers' packets and writes sender reports (RFC 3550, section 6; RFC
/// 3611; RFC 4585; RFC 5104; goog-remb; transport-wide congestion control).
namespace fanlight::fanout {

/// One report block of a receiver or sender report (RFC 3550, section 6.4.1).
struct ReportBlock {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0; ///< Of 256, since the last report.
  std::int32_t cumulative_lost = 0;
  std::uint32_t highest_sequence = 0;    ///< Extended by cycles.
  std::uint32_t jitter = 0;              ///< In units of the RTP clock.
  std::uint32_t last_sr = 0;             ///< Middle 32 bits of the NTP time in our report; 0: none.
  std::uint32_t delay_since_last_sr = 0; ///< In 1/65536 s.
};

/// The content of one transport-wide feedback packet
/// (draft-holmer-rmcat-transport-wide-cc-extensions).
struct TransportFeedback {
  struct Packet {
    std::uint16_t sequence = 0;
    bool received = false;
    std::int64_t arrival_us = 0; ///< On the receiver's clock; only if received.
  };
  /// A second at 80 Mbit/s. Feedback on more packets is implausible and ignored.
  static constexpr std::size_t kMaxPackets = 8192;

  std::uint8_t count = 0; ///< Number of feedback packets, modulo 256.
  std::vector<Packet> packets;
};

/// Receives the content of RTCP, one call per item. Each packet of a compound packet is validated
/// completely before its calls; nothing is reported from the first malformed packet on.
class RtcpReader {
 public:
  virtual ~RtcpReader() = default;
  virtual void on_report(const ReportBlock& block) = 0;
  virtual void on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) = 0;
  virtual void on_picture_loss(std::uint32_t media_ssrc) = 0; ///< PLI.
  virtual void
  on_full_intra_request(std::uint32_t media_ssrc) = 0; ///< FIR, the media SSRC of its entry.
  virtual void on_estimate(std::uint64_t bits_per_second) = 0; ///< REMB.
  virtual void on_transport_feedback(const TransportFeedback& feedback) = 0;
  /// The receiver's clock (RFC 3611, section 4.4), which requires a ReferenceReply: a receiver that
  /// sends no reports of its own cannot measure the round trip otherwise.
  virtual void on_reference_time(std::uint32_t ssrc, std::uint64_t ntp) = 0;
  virtual void on_bye() = 0;
};

/// Reads a decrypted compound or reduced-size (RFC 5506) packet. False: malformed from some point
/// on (what came before was reported). Ignores unknown types. Any thread.
bool read_rtcp(Bytes packet, RtcpReader& reader);

struct SenderReport {
  std::uint32_t ssrc = 0;
  std::uint64_t ntp = 0; ///< 32.32 fixed point, seconds since 1900.
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0; ///< Of the payload.
};

inline constexpr std::size_t kMaxSenderReport = 28 + 8 + 2 + 256 + 4;

/// Writes a sender report and the SDES CNAME (truncated to 255 bytes) that a compound packet
/// requires; returns the size, 0 if `out` is too small.
std::size_t write_sender_report(MutableBytes out, const SenderReport& report,
                                std::string_view cname);

/// Tells a receiver how long ago its clock arrived, so that it can compute the round trip (RFC
/// 3611, section 4.5).
struct ReferenceReply {
  std::uint32_t ssrc = 0;  ///< The receiver's.
  std::uint32_t ntp = 0;   ///< Middle 32 bits of the time that it sent.
  std::uint32_t delay = 0; ///< Time since then, in 1/65536 s.
};

inline constexpr std::size_t kReferenceReply = 24;

/// Writes the extended report of the source `ssrc` with that reply, to follow its sender report.
/// Returns kReferenceReply, 0 if `out` is too small.
std::size_t write_reference_reply(MutableBytes out, std::uint32_t ssrc,
                                  const ReferenceReply& reply);

inline constexpr std::size_t kByeSize = 8;

/// Writes the BYE of one source, to follow its sender report, or alone as reduced-size RTCP.
/// Returns kByeSize, 0 if `out` is too small.
std::size_t write_bye(MutableBytes out, std::uint32_t ssrc);

} // namespace fanlight::fanout
