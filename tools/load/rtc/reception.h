#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "load/net/loop.h"

namespace fanlight::load {

/// Statistics of one RTP stream, or of several together.
struct Counts {
  std::uint64_t received = 0;  ///< RTP packets that arrived, including those dropped later.
  std::uint64_t bytes = 0;     ///< Of these, including the RTP header.
  std::uint64_t dropped = 0;   ///< Of these: dropped by --loss.
  std::uint64_t media = 0;     ///< Packets of the media, in whatever way they arrived.
  std::uint64_t missing = 0;   ///< Absent when a later packet arrived.
  std::uint64_t reordered = 0; ///< Of the missing: arrived without a request.
  std::uint64_t repaired = 0;  ///< Of the missing: arrived after a request, by RTX or plainly.
  std::uint64_t rtx = 0;       ///< Of the repaired: by RTX (RFC 4588).
  std::uint64_t lost = 0;      ///< Of the missing: did not arrive in time.
  std::uint64_t repeated = 0;  ///< Duplicates, and packets that were too late.
  std::uint64_t jumps = 0;     ///< Jumps of the sequence numbers.
  std::uint64_t nacks = 0;     ///< Requested packets, each request counted.
  std::uint64_t plis = 0;      ///< Requested key frames.
  /// Packets that could not be authenticated, of those that were decrypted.
  std::uint64_t unauthentic = 0;

  Counts& operator+=(const Counts& other);
  Counts operator-(const Counts& other) const;
};

/// Extended sequence numbers begin in the second cycle of 65536, so that packets reordered at the
/// start stay above zero.
constexpr std::uint64_t kFirstCycle = 0x10000;

/// The extended sequence number closest to `near`.
std::uint64_t extend_sequence(std::uint64_t near, std::uint16_t sequence);

/// The receiver of one RTP stream: counts, finds gaps, and writes what a browser would send to the
/// sender (receiver reports of RFC 3550, generic NACKs of RFC 4585).
class Reception {
 public:
  Reception(std::uint32_t ssrc, std::uint32_t clock_rate, bool asks)
      : ssrc_(ssrc), clock_rate_(clock_rate), asks_(asks) {}

  /// Returns the packet's extended sequence number, whose lower 16 bits are `sequence`; none for a
  /// duplicate.
  std::optional<std::uint64_t> on_packet(std::uint16_t sequence, std::uint32_t timestamp, Time now);
  /// Handles a packet from RTX; returns its number, or none if it was not missing.
  std::optional<std::uint64_t> on_rtx(std::uint16_t sequence);
  /// Handles a sender report: the middle 32 bits of its NTP time.
  void on_sender_report(std::uint32_t ntp, Time now);

  /// Appends the report block of RFC 3550, section 6.4.1; 24 bytes.
  void append_report(std::vector<std::uint8_t>& rtcp, Time now);
  /// Appends the FCI of a generic NACK for the packets that are due for a request, and counts as
  /// lost those that have been missing for too long.
  void append_due(std::vector<std::uint8_t>& fci, Time now);
  /// When to call append_due().
  std::optional<Time> due() const;
  /// Whether all of these packets have arrived. To be safe, false if a later one is lost.
  bool has_all(std::uint64_t first, std::uint64_t last) const;

  std::uint32_t ssrc() const { return ssrc_; }
  Counts& counts() { return counts_; }
  const Counts& counts() const { return counts_; }

 private:
  struct Missing {
    std::uint64_t number;
    Time due;
    int asked = 0;
  };
  void begin(std::uint16_t sequence);
  void miss(std::uint64_t from, std::uint64_t to, Time now);
  std::vector<Missing>::iterator find_missing(std::uint64_t number);

  const std::uint32_t ssrc_;
  const std::uint32_t clock_rate_;
  const bool asks_;
  bool started_ = false;
  std::uint64_t first_ = 0;
  std::uint64_t highest_ = 0; // Extended sequence numbers.
  Counts counts_;
  std::vector<Missing> missing_; // Ascending.
  std::uint64_t last_lost_ = 0;
  // For the reports.
  double jitter_ = 0;
  double last_transit_ = 0;
  std::uint64_t expected_before_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t received_before_ = 0;
  std::optional<std::pair<std::uint32_t, Time>> sender_report_;
};

} // namespace fanlight::load
