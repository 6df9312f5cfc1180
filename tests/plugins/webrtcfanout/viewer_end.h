#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dtls_client.h"
#include "libsrtp_end.h"
#include "link_end.h"
#include "support/hang_limit.h"

namespace fanlight::fanout {

/// An RTP packet that a viewer has decrypted.
struct RtpPacket {
  explicit RtpPacket(const Octets& bytes);
  int type;
  bool marker;
  std::uint16_t sequence;
  std::uint32_t timestamp;
  std::uint32_t ssrc;
  Octets payload;
};

/// What a sender report says: that moment of all clocks is this one of the stream's.
struct ClockReport {
  std::uint64_t ntp = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t packets = 0;
};

/// A viewer in this process as a browser is one: an offer, ICE checks, DTLS by OpenSSL, SRTP by
/// libsrtp, over real sockets. Nothing waits longer than kHangLimit. Threads: one at a time.
class ViewerEnd {
 public:
  struct Wishes {
    bool audio = false;
    bool nack = true;
    bool rtx = true;
    bool transport_cc = false;
    bool tcp = false;
    std::string profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
    std::string video = "H264";
  };

  ViewerEnd();
  explicit ViewerEnd(Wishes wishes);
  ~ViewerEnd();

  std::string offer() const;
  void take_answer(const std::string& sdp);

  // ICE.

  /// Sends a check over the link in use.
  void check(bool nominate = true, std::uint32_t priority = kPriority);
  void check_over(const LinkEnd& link, bool nominate, std::uint32_t priority = kPriority);
  /// A check as it goes over the wire.
  Octets binding_request(bool nominate, std::uint32_t priority = kPriority) const;
  static constexpr std::uint32_t kPriority = 0x6e7f00ff;
  /// The answer to a check of the server's; null for what is none, or not for this viewer.
  Octets binding_success(const Octets& request) const;
  /// Whether it answers them by itself, as browsers do.
  void answer_checks(bool answer) { answers_checks_ = answer; }
  /// Has the next datagram over `link` that is a check of the server's; fails if none comes.
  static Octets next_check(LinkEnd& link);
  /// From now on it sends and receives over that one; the one until now.
  std::unique_ptr<LinkEnd> use(std::unique_ptr<LinkEnd> link) {
    return std::exchange(link_, std::move(link));
  }
  /// True when a check was answered with success.
  [[nodiscard]] bool check_and_wait();
  /// From now on everything goes over another socket. False: its check was not answered.
  [[nodiscard]] bool move_to_another_port();
  /// New credentials of its own, for an offer that restarts ICE.
  void restart_ice() { ufrag_ = "new" + ufrag_; }
  void take_ufrag(std::string ufrag) { ufrag_ = std::move(ufrag); }
  LinkEnd& link() { return *link_; }
  /// As a crash: its socket is closed, and it is of no use any more.
  void cut_off() { link_.reset(); }
  SocketAddress server() const { return server_; }
  void set_server_ip(const std::string& ip) { server_ip_ = ip; }

  // DTLS.

  /// All that it takes from the answer to the first packet. False: it did not come to that.
  [[nodiscard]] bool join();
  DtlsClient& dtls() { return *dtls_; }
  void goodbye() { dtls_->close(); }
  /// All datagrams of DTLS that it has sent, in order.
  const std::vector<Octets>& dtls_sent() const { return dtls_sent_; }

  // Media.

  std::uint32_t video_ssrc() const { return ssrcs_.at(0); }
  std::uint32_t audio_ssrc() const { return ssrcs_.at(1); }
  std::uint32_t rtx_ssrc() const { return rtx_ssrc_; }
  /// The next packet of a stream; fails the test if none comes.
  RtpPacket next(std::uint32_t ssrc);
  std::vector<RtpPacket> next(std::uint32_t ssrc, std::size_t count);
  RtpPacket next_video() { return next(video_ssrc()); }
  /// The next sender report of a stream.
  ClockReport next_report(std::uint32_t ssrc);
  std::size_t unread(std::uint32_t ssrc) const;
  /// Takes what is there, without waiting.
  void pump();
  std::size_t refused() const { return refused_; } ///< Packets that libsrtp did not take.

  void ask_again(std::uint32_t ssrc, std::uint16_t sequence);
  void ask_for_picture(std::uint32_t ssrc);
  /// Plain RTCP, which it protects.
  void send_rtcp(const Octets& plain);
  Octets protect_rtcp(const Octets& plain);

  /// Takes what comes until `done`; false when it hangs.
  template <typename Done> [[nodiscard]] bool until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + test::kHangLimit;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      keep_consent();
      take_one(50);
    }
    return true;
  }

 private:
  bool take_one(int timeout_ms);
  void check_now_and_then();
  void keep_consent();
  void on_datagram(const Octets& datagram);
  void on_rtcp(const Octets& plain);

  const Wishes wishes_;
  std::string ufrag_;
  std::unique_ptr<LinkEnd> link_;
  std::string server_ip_ = "127.0.0.1";
  SocketAddress server_;
  std::string remote_ufrag_;
  std::string remote_pwd_;
  std::unique_ptr<DtlsClient> dtls_;
  std::vector<Octets> dtls_sent_;
  std::unique_ptr<LibsrtpEnd> in_;
  std::unique_ptr<LibsrtpEnd> out_;
  std::map<std::size_t, std::uint32_t> ssrcs_; ///< Of each m-line.
  std::uint32_t rtx_ssrc_ = 0;
  std::map<std::uint32_t, std::deque<RtpPacket>> packets_;
  std::map<std::uint32_t, std::deque<ClockReport>> reports_;
  bool answers_checks_ = true;
  std::size_t answers_ = 0; ///< To checks.
  std::chrono::steady_clock::time_point checked_{};
  bool nominates_ = true; ///< In its last check.
  std::uint32_t priority_ = kPriority;
  std::chrono::steady_clock::time_point heard_{};
  std::size_t refused_ = 0;
};

} // namespace fanlight::fanout
