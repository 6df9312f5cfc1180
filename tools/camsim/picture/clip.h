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
  std::uint32_t display = 0; ///< Its place in the order of presentation.
  bool key = false;
};

/// One elementary stream of a clip. Video is length-prefixed slices only: the parameter sets are
/// in `headers`, everything else an encoder writes is left out.
struct Track {
  std::optional<config::VideoCodec> video; ///< Empty: audio.
  std::string caps;                        ///< What a payloader is given, codec_data included.
  std::vector<std::string> headers;        ///< Parameter sets in order, bare NAL units.
  /// Each unit lasts numerator / denominator seconds.
  std::uint64_t numerator = 1;
  std::uint64_t denominator = 1;
  std::vector<Unit> units;

  /// When unit `n` counted over all loops begins, ns after the start.
  std::uint64_t time_of(std::uint64_t n) const;
};

/// gst_memory_unref() is inline, which no template argument of a header may be.
void unref_memory(GstMemory* memory);

/// What a looped camera plays: its tracks, each a whole loop of its own length.
///
/// The bytes are a mapped file, shared by all that play it. Immutable; any thread.
class Clip {
 public:
  /// Errc::not_found without the file, Errc::invalid for anything else than a whole clip of this
  /// version.
  static Result<std::shared_ptr<const Clip>> open(const std::string& path);

  const std::vector<Track>& tracks() const { return tracks_; }
  /// The bytes of a unit as memory that keeps the clip's file mapped.
  GstMemory* unit_memory(const Unit& unit) const; ///< (transfer full)

 private:
  Clip() = default;
  std::vector<Track> tracks_;
  Owned<GstMemory, unref_memory> bytes_;
};

/// A track with its bytes, as the encoder hands it over.
struct EncodedTrack {
  Track track; ///< Offsets count from the start of `bytes`.
  std::string bytes;
};

/// Changes with whatever would make old files wrong: this format, the pictures, the encoders'
/// settings.
constexpr std::uint32_t kClipVersion = 1;

/// Writes a temporary file beside `path` and renames it, so that a reader sees all of it or none.
Result<> write_clip(const std::string& path, const std::vector<EncodedTrack>& tracks);

} // namespace fanlight::camsim
