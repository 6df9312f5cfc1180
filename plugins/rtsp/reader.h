#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "rtsp/failure.h"
#include "rtsp/message.h"

namespace fanlight::rtsp {

using Bytes = std::span<const std::uint8_t>;

/// Takes what a camera sends apart: messages, and packets between them (RFC 2326, section 10.12),
/// without a copy of the packets.
///
/// Limits the size of messages, and what may come before the camera plays. Threads: none of its
/// own.
class Reader {
 public:
  static constexpr std::size_t kMostHead = 64 * 1024;
  static constexpr std::size_t kMostBody = 256 * 1024;
  /// A packet, which announces its length in two bytes, with its own head.
  static constexpr std::size_t kMostPacket = 4 + 65535;
  static constexpr std::size_t kMostBeforePlay = 1024 * 1024;
  /// Many cameras send their first frames before they answer PLAY.
  static constexpr std::size_t kMostPacketsBeforePlay = 16 * 1024 * 1024;

  struct Item {
    enum class Kind { none, packet, message, fault };
    Kind kind = Kind::none;   ///< None: more bytes are needed.
    std::uint8_t channel = 0; ///< Of a packet.
    Bytes payload;            ///< The same; part of the input.
  };
  /// The next item of `input`, which is taken off its front. `input` begins with what the last call
  /// left.
  Item next(Bytes& input);
  /// Of the item, if it is one.
  const Message& message() const { return message_; }
  Failure::Kind fault() const { return fault_; }
  /// The beginning of what is no RTSP; empty: it is no text.
  const std::string& foreign() const { return foreign_; }
  /// The camera plays, or does so no longer.
  void set_plays(bool plays);

 private:
  Item read_packet(Bytes& input);
  Item read_message(Bytes& input);
  Item fail(Failure::Kind fault);

  bool plays_ = false;
  std::size_t scanned_ = 0; ///< Of the head at the front of the input.
  std::size_t head_ = 0;    ///< Its size, once it is complete; its body is not yet.
  std::size_t body_ = 0;
  std::size_t said_ = 0;    ///< Bytes of messages before it played.
  std::size_t packets_ = 0; ///< Bytes of packets before it played.
  Message message_;
  Failure::Kind fault_ = Failure::Kind::none;
  std::string foreign_;
};

} // namespace fanlight::rtsp
