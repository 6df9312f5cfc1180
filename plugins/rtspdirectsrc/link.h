#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connector.h"
#include "datagrams.h"
#include "loop.h"
#include "rtsp/client.h"
#include "rtsp/reader.h"
#include "wire.h"

namespace fanlight::direct {

/// The connection to one camera: its socket, the talk on it, and the packets between.
///
/// Without GStreamer. Threads: its loop. Lifetime: shared with the loop, which keeps it until the
/// camera has been told goodbye.
class Link : public Loop::Member,
             public Loop::Reader,
             public Datagrams::Observer,
             public rtsp::Client::Observer,
             public std::enable_shared_from_this<Link> {
 public:
  /// Until the camera answers a request.
  static constexpr std::int64_t kAnswerUs = 12'000'000;
  /// Until the first packet over UDP.
  static constexpr std::int64_t kDatagramUs = 5'000'000;
  /// Until a message that has begun is complete.
  static constexpr std::int64_t kMessageUs = 10'000'000;
  /// Until the answer to TEARDOWN.
  static constexpr std::int64_t kGoodbyeUs = 1'000'000;

  /// How packets travel. automatic: over UDP, or over TCP if none arrive or the camera refuses UDP.
  enum class Lower { tcp, udp, automatic };
  /// Judges the certificates of a host with TLS, and calls `done` on any thread.
  using Judge = std::function<void(const std::vector<std::string>& chain, const std::string& host,
                                   int port, std::function<void(bool accepted)> done)>;
  struct Settings {
    rtsp::Client::Settings talk;
    Lower lower = Lower::tcp;
    Judge judge;
  };
  struct Observer {
    virtual ~Observer() = default;
    /// Returns the media to set up, of whose transport only the profile counts. None: it closes the
    /// link.
    virtual std::vector<rtsp::Client::Medium> on_description(const rtsp::Description&) = 0;
    /// A packet of that medium: RTP, or RTCP.
    virtual void on_packet(std::size_t medium, bool control, rtsp::Bytes packet) = 0;
    /// What has arrived was told.
    virtual void on_pause() = 0;
    /// A message and its sender, for debugging. Requests may contain a login.
    virtual void on_requests(const std::string& text) = 0;
    virtual void on_message(const rtsp::Message& message) = 0;
    virtual void on_failure(const rtsp::Failure& failure) = 0;
  };
  struct Stats {
    unsigned keep_alives = 0;
    std::chrono::seconds timeout{60};
  };

  Link(std::unique_ptr<Loop::Place> place, Settings settings, Observer& observer);
  ~Link() override;

  Loop& loop() const { return place_->loop(); }

  // On the loop.

  void begin();
  /// Tells the observer nothing more. A camera that has a session for us is told goodbye.
  void close();
  bool plays() const { return plays_; }
  Stats stats() const { return {client_.keep_alives(), client_.timeout()}; }
  /// Sends an RTCP packet about that medium.
  void send_control(std::size_t medium, rtsp::Bytes packet);

 private:
  /// What comes on a channel.
  struct Route {
    std::uint8_t medium = kNone;
    bool control = false;
  };
  static constexpr std::uint8_t kNone = 255;

  void connect();
  void on_connected(int socket);
  void shake();
  void on_judged(bool accepted);
  void begin_talk();
  void drop();
  void end(rtsp::Failure failure);
  void flush();
  void watch(std::uint32_t events);
  void read();
  bool take(rtsp::Bytes& input);
  void on_ready(std::uint32_t events) override;
  void on_datagram(std::size_t medium, bool control, rtsp::Bytes packet) override;
  void on_datagrams_end() override;
  bool open_datagrams(std::vector<rtsp::Client::Medium>& media);
  /// Starts over with TCP. False: it must not.
  bool fall_back();
  bool on_tick(std::int64_t now_us) override;
  void check(std::int64_t now_us);
  bool lacks_datagrams(std::int64_t now_us) const;

  std::vector<rtsp::Client::Medium> on_description(const rtsp::Description& description) override;
  void on_set_up(std::size_t medium, const rtsp::Transport& agreed) override;
  void on_play() override;
  void on_end(const rtsp::Failure& failure) override;

  const std::unique_ptr<Loop::Place> place_;
  Observer* observer_; ///< Null: closed.
  Lower lower_;
  const Judge judge_;
  rtsp::Client client_;
  std::shared_ptr<Connector> connector_; ///< While it connects.
  std::unique_ptr<Wire> wire_;
  /// Before the talk: TLS begins, and its certificate is judged.
  enum class Stage { shaking, judging, talking } stage_ = Stage::talking;
  std::uint32_t watched_ = 0; ///< Events.
  rtsp::Reader reader_;
  std::vector<std::uint8_t> left_; ///< The beginning of what is not complete.
  std::array<Route, 256> routes_{};
  std::vector<std::uint8_t> control_channels_;        ///< By medium.
  std::vector<std::shared_ptr<Datagrams>> datagrams_; ///< By medium; none over TCP.
  bool heard_ = false;                                ///< An RTP packet has come.
  std::int64_t played_us_ = 0;
  bool plays_ = false;
  bool over_ = false;
  std::int64_t asked_us_ = 0; ///< When the request under way was sent.
  std::int64_t begun_us_ = 0; ///< When what is not complete began; 0: all is.
  std::int64_t kept_us_ = 0;  ///< When the session was last kept alive.
  std::int64_t closed_us_ = 0;
};

} // namespace fanlight::direct
