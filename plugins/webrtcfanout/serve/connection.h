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

/// A worker's end of one viewer's connection: the path to it, its keys and its streams.
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
  /// A check came. Over the path it keeps us allowed to send (consent, RFC 7675). Of another one it
  /// may choose that: at once as long as nothing but answers to checks has been sent, later once a
  /// check of ours was answered there. True when the path is another one now.
  bool on_check(const Check& check, std::int64_t now_us);
  /// A response came that may answer a check of ours. True when the path is another one now.
  bool on_answer(const Path& from, Bytes answer, std::int64_t now_us);
  /// Sends those checks of ours again that are due. True when the path is another one now, as the
  /// old one does not answer them.
  bool probe(std::int64_t now_us);
  /// That TCP connection is no more. True: it was the path, and there is none until the next check.
  bool forget(const TcpConnection* connection, std::int64_t now_us);
  std::int64_t path_lost_us() const { return path_lost_us_; }
  /// When the last check came over the path, or the last authentic RTCP.
  std::int64_t heard_us() const { return heard_us_; }
  /// A datagram of DTLS came. Until the handshake is done, no more is sent to an address than its
  /// part of what it sends.
  void on_dtls(const Path& from, std::size_t size);
  /// Sends one datagram as it is: DTLS, RTCP. False: there is no path, or no room.
  bool send(Bytes datagram);

  // Media.

  /// DTLS is done.
  bool start(const SrtpKey& sending, const SrtpKey& receiving);
  bool started() const { return rtp_ != nullptr; }
  /// One of its streams, as the worker sees it; the connection leaves it when it goes.
  void add_track(const Subscriber::Media& media, StreamView& view);
  /// Its picture is from now on that of `view`, the group under way there at once. False: there is
  /// none yet, and it goes on with what it has; the source is asked for a key frame.
  bool change_picture_to(StreamView& view);
  /// The hot path: a new frame of `track`'s stream has come. Sends it at once when the viewer is at
  /// the live edge. False: advance() has to go on with it.
  bool deliver(TrackSender& track, const Frame& frame, const TrackSender::Moment& moment);
  /// Sends what the pace allows of all that is due, and takes it off `budget` (bytes), which ends
  /// it too. False: there is more, later.
  bool advance(const TrackSender::Moment& moment, std::int64_t& budget);
  /// The viewer is not heard of: nothing is sent until resume().
  void pause();
  bool paused() const { return paused_; }
  /// Whoever gives it up says so once: true the first time.
  bool give_up() { return !std::exchange(given_up_, true); }
  /// Starts anew: it lacks what it was sent, or all since pause().
  void resume(const TrackSender::Moment& moment);

  /// What the viewer says of what it gets; decrypts in place. False: not its words.
  bool on_rtcp(MutableBytes packet, const TrackSender::Moment& moment);
  /// Sender reports, when they are due.
  void report(std::int64_t now_us);

  bool lagging = false;  ///< The worker has it in its list of those that advance() goes on with.
  std::size_t place = 0; ///< In the worker's list of connections.

 private:
  struct Feed {
    std::unique_ptr<TrackSender> track;
    StreamView* view;
    std::uint64_t live_from = 0; ///< Frames before it came from the cache.
  };
  bool wants(const Check& check, std::int64_t now_us) const;
  /// When anything came over the path that shows it to be alive.
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
  std::int64_t lesser_since_us_ = 0;  ///< It has nominated only others since then; 0: it has not.
  std::int64_t path_lost_us_ = 0;
  PathProbes probes_;
  Check path_check_;                ///< The path's last.
  std::optional<Check> challenger_; ///< Of less priority; answered our check, the path has not yet.
  std::int64_t challenged_us_ = 0;  ///< Open as long as the path was not heard of since.
  bool bound_ = false;  ///< DTLS has begun: the path is the one that its end shows to be right.
  bool proven_ = false; ///< The viewer has answered there, or finished its handshake.
  std::int64_t allowance_ = 0; ///< Bytes, until it is.
  std::int64_t moves_since_us_ = 0;
  int moves_ = 0;

  std::unique_ptr<RtpProtector> rtp_;
  std::unique_ptr<RtcpProtector> rtcp_;
  std::vector<Feed> feeds_; ///< Sound first.
  Pacer pacer_;
  std::uint16_t transport_sequence_ = 0;
  std::unique_ptr<TransportEstimate> transport_estimate_; ///< Where its feedback was negotiated.
  bool paused_ = false;
  bool given_up_ = false;

  /// What the viewer's clock said last, to be told how long ago that was.
  struct ReferenceTime {
    std::uint32_t ssrc = 0;
    std::uint32_t ntp = 0; ///< Middle 32 bits.
    std::int64_t arrived_us = 0;
  };
  std::optional<ReferenceTime> reference_time_;
  std::int64_t next_report_us_ = 0;
  int reports_ = 0;
  std::int64_t replayed_us_ = 0;
  std::int64_t replay_pause_us_ = 1'000'000; ///< Before the next one on request.
  std::int64_t reported_us_ = 0;             ///< The last receiver report of the picture came.
  std::uint64_t reported_bytes_ = 0;         ///< What was sent until then.
  TrackSender::Moment moment_;               ///< While RTCP is read.
};

} // namespace fanlight::fanout
