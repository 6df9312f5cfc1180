#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "webrtcfanout/crypto/srtp.h"
#include "webrtcfanout/ice/path_probes.h"
#include "webrtcfanout/net/path.h"
#include "webrtcfanout/net/send_batch.h"
#include "webrtcfanout/net/tcp_connection.h"
#include "webrtcfanout/rtp/rtcp.h"
#include "webrtcfanout/send/pacer.h"
#include "webrtcfanout/send/track_sender.h"
#include "webrtcfanout/send/transport_estimate.h"
#include "webrtcfanout/subscribers/subscriber.h"

namespace fanlight::fanout {

class StreamView;

/// One viewer's connection in its worker: the path, the keys and the streams.
///
/// Threads: the worker.
class Connection : private RtcpReader {
 public:
  Connection(std::shared_ptr<Subscriber> subscriber, SendBatch& udp);
  ~Connection() override;

  Subscriber& subscriber() { return *subscriber_; }
  const std::shared_ptr<Subscriber>& shared_subscriber() const { return subscriber_; }

  // The path (connection_path.cpp).

  const Path* path() const { return path_ ? &*path_ : nullptr; }
  /// Handles a check. On the current path, it renews the consent to send (RFC 7675). On another
  /// path, it may choose that path: at once if only answers to checks have been sent so far, later
  /// once a check of ours was answered there. True: the path has changed.
  bool on_check(const Check& check, std::int64_t now_us);
  /// Handles a response that may answer one of our checks. True: the path has changed.
  bool on_answer(const Path& from, Bytes answer, std::int64_t now_us);
  /// Repeats our checks that are due. True: the path has changed, because the old one does not
  /// answer.
  bool probe(std::int64_t now_us);
  /// That TCP connection has ended. True: it was the path, and there is none until the next check.
  bool forget(const TcpConnection* connection, std::int64_t now_us);
  std::int64_t path_lost_us() const { return path_lost_us_; }
  /// When the last check came over the path, or the last authentic RTCP.
  std::int64_t heard_us() const { return heard_us_; }
  /// A DTLS datagram arrived. Until the handshake is done, the amount sent to an address is limited
  /// by what it sends.
  void on_dtls(const Path& from, std::size_t size);
  /// Sends one unprotected datagram: DTLS, RTCP. False: there is no path, or no room.
  bool send(Bytes datagram);

  // Media.

  /// DTLS is done.
  bool start(const SrtpKey& sending, const SrtpKey& receiving);
  bool started() const { return rtp_ != nullptr; }
  /// Adds one of the viewer's streams, as the worker sees it; the connection leaves it when it
  /// ends.
  void add_track(const Subscriber::Media& media, StreamView& view);
  /// Changes the video to that of `view`, beginning at once with its current group. False: there is
  /// none yet; the present video continues, and the source is asked for a key frame.
  bool change_picture_to(StreamView& view);
  /// The hot path: a new frame of `track`'s stream. Sends it at once if the viewer is at the live
  /// edge. False: advance() must continue with it.
  bool deliver(TrackSender& track, const Frame& frame, const TrackSender::Moment& moment);
  /// Sends what the pacer allows of all that is due, and subtracts it from `budget` (bytes), which
  /// also limits it. False: more is due later.
  bool advance(const TrackSender::Moment& moment, std::int64_t& budget);
  /// The viewer is silent: sends nothing until resume().
  void pause();
  bool paused() const { return paused_; }
  /// Returns true for the first caller that gives the connection up.
  bool give_up() { return !std::exchange(given_up_, true); }
  /// Starts over: the viewer lacks what was sent, or everything since pause().
  void resume(const TrackSender::Moment& moment);

  /// Handles the viewer's RTCP; decrypts in place. False: not authentic.
  bool on_rtcp(MutableBytes packet, const TrackSender::Moment& moment);
  /// Sends sender reports when they are due.
  void report(std::int64_t now_us);

  bool lagging = false;  ///< In the worker's list of connections that advance() continues with.
  std::size_t place = 0; ///< Index in the worker's list of connections.

