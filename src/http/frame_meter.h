#pragma once

#include <cstdint>
#include <string_view>

namespace fanlight::http {

/// Follows the frames of a WebSocket client (RFC 6455, section 5.2) without keeping them, to know
/// what libsoup 3.2 does not bound: the size of a message that comes in fragments, and pings.
class FrameMeter {
 public:
  void feed(std::string_view bytes);

  /// Payload bytes of the message that is under way, all fragments together.
  std::uint64_t message_bytes() const { return message_bytes_; }
  /// Bytes that have come of the message that is under way; 0: none is.
  std::uint64_t unfinished_bytes() const;
  /// How many messages have begun.
  std::uint64_t messages() const { return messages_; }
  /// Pings since the last call.
  std::uint64_t take_pings();
  /// Frames of any kind so far.
  std::uint64_t frames() const { return frames_; }

 private:
  void end_of_header();

  static constexpr std::size_t kMaxHeader = 14;
  unsigned char header_[kMaxHeader] = {};
  std::size_t have_ = 0;      ///< Bytes of the header so far.
  std::size_t need_ = 2;      ///< Bytes of the header, as far as is known.
  std::uint64_t payload_ = 0; ///< Bytes of the payload still to come.
  bool message_over_ = true;  ///< The next data frame begins a message.
  bool control_ = false;      ///< The payload is of a control frame.
  std::uint64_t message_bytes_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t pings_ = 0;
  std::uint64_t frames_ = 0;
};

} // namespace fanlight::http
