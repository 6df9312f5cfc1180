#include "webrtcfanout/stream/key_frame.h"

namespace fanlight::fanout {
namespace {

bool is_key_h264(unsigned type) { return type == 5; }
bool is_key_h265(unsigned type) { return type >= 16 && type <= 23; }

/// Whether an aggregation packet, in which each NAL unit follows its length, contains a key one.
template <typename IsKey> bool any_aggregated(Bytes units, IsKey is_key) {
  while (units.size() > 2) {
    const std::size_t size = read_u16(units.data());
    if (size > 0 && is_key(units[2])) return true;
    if (units.size() < 2 + size) return false;
    units = units.subspan(2 + size);
  }
  return false;
}

bool has_key_h264(Bytes payload) {
  constexpr unsigned kStapA = 24;
  constexpr unsigned kFuA = 28;
  const unsigned type = payload[0] & 31;
  if (type == kStapA)
    return any_aggregated(payload.subspan(1), [](unsigned b) { return is_key_h264(b & 31); });
  if (type == kFuA)
    return payload.size() > 1 && (payload[1] & 0x80) != 0 && is_key_h264(payload[1] & 31);
  return is_key_h264(type);
}

bool has_key_h265(Bytes payload) {
  constexpr unsigned kAggregation = 48;
  constexpr unsigned kFragment = 49;
  const unsigned type = payload[0] >> 1 & 63;
  if (payload.size() < 3) return false;
  if (type == kAggregation)
    return any_aggregated(payload.subspan(2), [](unsigned b) { return is_key_h265(b >> 1 & 63); });
  if (type == kFragment) return (payload[2] & 0x80) != 0 && is_key_h265(payload[2] & 63);
  return is_key_h265(type);
}

} // namespace

bool knows_key_pictures(std::string_view encoding) {
  return encoding == "H264" || encoding == "H265";
}

bool has_key_picture(std::string_view encoding, Bytes payload) {
  if (payload.empty()) return false;
  if (encoding == "H264") return has_key_h264(payload);
  if (encoding == "H265") return has_key_h265(payload);
  return false;
}

bool is_delimiter(std::string_view encoding, Bytes payload) {
  if (payload.empty()) return false;
  if (encoding == "H264") return (payload[0] & 0x1f) == 9;
  return encoding == "H265" && (payload[0] >> 1 & 0x3f) == 35;
}

} // namespace fanlight::fanout
