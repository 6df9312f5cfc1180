#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace fanlight::media {

/// What a camera may say: how much, and how long at one message.
///
/// It learns of messages from how GstRTSPConnection reads them, not by reading them once more: the
/// first byte of each in a read that can be cancelled, the rest in reads that cannot; the head byte
/// by byte; a body in one read of the length that the head announces. So the two cannot disagree on
/// where a message ends. Threads: one at a time, the one that reads.
class MessageMeter {
 public:
  static constexpr std::size_t kMostHead = 64 * 1024;
  static constexpr std::size_t kMostBody = 256 * 1024;
  static constexpr std::size_t kMostBeforePlay = 1024 * 1024;
  /// Interleaved packets: many cameras send their first pictures before they answer PLAY.
  static constexpr std::size_t kMostPacketsBeforePlay = 16 * 1024 * 1024;
  static constexpr std::int64_t kMessageUs = 10'000'000;

  /// Whoever reads asks for `size` bytes, `inside` a message or at its begin. What is wrong with
  /// that, in words; empty: nothing.
  std::string ask(bool inside, std::size_t size);
  /// `size` bytes were given to whoever asked, the first of them `first`. As ask().
  std::string give(bool inside, std::size_t asked, std::size_t size, char first, bool plays);
  /// More has to be waited for: until when at most; 0: without end, as nothing was begun.
  std::int64_t wait_until_us(bool inside, std::int64_t now_us);

  /// The request whose answer is awaited.
  void set_request(std::string method) { request_ = std::move(method); }
  std::string late() const;
  /// That the body of an answer to `method` is longer than kMostBody; empty: of something unasked.
  static std::string too_long(const std::string& method);

 private:
  static std::string answer_to(const std::string& method);

  std::string request_;
  std::size_t head_ = 0;
  std::size_t said_ = 0;          // Messages before PLAY, bytes.
  std::size_t packets_ = 0;       // Before PLAY, bytes.
  bool packet_ = false;           // Under way is an interleaved packet.
  std::int64_t waited_since_ = 0; // For the rest of the message under way; 0: not yet.
};

} // namespace fanlight::media
