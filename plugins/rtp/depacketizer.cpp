#include "rtp/depacketizer.h"

#include <array>
#include <string>
#include <utility>

#include <gst/pbutils/codec-utils.h>

namespace fanlight {
namespace {

using h26x::AccessUnit;
using h26x::AccessUnitAssembler;
using h26x::Codec;
using Format = h26x::ParameterSets::Format;

std::optional<Codec> codec_of(const GstStructure* fields) {
  const char* const encoding = gst_structure_get_string(fields, "encoding-name");
  if (encoding == nullptr) return {};
  if (g_ascii_strcasecmp(encoding, "H264") == 0) return Codec::h264;
  if (g_ascii_strcasecmp(encoding, "H265") == 0) return Codec::h265;
  return {};
}

/// Takes sets in Base64, with commas between them (RFC 6184, section 8.1; RFC 7798, section 7.1).
void add_sets(AccessUnitAssembler& assembler, const GstStructure* fields, const char* name) {
  const char* const text = gst_structure_get_string(fields, name);
  if (text == nullptr) return;
  gchar** const parts = g_strsplit(text, ",", static_cast<int>(h26x::ParameterSets::kMostSets));
  for (gchar** part = parts; *part != nullptr; ++part) {
    if (**part == '\0') continue;
    gsize size = 0;
    guchar* const bytes = g_base64_decode(*part, &size);
    assembler.add_parameter_set({bytes, size});
    g_free(bytes);
  }
  g_strfreev(parts);
}

GstCaps* caps_of(Codec codec, const Format* format) {
  const bool h264 = codec == Codec::h264;
  GstCaps* const caps = gst_caps_new_simple(
      h264 ? "video/x-h264" : "video/x-h265", "stream-format", G_TYPE_STRING, "byte-stream",
      "alignment", G_TYPE_STRING, "au", "parsed", G_TYPE_BOOLEAN, TRUE, nullptr);
  if (format == nullptr) return caps;
  if (format->sps.width > 0 && format->sps.height > 0)
    gst_caps_set_simple(caps, "width", G_TYPE_INT, format->sps.width, "height", G_TYPE_INT,
                        format->sps.height, nullptr);
  const std::vector<std::uint8_t>& profile = format->profile;
  const auto size = static_cast<guint>(profile.size());
  if (h264)
    gst_codec_utils_h264_caps_set_level_and_profile(caps, profile.data(), size);
  else
    gst_codec_utils_h265_caps_set_level_tier_and_profile(caps, profile.data(), size);
  return caps;
}

/// A buffer that keeps the bytes where they are.
BufferRef buffer_of(AccessUnit unit) {
  auto* const bytes = new std::vector<std::uint8_t>(std::move(unit.bytes));
  GstBuffer* const buffer = gst_buffer_new_wrapped_full(
      GST_MEMORY_FLAG_READONLY, bytes->data(), bytes->size(), 0, bytes->size(), bytes,
      [](gpointer data) { delete static_cast<std::vector<std::uint8_t>*>(data); });
  GST_BUFFER_PTS(buffer) = unit.time;
  if (!unit.key) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (unit.discont) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  if (unit.damaged) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_CORRUPTED);
  GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_MARKER); // Ends an access unit.
  return BufferRef::adopt(buffer);
}

const char* to_string(AccessUnitAssembler::Markers markers) {
  switch (markers) {
  case AccessUnitAssembler::Markers::unproved: return "unproved";
  case AccessUnitAssembler::Markers::right: return "right";
  case AccessUnitAssembler::Markers::wrong: return "wrong";
  }
  return "";
}

} // namespace

Depacketizer::~Depacketizer() { gst_clear_caps(&input_caps_); }

bool Depacketizer::set_caps(const GstCaps* caps) {
  const GstStructure* const fields = gst_caps_get_structure(caps, 0);
  const auto codec = codec_of(fields);
  if (!codec) return false;
  gst_caps_replace(&input_caps_, const_cast<GstCaps*>(caps));
  // Caps also change for other reasons than a new stream.
  if (!assembler_ || assembler_->codec() != *codec) return begin(), true;
  for (const char* name : {"sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"})
    add_sets(*assembler_, fields, name);
  return true;
}

