#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fanlight::direct {

using Bytes = std::span<const std::uint8_t>;

/// RTCP of one medium, as its receiver (RFC 3550, section 6; RFC 4585; RFC 5104).
///
/// Threads: one at a time.
class Reports {
 public:
  /// Between two reports.
  static constexpr std::int64_t kIntervalUs = 5'000'000;

  /// When the camera sampled a timestamp, by its clock.
  struct SenderReport {
    std::uint64_t ntp = 0; ///< 32.32 fixed point, seconds since 1900.
    std::uint32_t timestamp = 0;
  };
  /// What was received of the source.
  struct Reception {
    std::uint32_t source = 0;
    std::uint32_t highest = 0; ///< Sequence number, with its cycles.
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    std::uint32_t jitter = 0; ///< In ticks of the RTP clock.
  };
  enum class Request { picture_loss, full_intra };

  /// `self` is the SSRC of the receiver, `name` its CNAME.
  Reports(std::uint32_t self, std::string name) : self_(self), name_(std::move(name)) {}

  /// Reads a compound packet. True: `source` says goodbye.
  bool take(Bytes packet, std::uint32_t source, std::int64_t now_us);
  /// The last one of the source that has a time; none: none has come.
  const std::optional<SenderReport>& sender_report() const { return sender_report_; }
  /// A compound packet with a receiver report, and that request if there is one.
  std::vector<std::uint8_t> write(const Reception& reception, std::optional<Request> request,
                                  std::int64_t now_us);

 private:
  const std::uint32_t self_;
  const std::string name_;
  std::optional<SenderReport> sender_report_;
  std::int64_t sender_report_us_ = 0;
  std::uint64_t received_ = 0; ///< When it was last reported.
  std::uint64_t lost_ = 0;
  std::uint8_t full_intras_ = 0;
};

} // namespace fanlight::direct
