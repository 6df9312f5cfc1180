#include "webrtcfanout/serve/connection.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/serve/stream_view.h"

namespace fanlight::fanout {
namespace {

/// How far behind the newest frame a viewer may be when the next group begins; if it is further
/// behind, it continues with that group.
constexpr std::int64_t kMaxLagUs = 300'000;
/// Time between two cached groups on request.
constexpr std::int64_t kReplayUs = 1'000'000;
constexpr std::int64_t kMostReplayUs = 8'000'000;
constexpr std::int64_t kCalmUs = 30'000'000; ///< After this time, earlier requests are forgotten.
/// The first reports are sent early, so that sound and video synchronize soon.
constexpr std::int64_t kEarlyReportUs = 500'000;
constexpr std::int64_t kReportUs = 5'000'000;
constexpr int kEarlyReports = 3;

} // namespace

Connection::Connection(std::shared_ptr<Subscriber> subscriber, SendBatch& udp)
    : subscriber_(std::move(subscriber)), udp_(udp) {}

Connection::~Connection() {
  for (const Feed& feed : feeds_) feed.view->leave(*this);
}

std::uint8_t* Connection::room(std::size_t size) {
  return path_->tcp ? path_->tcp->add(size) : udp_.add(*path_, size);
}

bool Connection::send(Bytes datagram) {
  if (!path_) return false;
  const auto size = static_cast<std::int64_t>(datagram.size());
  const bool bounded = !proven_ && path_->tcp == nullptr;
  if (bounded && size > allowance_) return false;
  std::uint8_t* const out = room(datagram.size());
  if (out == nullptr) return false;
  std::memcpy(out, datagram.data(), datagram.size());
  bound_ = true;
  if (bounded) allowance_ -= size;
  return true;
}

bool Connection::start(const SrtpKey& sending, const SrtpKey& receiving) {
  rtp_ = RtpProtector::create(sending);
  rtcp_ = std::make_unique<RtcpProtector>(sending, receiving);
  // All of our handshake went over the present path, and the viewer could answer it.
  bound_ = proven_ = true;
  return rtp_ != nullptr;
}

void Connection::add_track(const Subscriber::Media& media, StreamView& view) {
  Feed feed{std::make_unique<TrackSender>(media.answered, media.mid, media.video), &view};
  if (feed.track->has_transport_sequence() && !transport_estimate_)
    transport_estimate_ = std::make_unique<TransportEstimate>();
  view.join(*this, *feed.track);
  begin(feed);
  // Audio is small and must not wait behind a burst of video.
  const auto at = std::find_if(feeds_.begin(), feeds_.end(),
                               [&](const Feed& f) { return f.track->is_video() && !media.video; });
  feeds_.insert(at, std::move(feed));
}

bool Connection::change_picture_to(StreamView& view) {
  const auto feed = std::find_if(feeds_.begin(), feeds_.end(),
                                 [](const Feed& known) { return known.track->is_video(); });
  if (feed == feeds_.end() || feed->view == &view) return true;
  if (view.history().group_start() == nullptr) {
    view.stream().want_key();
    return false;
  }
  // If a stream has no frames any more, the viewer's clock continues as well as possible.
  const Frame& there = *view.history().newest();
  const History& here = feed->view->history();
  feed->track->change_clock(here.empty() ? there : *here.newest(), there);
  feed->view->leave(*this);
  view.join(*this, *feed->track);
  feed->view = &view;
  return begin(*feed);
}

bool Connection::begin(Feed& feed) {
  const History& history = feed.view->history();
  const Frame* const start = history.group_start();
  if (start == nullptr) {
    feed.track->wait_for_key();
    if (feed.track->is_video()) feed.view->stream().want_key();
    return false;
  }
  feed.track->go_to(*start, *history.newest(), feed.view->stream().interval());
  feed.live_from = history.end();
  if (feed.track->is_video()) {
    subscriber_->counters.replays.add(1);
    replayed_us_ = history.newest()->arrived_us;
  }
  return true;
}

std::uint64_t Connection::demand() const {
  std::uint64_t sum = 0;
  for (const Feed& feed : feeds_) sum += feed.view->stream().bit_rate();
  return sum;
}

void Connection::count_transport(const TrackSender& track, std::size_t size,
                                 const TrackSender::Moment& moment) {
  if (!track.has_transport_sequence()) return;
  transport_estimate_->sent(transport_sequence_++, size, moment.now_us);
}

bool Connection::send_packet(TrackSender& track, const Frame& frame,
                             const TrackSender::Moment& moment) {
  const std::size_t index = track.packet();
  const std::size_t size = track.packet_size(frame, index, *rtp_);
  std::uint8_t* const out = room(size);
  if (out == nullptr) return false;
  track.write(frame, index, moment, transport_sequence_, *rtp_, out);
  count_transport(track, size, moment);
  track.advance(frame);
  pacer_.spend(size);
  subscriber_->counters.packets_sent.add(1);
  subscriber_->counters.bytes_sent.add(size);
  if (track.packets_sent() == 1 && track.repairs_negotiated()) repeat_first({out, size});
  return true;
}

/// A receiver detects losses only after the first packet that it gets: if earlier ones are lost, it
/// has no picture until its timeout, and never requests them. Therefore the first packet is sent
/// twice, as an identical copy, like those that networks sometimes produce. It must not be sent by
/// RTX: pion takes a track that begins with RTX for audio.
void Connection::repeat_first(Bytes packet) {
  if (path_->tcp != nullptr) return;
  std::array<std::uint8_t, TrackSender::kMaxPacket> copy; // send() may reuse its memory.
  std::copy(packet.begin(), packet.end(), copy.begin());
  if (send(Bytes{copy.data(), packet.size()})) subscriber_->counters.bytes_sent.add(packet.size());
}

bool Connection::send_again(TrackSender& track, const Frame& frame, const RtpRewriter::Sent& sent,
                            std::uint16_t sequence, const TrackSender::Moment& moment) {
  std::array<std::uint8_t, TrackSender::kMaxPacket> packet;
  const std::size_t size =
      track.write_again(frame, sent, sequence, moment, transport_sequence_, *rtp_, packet.data());
  if (size == 0) return false;
  count_transport(track, size, moment);
  if (!send(Bytes{packet.data(), size})) return false;
  subscriber_->counters.bytes_sent.add(size);
  return true;
}

bool Connection::deliver(TrackSender& track, const Frame& frame,
                         const TrackSender::Moment& moment) {
  if (!path_ || paused_) return true;
  if (!track.started()) {
    if (!frame.key) return true;
    track.go_to(frame, frame, 0);
  }
  if (track.frame() > frame.number) return true; // advance() has sent it.
  if (track.frame() != frame.number || track.packet() != 0) return false;
  std::int64_t allowance = pacer_.allowance(moment.now_us);
  for (std::size_t left = frame.packets.size(); left > 0; --left) {
    if (allowance <= 0) return false;
    allowance -= TrackSender::kMaxPacket;
    if (!send_packet(track, frame, moment)) return false;
  }
  return true;
}

void Connection::skip_to(Feed& feed, const Frame& start) {
  TrackSender& track = *feed.track;
  const History& history = feed.view->history();
  // A cached group loses nothing that is still useful.
  if (track.is_video() && track.frame() >= feed.live_from)
    subscriber_->counters.groups_dropped.add(
        std::max<std::uint64_t>(history.groups_between(track.frame(), start.number), 1));
  track.go_to(start, *history.newest(), feed.view->stream().interval());
}

bool Connection::advance(Feed& feed, const TrackSender::Moment& moment, std::int64_t& budget) {
  TrackSender& track = *feed.track;
  const History& history = feed.view->history();
  while (track.started() && !history.empty() && track.frame() < history.end()) {
    const Frame* const frame = history.find(track.frame());
    const Frame* const start = history.group_start();
    const bool gone = frame == nullptr;
    if (gone && start == nullptr) {
      if (track.is_video()) {
        subscriber_->counters.groups_dropped.add(1);
        feed.view->stream().want_key();
      }
      track.wait_for_key();
      break;
    }
    if (gone || (start != nullptr && start->number > frame->number &&
                 history.newest()->arrived_us - frame->arrived_us > kMaxLagUs)) {
      skip_to(feed, *start);
      continue;
    }
    if (budget <= 0 || pacer_.allowance(moment.now_us) <= 0 || !send_packet(track, *frame, moment))
      return false;
    budget -= TrackSender::kMaxPacket;
  }
  return true;
}

bool Connection::advance(const TrackSender::Moment& moment, std::int64_t& budget) {
  if (!path_ || paused_ || !rtp_) return true;
  pacer_.set_demand(demand());
  for (Feed& feed : feeds_)
    if (!advance(feed, moment, budget)) return false;
  return true;
}

void Connection::pause() { paused_ = true; }

void Connection::resume(const TrackSender::Moment& moment) {
  paused_ = false;
  for (Feed& feed : feeds_) begin(feed);
  reported_us_ = 0;
  report(moment.now_us);
}

Connection::Feed* Connection::feed_of(std::uint32_t ssrc) {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(),
                                  [&](const Feed& feed) { return feed.track->ssrc() == ssrc; });
  return found == feeds_.end() ? nullptr : &*found;
}