void Depacketizer::begin() {
  const GstStructure* const fields = gst_caps_get_structure(input_caps_, 0);
  assembler_.emplace(*codec_of(fields));
  format_ = nullptr;
  pictures_ = 0;
  told_ = 0;
  for (const char* name : {"sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"})
    add_sets(*assembler_, fields, name);
}

void Depacketizer::forget() {
  if (assembler_) begin();
  picture_us_ = -1;
  broken_ = false;
}

void Depacketizer::take(GstBuffer* packet, std::int64_t now_us) {
  if (!assembler_) return;
  GstMapInfo map;
  if (!gst_buffer_map(packet, &map, GST_MAP_READ)) return;
  if (const auto rtp = h26x::read_rtp_packet({map.data, map.size}))
    take(*rtp, GST_BUFFER_PTS(packet), now_us);
  else
    ++malformed_;
  gst_buffer_unmap(packet, &map);
}

void Depacketizer::take(const h26x::RtpPacket& packet, GstClockTime time, std::int64_t now_us) {
  if (!assembler_) return;
  timestamp_ = packet.timestamp;
  assembler_->take(packet, time);
  if (std::exchange(pictures_, assembler_->stats().pictures) != assembler_->stats().pictures)
    picture_us_ = now_us;
}

void Depacketizer::end() {
  if (assembler_) assembler_->end();
}

std::optional<Depacketizer::Output> Depacketizer::next() {
  auto unit = assembler_ ? assembler_->next() : std::nullopt;
  if (!unit) return {};
  Output output;
  if (unit->key && unit->format != format_) {
    format_ = unit->format;
    output.caps = caps_of(assembler_->codec(), format_.get());
  }
  broken_ = unit->damaged || (!unit->key && (broken_ || unit->discont));
  output.buffer = buffer_of(std::move(*unit));
  return output;
}

bool Depacketizer::wants_key_frame(std::int64_t now_us) {
  if (!assembler_ || picture_us_ < 0) return false;
  if (!assembler_->stats().waiting && !broken_) return false;
  if (requested_us_ && now_us - *requested_us_ < kRequestIntervalUs) return false;
  requested_us_ = now_us;
  ++requests_;
  return true;
}

std::string Depacketizer::complaint(std::int64_t now_us) {
  const std::uint64_t malformed = assembler_ ? assembler_->stats().malformed : 0;
  if (malformed == told_) return {};
  if (complained_us_ && now_us - *complained_us_ < kComplaintIntervalUs) return {};
  complained_us_ = now_us;
  told_ = malformed;
  const std::string type = std::to_string(assembler_->stats().malformed_type);
  return "packets that cannot be read: " + std::to_string(malformed) +
         " until now, the last with NAL unit type " + type;
}

Depacketizer::Stats Depacketizer::stats() const {
  Stats stats{
      .pictures = {}, .timestamp = timestamp_, .requests = requests_, .picture_us = picture_us_};
  if (assembler_) stats.pictures = assembler_->stats();
  stats.pictures.malformed += malformed_;
  return stats;
}

GstStructure* Depacketizer::to_structure(const Stats& stats, const char* name,
                                         std::int64_t now_us) {
  const guint64 age = stats.picture_us < 0
                          ? GST_CLOCK_TIME_NONE
                          : static_cast<guint64>(now_us - stats.picture_us) * GST_USECOND;
  // clang-format off
  return gst_structure_new(name,
      "timestamp", G_TYPE_UINT, stats.timestamp,
      "pictures", G_TYPE_UINT64, stats.pictures.pictures,
      "key-pictures", G_TYPE_UINT64, stats.pictures.key_pictures,
      "start-points", G_TYPE_UINT64, stats.pictures.start_points,
      "damaged-pictures", G_TYPE_UINT64, stats.pictures.damaged,
      "malformed-packets", G_TYPE_UINT64, stats.pictures.malformed,
      "key-frame-requests", G_TYPE_UINT64, stats.requests,
      "last-picture-age", G_TYPE_UINT64, age,
      "waiting", G_TYPE_BOOLEAN, gboolean{stats.pictures.waiting},
      "markers", G_TYPE_STRING, to_string(stats.pictures.markers),
      nullptr);
  // clang-format on
}

} // namespace fanlight