 private:
  struct Feed {
    std::unique_ptr<TrackSender> track;
    StreamView* view;
    std::uint64_t live_from = 0; ///< Frames before it came from the cache.
  };
  bool wants(const Check& check, std::int64_t now_us) const;
  /// When a packet last showed that the path works.
  std::int64_t path_known_us() const { return std::max(path_heard_us_, path_answered_us_); }
  bool challenge(const Check& check, std::int64_t now_us);
  std::int64_t patience_us() const;
  bool may_move(std::int64_t now_us);
  void move_to(const Check& check, std::int64_t now_us);
  std::uint8_t* room(std::size_t size);
  void count_transport(const TrackSender& track, std::size_t size,
                       const TrackSender::Moment& moment);
  bool send_packet(TrackSender& track, const Frame& frame, const TrackSender::Moment& moment);
  void repeat_first(Bytes packet);
  bool send_again(TrackSender& track, const Frame& frame, const RtpRewriter::Sent& sent,
                  std::uint16_t sequence, const TrackSender::Moment& moment);
  bool advance(Feed& feed, const TrackSender::Moment& moment, std::int64_t& budget);
  bool begin(Feed& feed);
  void skip_to(Feed& feed, const Frame& start);
  bool send_report(Feed& feed, std::int64_t now_us);
  Feed* feed_of(std::uint32_t ssrc);
  void replay(std::uint32_t ssrc);
  std::uint64_t demand() const;

  void on_report(const ReportBlock& block) override;
  void on_reference_time(std::uint32_t ssrc, std::uint64_t ntp) override;
  void on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) override;
  void on_picture_loss(std::uint32_t media_ssrc) override;
  void on_full_intra_request(std::uint32_t media_ssrc) override;
  void on_estimate(std::uint64_t bits_per_second) override;
  void on_transport_feedback(const TransportFeedback& feedback) override;
  void on_bye() override {}

  const std::shared_ptr<Subscriber> subscriber_;
  SendBatch& udp_;
  std::optional<Path> path_;
  std::uint32_t priority_ = 0;
  std::int64_t heard_us_ = 0;
  std::int64_t path_heard_us_ = 0;    ///< The viewer's last check over the path.
  std::int64_t path_answered_us_ = 0; ///< Its last answer to ours.
  /// Since when it has nominated only other paths; 0: it has not.
  std::int64_t lesser_since_us_ = 0;
  std::int64_t path_lost_us_ = 0;
  PathProbes probes_;
  Check path_check_; ///< The path's last.
  /// Has lower priority; it answered our check, the path has not yet.
  std::optional<Check> challenger_;
  std::int64_t challenged_us_ = 0; ///< Open until a packet comes over the path.
  bool bound_ = false;             ///< DTLS has begun: the end of the handshake proves the path.
  bool proven_ = false;            ///< The viewer has answered there, or finished its handshake.
  std::int64_t allowance_ = 0;     ///< Bytes, until the path is proven.
  std::int64_t moves_since_us_ = 0;
  int moves_ = 0;

  std::unique_ptr<RtpProtector> rtp_;
  std::unique_ptr<RtcpProtector> rtcp_;
  std::vector<Feed> feeds_; ///< Audio first.
  Pacer pacer_;
  std::uint16_t transport_sequence_ = 0;
  std::unique_ptr<TransportEstimate> transport_estimate_; ///< If its feedback was negotiated.
  bool paused_ = false;
  bool given_up_ = false;

  /// The viewer's last clock time; a report tells it how long ago that was.
  struct ReferenceTime {
    std::uint32_t ssrc = 0;
    std::uint32_t ntp = 0; ///< Middle 32 bits.
    std::int64_t arrived_us = 0;
  };
  std::optional<ReferenceTime> reference_time_;
  std::int64_t next_report_us_ = 0;
  int reports_ = 0;
  std::int64_t replayed_us_ = 0;
  std::int64_t replay_pause_us_ = 1'000'000; ///< Before the next group on request.
  std::int64_t reported_us_ = 0;     ///< When the last receiver report for the video arrived.
  std::uint64_t reported_bytes_ = 0; ///< Bytes sent until then.
  TrackSender::Moment moment_;       ///< Valid while RTCP is read.
};

} // namespace fanlight::fanout