bool Connection::on_rtcp(MutableBytes packet, const TrackSender::Moment& moment) {
  if (!rtcp_) return false;
  const auto size = rtcp_->unprotect(packet);
  if (!size) return false;
  moment_ = moment;
  heard_us_ = moment.now_us;
  return read_rtcp(packet.first(*size), *this);
}

void Connection::on_report(const ReportBlock& block) {
  const Feed* const feed = feed_of(block.ssrc);
  if (feed == nullptr) return;
  SubscriberCounters& counters = subscriber_->counters;
  if (block.last_sr != 0) {
    const auto now = static_cast<std::uint32_t>(ntp_of(moment_.now_us) >> 16);
    const auto round_trip =
        static_cast<std::int32_t>(now - block.last_sr - block.delay_since_last_sr);
    if (round_trip >= 0) counters.rtt_ms.set(round_trip * 1000.0 / 65536);
  }
  if (!feed->track->is_video()) return;
  const double lost = block.fraction_lost / 256.0;
  // Below 0 if more packets arrived than expected, because of duplicates (RFC 3550, section 6.4.1).
  counters.packets_lost.set(std::max(block.cumulative_lost, 0));
  counters.fraction_lost.set(lost);
  counters.jitter_ms.set(block.jitter * 1000.0 / feed->track->clock_rate());
  const std::uint64_t sent = counters.bytes_sent.get();
  const std::int64_t elapsed = moment_.now_us - reported_us_;
  if (reported_us_ != 0 && elapsed > 0) {
    const double rate =
        static_cast<double>(sent - reported_bytes_) * 8e6 / static_cast<double>(elapsed);
    pacer_.set_demand(demand());
    pacer_.on_report(lost, static_cast<std::uint64_t>(rate * (1 - lost)), counters.estimate.get());
  }
  reported_us_ = moment_.now_us;
  reported_bytes_ = sent;
}

