#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "loop.h"

namespace fanlight::crowd {

/// The receiving end of one RTP stream: counts, finds gaps, and says what a browser would say to
/// the sender (RFC 3550 receiver reports, RFC 4585 generic NACK).
class Reception {
 public:
  explicit Reception(std::uint32_t ssrc, std::uint32_t clock_rate)
      : ssrc_(ssrc), clock_rate_(clock_rate) {}

  void on_packet(std::uint16_t sequence, std::uint32_t timestamp, std::size_t size, Time now);
  /// A packet came by retransmission.
  void on_recovered(std::uint16_t sequence);
  /// The sender's report: the middle 32 bits of its NTP time.
  void on_sender_report(std::uint32_t ntp, Time now);

  /// The report block of RFC 3550, section 6.4.1; 24 bytes.
  void append_report(std::vector<std::uint8_t>& rtcp, Time now);
  /// The FCI of a generic NACK for what is due to be asked for; nothing: none is.
  std::vector<std::uint8_t> due_nacks(Time now);

  std::uint32_t ssrc() const { return ssrc_; }
  std::uint64_t packets() const { return packets_; }
  std::uint64_t bytes() const { return bytes_; }
  /// Gone for good: asked for several times and never come.
  std::uint64_t lost() const { return lost_; }
  /// Were missing when they were due, whether they came later or not.
  std::uint64_t gaps() const { return gaps_; }
  std::uint64_t recovered() const { return recovered_; }

 private:
  struct Missing {
    Time due;
    int asked = 0;
  };
  std::uint64_t extend(std::uint16_t sequence) const;

  const std::uint32_t ssrc_;
  const std::uint32_t clock_rate_;
  bool started_ = false;
  std::uint64_t first_ = 0;
  std::uint64_t highest_ = 0; // Extended sequence numbers.
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t gaps_ = 0;
  std::uint64_t recovered_ = 0;
  std::map<std::uint64_t, Missing> missing_;
  // For the reports.
  double jitter_ = 0;
  double last_transit_ = 0;
  std::uint64_t expected_before_ = 0;
  std::uint64_t received_before_ = 0;
  std::optional<std::pair<std::uint32_t, Time>> sender_report_;
};

} // namespace fanlight::crowd
