#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "support/hang_limit.h"

namespace fanlight::test {

struct RtspAnswer {
  int status = 0; ///< 0: none came.
  std::string head;
  std::string body;
  /// Empty if it is not there.
  std::string header(const std::string& name) const;
};

/// One interleaved packet of RTP (RFC 3550).
struct RtpPacket {
  int channel = 0;
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::string payload;
};

enum class Ending { none, closed, reset, refused };

/// An RTSP client by hand, on one TCP connection: it sees what a library would hide.
class RtspClient {
 public:
  explicit RtspClient(const std::string& url);
  ~RtspClient();
  RtspClient(const RtspClient&) = delete;
  RtspClient& operator=(const RtspClient&) = delete;

  /// Waits for the answer. `headers` are whole lines; a session is named when there is
  /// one. `uri` empty: that of the camera.
  RtspAnswer request(const std::string& method, const std::string& uri = "",
                     const std::string& headers = "");
  /// The same, without waiting.
  void send(const std::string& method, const std::string& uri = "",
            const std::string& headers = "");
  std::optional<RtspAnswer> answer(std::chrono::milliseconds limit);
  /// Sets up the media of that number, on the channels 2 n and 2 n + 1. The status.
  int setup(int number = 0);
  /// setup() and PLAY; the status of what failed, or 200.
  int play();

  /// The next packet of RTP; empty when none came in time.
  std::optional<RtpPacket> packet(std::chrono::milliseconds limit = kHangLimit);
  /// Waits for the end of the connection, and throws away what comes before.
  Ending wait_end(std::chrono::milliseconds limit = kHangLimit);
  Ending ending() const { return ending_; }
  /// Bytes that were neither an answer nor a packet.
  std::size_t garbage() const { return garbage_; }
  const std::string& session() const { return session_; }

 private:
  using Clock = std::chrono::steady_clock;

  /// Reads once, at most until the deadline. False: nothing came, or the connection has ended.
  bool read(Clock::time_point deadline);
  void parse();

  const std::string url_;
  int socket_ = -1;
  int cseq_ = 0;
  Ending ending_ = Ending::none;
  std::string session_;
  std::string bytes_;
  std::size_t garbage_ = 0;
  std::deque<RtspAnswer> answers_;
  std::deque<RtpPacket> packets_;
};

} // namespace fanlight::test
