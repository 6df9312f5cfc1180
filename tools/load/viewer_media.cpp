#include <algorithm>
#include <chrono>

#include "viewer.h"

namespace fanlight::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kReportEvery = 1s;
constexpr auto kSampleEvery = 1s;
constexpr int kSampleTries = 16;       // Frames in a row: not every frame has the SEI.
constexpr auto kAskForPicture = 200ms; // Like Chromium until it has a key frame.
constexpr std::uint32_t kVideoRate = 90000;
constexpr unsigned kTransportFeedback = 205; // RFC 4585, section 6.1.
constexpr unsigned kPayloadFeedback = 206;

std::int64_t realtime_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

} // namespace

void Viewer::on_keys(const SrtpKeys& keys) {
  srtp_.emplace(keys);
  times_.dtls = since_start();
  if (times_.ice < 0) times_.ice = times_.dtls;
  ++joins_.joined;
  joins_.join.add(times_.dtls);
  state_ = State::waiting;
  const Time now = Clock::now();
  consent_ = now;
  next_check_ = now + 5s;
  // Spreads the reports of viewers that joined at the same time.
  next_report_ = now + std::chrono::milliseconds(company_.random() % 1000);
  next_picture_request_ = now + kAskForPicture;
  link_->connect(remote_address_);
  plan(now);
}

void Viewer::on_rtp(std::span<std::uint8_t> packet, const Arrival& arrival) {
  const auto header = read_rtp(packet);
  if (!header) return;
  ++traffic_.received;
  traffic_.bytes += packet.size();
  dtls_.reset();
  const Settings& settings = company_.settings;
  if (settings.loss > 0 &&
      static_cast<double>(company_.random()) < settings.loss * std::mt19937::max()) {
    ++traffic_.dropped;
    return;
  }
  if (remote_->video[header->payload_type]) return on_video(*header, packet, arrival);
  if (remote_->rtx[header->payload_type]) return on_rtx(*header, packet);
  if (!remote_->audio[header->payload_type]) return;
  if (!audio_) audio_.emplace(header->ssrc, remote_->audio_rate, false);
  audio_->on_packet(header->sequence, header->timestamp, arrival.seen);
}

void Viewer::on_video(const RtpHeader& header, std::span<std::uint8_t> packet,
                      const Arrival& arrival) {
  if (!video_ || video_->ssrc() != header.ssrc) {
    if (video_) streams_before_ += video_->counts();
    if (times_.first_packet < 0) times_.first_packet = since_start();
    video_.emplace(header.ssrc, kVideoRate, remote_->nack && company_.settings.nack);
    lost_ = 0;
  }
  const auto missing = video_->counts().missing;
  const auto number = video_->on_packet(header.sequence, header.timestamp, arrival.seen);
  if (video_->counts().missing != missing)
    timer_.start(std::min(timer_.due(), video_->due().value_or(timer_.due())));
  if (!number) return;
  if (looking_) {
    if (const auto payload = open(header, packet, *number))
      look_for_key_frame(header, *number, *payload);
  } else {
    sample(header, *number, packet, arrival);
  }
  timestamp_ = header.timestamp;
}

/// RFC 4588: the first two bytes of the payload are the sequence number of the original packet;
/// marker and timestamp are those of the original.
void Viewer::on_rtx(const RtpHeader& header, std::span<std::uint8_t> packet) {
  rtx_number_ = rtx_number_ == 0 ? kFirstCycle + header.sequence
                                 : extend_sequence(rtx_number_, header.sequence);
  const auto payload = open(header, packet, rtx_number_);
  if (!video_ || !payload || payload->size() < 2) return;
  const auto number = video_->on_rtx(get16(*payload, 0));
  if (number && looking_) look_for_key_frame(header, *number, payload->subspan(2));
}

std::optional<Bytes> Viewer::open(const RtpHeader& header, std::span<std::uint8_t> packet,
                                  std::uint64_t number) {
  const auto plain = srtp_->open_rtp(packet, header.size, number - kFirstCycle);
  if (!plain) {
    ++traffic_.unauthentic;
    return {};
  }
  return Bytes{*plain}.subspan(header.size);
}

void Viewer::look_for_key_frame(const RtpHeader& header, std::uint64_t number, Bytes payload) {
  if (starts_key_frame(remote_->codec, payload) &&
      (!key_frame_ || key_frame_->timestamp != header.timestamp))
    key_frame_ = KeyFrame{header.timestamp, number, {}};
  if (!key_frame_) return;
  if (key_frame_->timestamp == header.timestamp) {
    key_frame_->first = std::min(key_frame_->first, number);
    if (header.marker) key_frame_->last = number;
  }
  if (key_frame_->last && video_->has_all(key_frame_->first, *key_frame_->last)) on_key_frame();
}

