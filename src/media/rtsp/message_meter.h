#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/reason.h"

namespace fanlight::media {

/// Limits the size of a camera's messages and the time to receive one.
///
/// It does not parse messages a second time. It recognizes them by the way in which
/// GstRTSPConnection reads: the first byte of each message in a read that can be cancelled, the
/// rest in reads that cannot; the header byte by byte; a body in one read of the length that the
/// header announces. Therefore the two cannot disagree about the end of a message. Threads: one at
/// a time, the reader's.
class MessageMeter {
 public:
  static constexpr std::size_t kMostHead = 64 * 1024;
  static constexpr std::size_t kMostBody = 256 * 1024;
  static constexpr std::size_t kMostBeforePlay = 1024 * 1024;
  /// Interleaved packets: many cameras send their first frames before they answer PLAY.
  static constexpr std::size_t kMostPacketsBeforePlay = 16 * 1024 * 1024;
  static constexpr std::int64_t kMessageUs = 10'000'000;

  /// The reader asks for `size` bytes, `inside` a message or at its beginning. Returns which limit
  /// that exceeds; empty: none.
  Reason ask(bool inside, std::size_t size);
  /// The reader got `size` bytes, the first of them `first`. Returns the same as ask().
  Reason give(bool inside, std::size_t asked, std::size_t size, char first, bool plays);
  /// The reader has to wait for more: the deadline; 0: no deadline, because no message has begun.
  std::int64_t wait_until_us(bool inside, std::int64_t now_us);

  /// The request whose answer is awaited.
  void set_request(std::string method) { request_ = std::move(method); }
  Reason late() const { return late(request_); }

  // What to say of an answer to `method`; empty: of a message without request.

  static Reason late(const std::string& method);
  static Reason long_head(const std::string& method); ///< Exceeds kMostHead.
  static Reason too_long(const std::string& method);  ///< The body exceeds kMostBody.
  static Reason much_talk();                          ///< More than kMostBeforePlay.
  static Reason much_media();                         ///< More than kMostPacketsBeforePlay.

 private:
  std::string request_;
  std::size_t head_ = 0;
  std::size_t said_ = 0;    // Bytes of messages before PLAY.
  std::size_t packets_ = 0; // Bytes of packets before PLAY.
  bool packet_ = false;     // The current message is an interleaved packet.
  // When the wait for the rest of the current message began; 0: it has not.
  std::int64_t waited_since_ = 0;
};

} // namespace fanlight::media
