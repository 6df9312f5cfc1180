#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gst/app/app.h>
#include <gst/gst.h>

#include "gst/ref.h"

namespace fanlight::test {

/// One RTP packet, as far as a test asks.
struct Packet {
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::string encoding; ///< encoding-name of the SDP.
};

/// A GStreamer client of one media of one RTSP camera. Every call waits for what it asks for.
class RtspReader {
 public:
  /// `encoding` is the encoding-name to take. Other media are not set up. Decoded data is raw I420
  /// or mono S16 at the rate of the codec: resampling would make up for the jitter of timestamps by
  /// leaving samples out.
  static RtspReader video(const std::string& url, const std::string& encoding = "H264",
                          const std::string& transport = "tcp");
  static RtspReader audio(const std::string& url, const std::string& encoding,
                          const std::string& transport = "tcp");
  /// H.264 and AAC of one camera, decoded: for strip() and sound_from().
  static RtspReader both(const std::string& url);
  RtspReader(RtspReader&&) = default;
  ~RtspReader();

  /// PAUSE and PLAY of RTSP. False when the camera did not answer.
  bool pause();
  void play();
  /// The value of the strip of the next decoded picture; empty when none came or it was unreadable.
  std::optional<std::uint32_t> strip();
  /// When the picture of the last strip() is to be shown, on the same scale as sound_from().
  GstClockTime strip_time() const { return strip_time_; }
  /// The next access unit, Annex B.
  std::optional<std::vector<std::uint8_t>> access_unit();
  std::optional<Packet> packet();
  /// At least `count` samples; fewer when they did not come in time.
  std::vector<std::int16_t> sound(std::size_t count);
  /// The same, with the time of the first of them: the next of reader `both`.
  std::pair<GstClockTime, std::vector<std::int16_t>> sound_from(std::size_t count);
  /// The first error the pipeline reports, as "domain code: message"; empty when none comes.
  std::string error();

 private:
  explicit RtspReader(const std::string& pipeline);
  Owned<GstSample, gst_sample_unref> pull(const char* sink);

  Ref<GstElement> pipeline_;
  GstClockTime strip_time_ = GST_CLOCK_TIME_NONE;
};

} // namespace fanlight::test