void Viewer::on_key_frame() {
  const Time now = Clock::now();
  looking_ = false;
  link_->join_crowd();
  key_frame_.reset();
  // The next frames come from the cache.
  next_sample_ = now + kSampleEvery + std::chrono::milliseconds(company_.random() % 1000);
  if (times_.key_frame >= 0) {
    company_.findings.healing.add(std::chrono::duration<double, std::milli>(now - broken_).count());
    return;
  }
  times_.key_frame = since_start();
  ++joins_.with_picture;
  joins_.key_frame.add(times_.key_frame);
  if (state_ == State::waiting) state_ = State::playing;
}

void Viewer::sample(const RtpHeader& header, std::uint64_t number, std::span<std::uint8_t> packet,
                    const Arrival& arrival) {
  if (!sample_) {
    // From the first packet of a frame.
    if (arrival.seen < next_sample_ || header.timestamp == timestamp_) return;
    sample_ = Sample{.timestamp = header.timestamp, .sent_us = {}};
  }
  if (header.timestamp != sample_->timestamp) return sample_.reset(); // Its end was lost.
  if (!sample_->sent_us && sample_->tries-- > 0) {
    const auto payload = open(header, packet, number);
    if (payload) sample_->sent_us = find_send_time(remote_->codec, *payload);
  }
  if (!header.marker) return;
  const std::int64_t now = realtime_ns();
  const std::int64_t noted = arrival.noted != 0 ? arrival.noted : now;
  const bool found = sample_->sent_us.has_value();
  if (found || ++samples_in_vain_ == kSampleTries) {
    samples_in_vain_ = 0;
    next_sample_ = arrival.seen + kSampleEvery;
    company_.findings.lag.add(static_cast<double>(now - noted) / 1e6);
  }
  if (found)
    company_.findings.transit.add(static_cast<double>(noted) / 1e6 -
                                  static_cast<double>(*sample_->sent_us) / 1e3);
  sample_.reset();
}

void Viewer::on_rtcp(std::span<std::uint8_t> packet, Time now) {
  const auto plain = srtp_->open_rtcp(packet);
  if (!plain) {
    ++traffic_.unauthentic;
    return;
  }
  for (std::size_t at = 0; at + 28 <= plain->size(); at += 4 + 4 * get16(*plain, at + 2)) {
    constexpr std::uint8_t kSenderReport = 200;
    if ((*plain)[at + 1] != kSenderReport) continue;
    for (auto* stream : {&video_, &audio_})
      if (*stream && get32(*plain, at + 4) == (*stream)->ssrc())
        (*stream)->on_sender_report(get32(*plain, at + 10), now);
  }
}

/// Requests missing packets, and key frames if losses cannot be repaired.
void Viewer::ask(Time now) {
  std::vector<std::uint8_t> fci;
  if (video_) {
    video_->append_due(fci, now);
    if (!fci.empty()) send_feedback(kTransportFeedback, 1, fci);
    if (const auto lost = video_->counts().lost; lost != lost_) {
      lost_ = lost;
      if (!looking_) {
        looking_ = true;
        broken_ = now;
        next_picture_request_ = now;
      }
      sample_.reset();
    }
  }
  if (audio_) audio_->append_due(fci, now); // Only gives up: audio is not requested again.
  if (looking_ && now >= next_picture_request_ && (video_ || remote_->ssrc != 0)) {
    next_picture_request_ = now + kAskForPicture;
    ++traffic_.plis;
    send_feedback(kPayloadFeedback, 1, {});
  }
}

void Viewer::report(Time now) {
  next_report_ = now + kReportEvery;
  const unsigned blocks = (video_ ? 1U : 0U) + (audio_ ? 1U : 0U);
  std::vector<std::uint8_t> packet;
  packet.reserve(128);
  put16(packet, static_cast<std::uint16_t>(0x80c9 | blocks << 8));
  put16(packet, static_cast<std::uint16_t>(1 + 6 * blocks));
  put32(packet, ssrc_);
  if (video_) video_->append_report(packet, now);
  if (audio_) audio_->append_report(packet, now);
  put16(packet, 0x81ca); // SDES with a CNAME of one letter, padded to four bytes.
  put16(packet, 2);
  put32(packet, ssrc_);
  put32(packet, 0x01016100);
  send_rtcp(packet);
}

void Viewer::send_feedback(unsigned type, unsigned format, Bytes fci) {
  std::vector<std::uint8_t> packet;
  packet.reserve(64 + fci.size());
  put16(packet, static_cast<std::uint16_t>(0x8000 | format << 8 | type));
  put16(packet, static_cast<std::uint16_t>(2 + fci.size() / 4));
  put32(packet, ssrc_);
  put32(packet, video_ ? video_->ssrc() : remote_->ssrc);
  packet.insert(packet.end(), fci.begin(), fci.end());
  send_rtcp(packet);
}

void Viewer::send_rtcp(std::vector<std::uint8_t>& packet) {
  srtp_->seal_rtcp(packet);
  send(packet);
}

} // namespace fanlight::load
