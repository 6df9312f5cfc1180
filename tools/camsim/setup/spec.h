#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "camsim/setup/faults.h"
#include "config/config.h"

namespace fanlight::camsim {

enum class H264Profile { baseline, main, high }; ///< baseline is constrained baseline.
enum class AudioCodec { none, aac, pcma, pcmu, opus, g726_16, g726_24, g726_32, g726_40, l16 };
enum class Auth { none, basic, digest, digest_sha256 }; ///< digest is by MD5.

/// One camera as configured. These are the default values.
struct CameraSpec {
  std::string id;   ///< [a-z0-9_-]{1,64}: the path of the URL.
  std::string name; ///< Text in the picture; empty: the id.
  std::vector<config::VideoCodec> codecs{config::VideoCodec::h264}; ///< One media each, in order.
  H264Profile profile = H264Profile::main;
  AudioCodec audio = AudioCodec::aac;
  int width = 640;
  int height = 360;
  int fps = 25;
  int bitrate = 1000; ///< kbit/s of each video media.
  int gop = 50;       ///< Frames between two IDR frames.
  int bframes = 0;
  int slices = 1;        ///< Of each picture.
  bool refresh = false;  ///< Intra refresh: recovery points, with an IDR frame only where the loop
                         ///< begins.
  int loop = 20;         ///< Minimum length of the loop in seconds; see loop_frames().
  int rate = 48000;      ///< Of AAC, Hz.
  int tone = 0;          ///< Hz; 0: depends on the label.
  int count = 1;         ///< Above 1: cameras id-1 .. id-count, which share one clip.
  bool live = false;     ///< Encoded in real time, with the wall clock in the strip.
  int mtu = 1400;        ///< Size limit of RTP packets, bytes.
  int stamp = 1;         ///< Every n-th frame has the SEI with its time of sending.
  std::string multicast; ///< IPv4 group to which it can send; empty: none.
  Auth auth = Auth::none;
  std::string user;
  std::string password;
  std::optional<Faults> faults; ///< From the start.

  const std::string& label() const { return name.empty() ? id : name; }
};

struct Listen {
  std::string host = "127.0.0.1";
  int port = 8554; ///< 0: a free one.
};

/// The contents of a configuration file.
struct Setup {
  Listen listen;
  std::optional<Listen> control; ///< None: no control server.
  std::optional<Listen> tls;     ///< None: no RTSPS.
  std::vector<CameraSpec> cameras;
};

/// `host:port`, `[v6]:port`.
Result<Listen> parse_listen(std::string_view text);

/// `id=front,codec=h264,...`: the keys of docs/camsim.md.
Result<CameraSpec> parse_camera(std::string_view text);

/// A YAML file with `listen` and `cameras`. Errors name file, line and what would be right.
Result<Setup> load_setup(const std::string& path);

/// Checks the faults of one camera that refer to other cameras. Errc::invalid.
Result<> check_faults(const Faults& faults, const CameraSpec& camera,
                      const std::vector<CameraSpec>& all);

/// Replaces each camera with a count by that many cameras, and rejects duplicate ids.
Result<std::vector<CameraSpec>> expand(std::vector<CameraSpec> cameras);

} // namespace fanlight::camsim
