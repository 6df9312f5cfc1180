#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "findings.h"
#include "load/net/http.h"
#include "load/net/link.h"
#include "load/rtc/dtls.h"
#include "load/rtc/local.h"
#include "load/rtc/picture.h"
#include "load/rtc/reception.h"
#include "load/rtc/remote.h"
#include "load/rtc/srtp.h"
#include "load/signalling/signalling.h"
#include "load/signalling/target.h"

namespace fanlight::load {

/// Settings of all viewers.
struct Settings {
  bool audio = false;
  bool h265 = false;
  bool tcp = false;
  bool nack = true;
  double loss = 0;          ///< Share of the media packets to treat as lost, 0 to 1.
  bool any_address = false; ///< Media may come from a public address.
  std::chrono::milliseconds patience{30000}; ///< For a join.
  Link::Options link;
};

/// Objects that the viewers share.
struct Company {
  Loop& loop;
  Http& http;
  const Identity& identity;
  const Settings& settings;
  Findings& findings;
  std::mt19937 random{std::random_device{}()};
};

/// One viewer: signalling, ICE, DTLS, and receiving without decoding. It decrypts only what it
/// needs: packets until the first complete key frame, and later those of one frame per second. It
/// answers with receiver reports, NACKs and PLIs like a browser.
class Viewer : Signalling::Observer, Link::Observer {
 public:
  enum class State {
    joining,
    checking,
    handshaking,
    waiting,
    playing,
    leaving,
    gone,
    failed,
    ended
  };

  /// Milliseconds since the start; -1: not happened.
  struct Times {
    double answered = -1;
    double ice = -1;          ///< The first check was answered.
    double dtls = -1;         ///< The SRTP keys are available.
    double first_packet = -1; ///< The first video packet.
    double key_frame = -1;    ///< The first key frame was complete.
    double left = -1;         ///< Duration of leave().
  };

  /// Starts at once.
  Viewer(Company& company, const Target& target, Joins& joins);
  ~Viewer() override;
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  /// Ends the session; gone when the server has answered.
  void leave();
  /// Gone without a word, as when a laptop is shut.
  void vanish();

  State state() const { return state_; }
  const Times& times() const { return times_; }
  /// Why it failed or ended.
  const std::string& error() const { return error_; }
  Counts counts() const;
  std::uint64_t overflowed() const { return link_ ? link_->overflowed() : 0; }
  unsigned srtp_profile() const { return srtp_ ? static_cast<unsigned>(srtp_->profile()) : 0; }

 private:
  /// An incomplete key frame.
  struct KeyFrame {
    std::uint32_t timestamp;
    std::uint64_t first;
    std::optional<std::uint64_t> last;
  };
  /// A frame whose time of sending is wanted.
  struct Sample {
    std::uint32_t timestamp;
    int tries = 3; // Packets to search: parameter sets may come first.
    std::optional<std::uint64_t> sent_us;
  };

  // Signalling::Observer, Link::Observer.
  void on_remote(const std::string& sdp) override;
  void on_refused(const std::string& why) override { fail(why); }
  void on_left(const std::string& error) override;
  void on_datagram(std::span<std::uint8_t> datagram, const Address& source,
                   const Arrival& arrival) override;
  void on_link_end() override;

  // ICE and DTLS.
  bool choose_candidates();
  void begin_checks();
  void check(Time now);
  void on_stun(const Stun& stun, const Address& source, Time now);
  void on_dtls(Bytes datagram);
  void on_keys(const SrtpKeys& keys);

  // Media; viewer_media.cpp.
  void on_rtp(std::span<std::uint8_t> packet, const Arrival& arrival);
  void on_video(const RtpHeader& header, std::span<std::uint8_t> packet, const Arrival& arrival);
  void on_rtx(const RtpHeader& header, std::span<std::uint8_t> packet);
  void on_rtcp(std::span<std::uint8_t> packet, Time now);
  std::optional<Bytes> open(const RtpHeader& header, std::span<std::uint8_t> packet,
                            std::uint64_t number);
  void look_for_key_frame(const RtpHeader& header, std::uint64_t number, Bytes payload);
  void on_key_frame();
  void sample(const RtpHeader& header, std::uint64_t number, std::span<std::uint8_t> packet,
              const Arrival& arrival);
  void ask(Time now);
  void report(Time now);
  void send_feedback(unsigned type, unsigned format, Bytes fci);
  void send_rtcp(std::vector<std::uint8_t>& packet);

  void tick();
  void plan(Time now);
  void send(Bytes datagram) { link_->send(datagram, remote_address_); }
  void fail(const std::string& why);
  void end(const std::string& why);
  void close_link();
  double since_start() const;

  // Given.
  Company& company_;
  const Target& target_;
  Joins& joins_;
  // Owned.
  State state_ = State::joining;
  Times times_;
  std::string error_;
  const Time started_ = Clock::now();
  Time leaving_;
  Timer timer_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<Signalling> signalling_;

  IceCredentials ice_;
  StunId check_id_{};
  Time next_check_{};
  Time consent_{}; ///< When a check was last answered.
  std::optional<Remote> remote_;
  std::size_t candidate_ = 0; ///< Index of the server's candidate that is being tried.
  Time next_candidate_{};
  Address remote_address_;
  std::unique_ptr<Dtls> dtls_; ///< Until media arrive.
  std::optional<Srtp> srtp_;

  Counts traffic_;
  std::optional<Reception> video_;
  std::optional<Reception> audio_;
  Counts streams_before_; ///< Of SSRCs that are no longer in use.
  std::uint64_t rtx_number_ = 0;
  std::uint32_t timestamp_ = 0; ///< Of the newest video packet.
  bool looking_ = true; ///< Waits for a key frame: the first one, or the next after a loss that was
                        ///< not repaired.
  Time broken_{};
  std::uint64_t lost_ = 0; ///< Losses for which a key frame was already requested.
  std::optional<KeyFrame> key_frame_;
  std::optional<Sample> sample_;
  int samples_in_vain_ = 0; ///< Since the last successful one.
  Time next_sample_{};
  std::uint32_t ssrc_; ///< Of this viewer.
  Time next_report_{};
  Time next_picture_request_{};
};

} // namespace fanlight::load