void Connection::on_reference_time(std::uint32_t ssrc, std::uint64_t ntp) {
  // Until it knows the round trip, it requests lost packets at a guess: Chromium every 100 ms.
  if (!reference_time_) next_report_us_ = 0;
  reference_time_ = {ssrc, static_cast<std::uint32_t>(ntp >> 16), moment_.now_us};
}

void Connection::on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) {
  subscriber_->counters.nack_count.add(1);
  Feed* const feed = feed_of(media_ssrc);
  if (feed == nullptr || !path_ || paused_) return;
  TrackSender& track = *feed->track;
  const auto sent = track.find_sent(sequence);
  if (!sent) return;
  const Frame* const frame = feed->view->history().find_packet(sent->packet);
  if (frame == nullptr) return;
  const std::size_t payload = frame->packets[sent->packet - frame->first_packet].size;
  const auto rtt_us = static_cast<std::int64_t>(subscriber_->counters.rtt_ms.get() * 1000);
  if (!track.repairs().take(sent->index, payload, moment_.now_us, rtt_us, track.octets_sent()))
    return;
  if (send_again(track, *frame, *sent, sequence, moment_))
    subscriber_->counters.retransmitted_packets.add(1);
}

void Connection::replay(std::uint32_t ssrc) {
  Feed* const feed = feed_of(ssrc);
  if (feed == nullptr || !feed->track->is_video() || paused_) return;
  feed->view->stream().want_key();
  const TrackSender& track = *feed->track;
  // Already in progress, or requested too soon: receivers repeat requests until they get the group.
  if (track.started() && track.frame() <= track.edge()) return;
  if (moment_.now_us - replayed_us_ < replay_pause_us_) return;
  // If a viewer keeps losing frames, more data do not help.
  const bool again = moment_.now_us - replayed_us_ < kCalmUs;
  replay_pause_us_ = again ? std::min(2 * replay_pause_us_, kMostReplayUs) : kReplayUs;
  begin(*feed);
  replayed_us_ = moment_.now_us;
}

