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
enum class AudioCodec { none, aac, pcma, pcmu, opus };
enum class Auth { none, basic, digest, digest_sha256 }; ///< digest is by MD5.

/// One camera as asked for. The defaults here are the defaults.
struct CameraSpec {
  std::string id;   ///< [a-z0-9_-]{1,64}: the path of the URL.
  std::string name; ///< Burned into the picture; empty: the id.
  std::vector<config::VideoCodec> codecs{config::VideoCodec::h264}; ///< One media each, in order.
  H264Profile profile = H264Profile::main;
  AudioCodec audio = AudioCodec::aac;
  int width = 640;
  int height = 360;
  int fps = 25;
  int bitrate = 1000; ///< kbit/s of each video media.
  int gop = 50;       ///< Frames from one IDR to the next.
  int bframes = 0;
  int loop = 20;         ///< Seconds after which it repeats, at least; see loop_frames().
  int tone = 0;          ///< Hz; 0: from the label.
  int count = 1;         ///< Above 1: cameras id-1 .. id-count, which share one picture.
  bool live = false;     ///< Encoded in real time, the wall clock in the strip.
  int mtu = 1400;        ///< Bytes of an RTP packet at most.
  int stamp = 1;         ///< Of so many pictures one has the SEI that says when it was sent.
  std::string multicast; ///< The group it can send to, an IPv4 address; empty: none.
  Auth auth = Auth::none;
  std::string user;
  std::string password;
  std::optional<Faults> faults; ///< From the start on.

  const std::string& label() const { return name.empty() ? id : name; }
};

struct Listen {
  std::string host = "127.0.0.1";
  int port = 8554; ///< 0 takes a free one.
};

/// Everything a configuration file may say.
struct Setup {
  Listen listen;
  std::optional<Listen> control; ///< None: no commands.
  std::optional<Listen> tls;     ///< None: no RTSPS.
  std::vector<CameraSpec> cameras;
};

/// `host:port`, `[v6]:port`.
Result<Listen> parse_listen(std::string_view text);

/// `id=front,codec=h264,...`: the keys of docs/camsim.md.
Result<CameraSpec> parse_camera(std::string_view text);

/// A YAML file with `listen` and `cameras`. Errors name file, line and what would be right.
Result<Setup> load_setup(const std::string& path);

/// What only the other cameras can tell of the faults of one. Errc::invalid.
Result<> check_faults(const Faults& faults, const CameraSpec& camera,
                      const std::vector<CameraSpec>& all);

/// Replaces cameras with a count by that many, and refuses ids that come twice.
Result<std::vector<CameraSpec>> expand(std::vector<CameraSpec> cameras);

} // namespace fanlight::camsim
