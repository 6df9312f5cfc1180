#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dtls.h"
#include "http_call.h"
#include "loop.h"
#include "picture.h"
#include "reception.h"
#include "sdp.h"
#include "srtp.h"

namespace fanlight::crowd {

struct Settings {
  Url url;
  bool audio = false;
  bool h265 = false;
  std::vector<std::string> without; ///< Lines of the offer with any of these are left out.
};

/// One WHEP viewer: POST, ICE, DTLS, and receiving without decoding. It decrypts the picture only
/// until the first key frame is whole, and answers with receiver reports, NACKs and PLIs as a
/// browser does.
class Viewer {
 public:
  enum class State { posting, checking, handshaking, waiting, playing, leaving, gone, failed };

  /// Milliseconds since the POST; -1: has not happened.
  struct Times {
    double answered = -1;
    double ice = -1;          ///< The first check was answered.
    double dtls = -1;         ///< SRTP keys are there.
    double first_packet = -1; ///< Of the video.
    double key_frame = -1;    ///< The last packet of the first key frame.
    double left = -1;         ///< Since the DELETE: its response.
  };

  /// Starts at once.
  Viewer(Loop& loop, const Identity& identity, const Settings& settings);
  ~Viewer();

  /// Timers of all kinds; about every 10 ms.
  void tick(Time now);
  /// DELETE, and gone when it is answered.
  void leave();
  /// Gone without a word, as when a laptop is shut.
  void vanish();

  State state() const { return state_; }
  const Times& times() const { return times_; }
  const std::string& error() const { return error_; }
  const Reception* video() const { return video_ ? &*video_ : nullptr; }
  std::uint64_t packets() const;
  std::uint64_t bytes() const;
  unsigned srtp_profile() const { return profile_; }

 private:
  void open_socket();
  void post_offer();
  void on_answer(HttpResponse response);
  void check();
  void on_readable();
  void on_datagram(std::span<std::uint8_t> datagram, const sockaddr_in& source, Time now);
  void on_stun(const StunHeader& header, const sockaddr_in& source);
  void on_dtls(std::span<const std::uint8_t> datagram);
  void on_rtp(std::span<std::uint8_t> packet, Time now);
  void watch_for_key_frame(const RtpHeader& header, std::span<std::uint8_t> packet);
  void on_retransmission(std::span<std::uint8_t> packet);
  void on_rtcp(std::span<std::uint8_t> packet, Time now);
  void report(Time now);
  void send_feedback(unsigned type, unsigned format, const std::vector<std::uint8_t>& fci);
  void send_rtcp(std::vector<std::uint8_t> packet);
  void send(std::span<const std::uint8_t> datagram);
  void fail(const std::string& why);
  void close_socket();
  double since_start() const;

  Loop& loop_;
  const Identity& identity_;
  const Settings settings_;
  State state_ = State::posting;
  Times times_;
  std::string error_;
  const Time started_ = Clock::now();
  Time leaving_;

  int fd_ = -1;
  sockaddr_in local_{};
  sockaddr_in remote_{};
  IceCredentials ice_;
  StunId check_id_{};
  Time next_check_{};
  std::optional<Answer> answer_;
  std::string location_;
  std::unique_ptr<HttpCall> call_;
  std::unique_ptr<Dtls> dtls_;
  std::unique_ptr<Srtp> srtp_;
  unsigned profile_ = 0;

  std::optional<Reception> video_;
  std::optional<std::uint32_t> key_timestamp_;
  std::uint64_t other_packets_ = 0;
  std::uint64_t other_bytes_ = 0;
  std::uint32_t ssrc_;
  Time next_report_{};
  Time next_picture_request_{};
};

} // namespace fanlight::crowd
