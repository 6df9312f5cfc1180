#pragma once

#include <cstdint>
#include <string_view>

namespace fanlight::http {

/// Counts the frames of a WebSocket client (RFC 6455, section 5.2) without storing them, to limit
/// what libsoup 3.2 does not limit: the size of a message in fragments, and pings.
class FrameMeter {
 public:
  void feed(std::string_view bytes);

  /// Payload bytes of the current message, in all its fragments.
  std::uint64_t message_bytes() const { return message_bytes_; }
  /// Bytes of the current message that have arrived; 0: no message is incomplete.
  std::uint64_t unfinished_bytes() const;
  /// The number of messages that have begun.
  std::uint64_t messages() const { return messages_; }
  /// Pings since the last call.
  std::uint64_t take_pings();
  /// The number of frames of any kind.
  std::uint64_t frames() const { return frames_; }

 private:
  void end_of_header();

  static constexpr std::size_t kMaxHeader = 14;
  unsigned char header_[kMaxHeader] = {};
  std::size_t have_ = 0;      ///< Bytes of the header that have arrived.
  std::size_t need_ = 2;      ///< Bytes of the header that are needed, as far as is known.
  std::uint64_t payload_ = 0; ///< Bytes of the payload that are still missing.
  bool message_over_ = true;  ///< The next data frame begins a message.
  bool control_ = false;      ///< The current frame is a control frame.
  std::uint64_t message_bytes_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t pings_ = 0;
  std::uint64_t frames_ = 0;
};

} // namespace fanlight::http
