#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "load/net/loop.h"

namespace fanlight::load {

/// What came and what did not, of one stream or of many together.
struct Counts {
  std::uint64_t received = 0;    ///< RTP packets on the wire, whatever became of them.
  std::uint64_t bytes = 0;       ///< Of those, with the header of RTP.
  std::uint64_t dropped = 0;     ///< Of those: by ourselves, as --loss wants it.
  std::uint64_t media = 0;       ///< Packets of the streams that are here, by whatever way.
  std::uint64_t missing = 0;     ///< Were not there when a later one came.
  std::uint64_t reordered = 0;   ///< Of the missing: came by themselves.
  std::uint64_t repaired = 0;    ///< Of the missing: came when asked for, by RTX or plainly.
  std::uint64_t rtx = 0;         ///< Of the repaired: by RTX (RFC 4588).
  std::uint64_t lost = 0;        ///< Of the missing: have not come in time.
  std::uint64_t repeated = 0;    ///< Came again, or too late.
  std::uint64_t jumps = 0;       ///< Sequence numbers went on somewhere else.
  std::uint64_t nacks = 0;       ///< Packets asked for, each time counted.
  std::uint64_t plis = 0;        ///< Pictures asked for.
  std::uint64_t unauthentic = 0; ///< Of those that were decrypted.

  Counts& operator+=(const Counts& other);
  Counts operator-(const Counts& other) const;
};

/// Extended sequence numbers begin in the second cycle of 65536: what comes out of order at the
/// start is above zero.
constexpr std::uint64_t kFirstCycle = 0x10000;

/// The extended sequence number that is nearest to `near`.
std::uint64_t extend_sequence(std::uint64_t near, std::uint16_t sequence);

/// The receiving end of one RTP stream: counts, finds gaps, and says what a browser would say to
/// the sender (RFC 3550 receiver reports, RFC 4585 generic NACK).
class Reception {
 public:
  Reception(std::uint32_t ssrc, std::uint32_t clock_rate, bool asks)
      : ssrc_(ssrc), clock_rate_(clock_rate), asks_(asks) {}

  /// The packet's extended sequence number: the lower 16 bits are those of the packet. Nothing
  /// where the packet has come before.
  std::optional<std::uint64_t> on_packet(std::uint16_t sequence, std::uint32_t timestamp, Time now);
  /// A packet came by RTX: its number, or nothing where nobody missed it.
  std::optional<std::uint64_t> on_rtx(std::uint16_t sequence);
  /// The sender's report: the middle 32 bits of its NTP time.
  void on_sender_report(std::uint32_t ntp, Time now);

  /// The report block of RFC 3550, section 6.4.1; 24 bytes.
  void append_report(std::vector<std::uint8_t>& rtcp, Time now);
  /// Appends the FCI of a generic NACK for what is due to be asked for, and gives up what has not
  /// come for too long.
  void append_due(std::vector<std::uint8_t>& fci, Time now);
  /// When append_due() has something to do.
  std::optional<Time> due() const;
  /// Whether all of these have come. False, to be on the safe side, where a later one is lost.
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
