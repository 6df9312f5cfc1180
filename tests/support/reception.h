#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <gst/gst.h>

#include "tone_meter.h"

namespace fanlight::support {

/// What one viewer has received; a copy.
struct Received {
  std::string video_codec; ///< Encoding name of RTP: "H265".
  std::string audio_codec;
  std::uint64_t pictures = 0;   ///< Decoded; without decoding: markers seen.
  std::uint64_t unreadable = 0; ///< Decoded pictures without a readable strip.
  std::uint64_t gaps = 0;       ///< Strip values that neither followed the one before nor were 0.
  std::optional<std::uint32_t> first_value;
  std::optional<std::uint32_t> last_value;
  std::uint64_t video_packets = 0;
  std::uint64_t audio_packets = 0;
  std::uint64_t datagrams = 0; ///< Of RTP, as they came from the network, retransmissions too.
  std::uint64_t missed = 0;    ///< Sequence numbers that were skipped there.
  std::uint64_t lost = 0;      ///< Those that were missing still behind the jitter buffer.
  std::uint64_t bytes = 0;
  int width = 0;
  int height = 0;
  std::optional<double> audio_level;  ///< Loudest RMS so far, dB below full scale.
  std::optional<double> audio_tone;   ///< Of the tone listened for: the highest share so far.
  std::int64_t first_datagram_at = 0; ///< g_get_monotonic_time(); 0: none yet.
  std::int64_t first_packet_at = 0;   ///< Behind the jitter buffer.
  std::int64_t first_picture_at = 0;
};

/// Counts and, where asked to, decodes what comes out of one webrtcbin.
///
/// Threads: any. Held by shared_ptr in the closures of GStreamer's threads.
class Reception : public std::enable_shared_from_this<Reception> {
 public:
  /// `on_news` is called on main: at the first packet, at every decoded picture, and now and then.
  /// Of `drop_every` datagrams of RTP one is lost on the way; 0: none.
  Reception(bool decode, unsigned drop_every, std::function<void()> on_news);

  /// Measures how much of the sound is a tone of that frequency. Before watch().
  void listen_for(int hz) { tone_.emplace(hz); }
  /// Connects to webrtcbin's pads as they come; the elements go into `pipeline`.
  void watch(GstElement* pipeline, GstElement* webrtcbin);
  void on_level(double rms);
  Received received() const;

 private:
  void on_pad(GstElement* pipeline, GstPad* pad);
  void on_element(GstElement* element);
  bool on_datagram(GstBuffer* buffer); // False: it is lost.
  void on_sound(GstPad* pad, GstBuffer* buffer);
  void on_packet(GstBuffer* buffer, bool video, std::optional<std::uint16_t>& last_sequence);
  void on_sample(GstElement* appsink);
  void tell();

  const bool decode_;
  const unsigned drop_every_;
  const std::function<void()> on_news_;
  mutable std::mutex mutex_; // Protects what follows.
  Received received_;
  std::optional<ToneMeter> tone_;
  std::uint64_t arrived_ = 0;                        // Datagrams of RTP, dropped ones too.
  std::map<std::uint32_t, std::uint16_t> sequences_; // The highest of each SSRC on the network.
};

} // namespace fanlight::support
