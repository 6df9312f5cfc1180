#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "gst/ref.h"

namespace fanlight::camsim {

/// One access unit of video, or one frame of audio.
struct Unit {
  std::uint64_t offset = 0; ///< In the clip's bytes.
  std::uint32_t size = 0;
  std::uint32_t display = 0; ///< Its index in display order.
  bool key = false;
};

/// One elementary stream of a clip. Video consists of length-prefixed slices; the parameter sets
/// are in `headers`, and the encoder's other NAL units are left out.
struct Track {
  std::optional<config::VideoCodec> video; ///< Empty: audio.
  std::string caps;                        ///< The payloader's input, codec_data included.
  std::vector<std::string> headers;        ///< Parameter sets in order, bare NAL units.
  /// Each unit lasts numerator / denominator seconds.
  std::uint64_t numerator = 1;
  std::uint64_t denominator = 1;
  std::vector<Unit> units;

  /// When unit `n`, counted over all loops, begins, ns after the start.
  std::uint64_t time_of(std::uint64_t n) const;
};

/// gst_memory_unref() is inline, so it cannot be a template argument in a header.
void unref_memory(GstMemory* memory);

/// The media of a looped camera: tracks, each with a complete loop of its own length.
///
/// The bytes are a mapped file, shared by all users. Immutable; any thread.
class Clip {
 public:
  /// Errc::not_found without the file, Errc::invalid if it is not a complete clip of this version.
  static Result<std::shared_ptr<const Clip>> open(const std::string& path);

  const std::vector<Track>& tracks() const { return tracks_; }
  /// The bytes of a unit as memory that keeps the clip's file mapped.
  GstMemory* unit_memory(const Unit& unit) const; ///< (transfer full)

 private:
  Clip() = default;
  std::vector<Track> tracks_;
  Owned<GstMemory, unref_memory> bytes_;
};

/// A track with its bytes, as the encoder returns it.
struct EncodedTrack {
  Track track; ///< Offsets count from the start of `bytes`.
  std::string bytes;
};

/// Must change when old files become wrong: with the format, the pictures, or the encoders'
/// settings.
constexpr std::uint32_t kClipVersion = 1;

/// Writes a temporary file beside `path` and renames it, so that readers see all of it or nothing.
Result<> write_clip(const std::string& path, const std::vector<EncodedTrack>& tracks);

} // namespace fanlight::camsim
