#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <srtp2/srtp.h>

#include "dtls.h"

namespace fanlight::crowd {

/// One viewer's SRTP in both directions.
class Srtp {
 public:
  /// Throws std::runtime_error on a profile that libsrtp does not have.
  explicit Srtp(const SrtpKeys& keys);
  ~Srtp();
  Srtp(const Srtp&) = delete;
  Srtp& operator=(const Srtp&) = delete;

  /// Decrypts in place; the plain packet, or nothing when it is not authentic or a replay.
  std::optional<std::span<std::uint8_t>> open_rtp(std::span<std::uint8_t> packet);
  std::optional<std::span<std::uint8_t>> open_rtcp(std::span<std::uint8_t> packet);
  /// Encrypts in place; `room` bytes behind `packet` must be there, see kTrailer.
  static constexpr std::size_t kTrailer = SRTP_MAX_TRAILER_LEN + 4;
  std::span<std::uint8_t> seal_rtcp(std::span<std::uint8_t> packet);

 private:
  srtp_t in_ = nullptr;
  srtp_t out_ = nullptr;
};

} // namespace fanlight::crowd