void Connection::on_picture_loss(std::uint32_t media_ssrc) {
  subscriber_->counters.pli_count.add(1);
  replay(media_ssrc);
}

void Connection::on_full_intra_request(std::uint32_t media_ssrc) {
  subscriber_->counters.fir_count.add(1);
  replay(media_ssrc);
}

void Connection::on_estimate(std::uint64_t bits_per_second) {
  subscriber_->counters.estimate.set(bits_per_second);
}

void Connection::on_transport_feedback(const TransportFeedback& feedback) {
  if (transport_estimate_)
    subscriber_->counters.estimate.set(transport_estimate_->on_feedback(feedback));
}

void Connection::report(std::int64_t now_us) {
  if (!rtcp_ || !path_ || paused_ || now_us < next_report_us_) return;
  bool any = false;
  for (Feed& feed : feeds_) any |= send_report(feed, now_us);
  if (!any) return;
  next_report_us_ = now_us + (reports_ < kEarlyReports ? kEarlyReportUs : kReportUs);
  ++reports_;
}

bool Connection::send_report(Feed& feed, std::int64_t now_us) {
  const TrackSender& track = *feed.track;
  if (!track.started() || track.packets_sent() == 0 || feed.view->history().empty()) return false;
  const Frame& newest = *feed.view->history().newest();
  const std::uint64_t now = ntp_of(now_us);
  // In 1/65536 s: the time since that frame was captured.
  const std::int64_t since = static_cast<std::int64_t>(now - newest.ntp) >> 16;
  const auto ticks = static_cast<std::uint32_t>(since * track.clock_rate() / 65536);
  std::array<std::uint8_t, kMaxSenderReport + kReferenceReply + RtcpProtector::kMaxOverhead> packet;
  std::size_t plain =
      write_sender_report(packet,
                          {track.ssrc(), now, track.on_subscribers_clock(newest.timestamp) + ticks,
                           track.packets_sent(), track.octets_sent()},
                          subscriber_->settings().cname);
  if (reference_time_) {
    const std::int64_t delay = (now_us - reference_time_->arrived_us) * 65536 / 1'000'000;
    plain += write_reference_reply(
        MutableBytes(packet).subspan(plain), track.ssrc(),
        {reference_time_->ssrc, reference_time_->ntp, static_cast<std::uint32_t>(delay)});
  }
  return send(Bytes{packet.data(), rtcp_->protect(packet, plain)});
}

} // namespace fanlight::fanout
