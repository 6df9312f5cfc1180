#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "camsim/picture/clip.h"
#include "camsim/setup/spec.h"

namespace fanlight::camsim {

/// Encoded clips on disk, one file each, named by a hash of all settings that affect them. Several
/// processes may use the same folder: the first one encodes, the others wait for it.
class Cache {
 public:
  explicit Cache(std::string folder) : folder_(std::move(folder)) {}

  /// $XDG_CACHE_HOME/fanlight-camsim.
  static std::string default_folder();

  /// The clips of `cameras`, by key(). Encodes as many at a time as there are CPUs. Calls
  /// `encoding`, on any thread, for each camera that is not in the cache yet. Blocks; fails soon
  /// after `stop` is requested.
  using Clips = std::map<std::string, std::shared_ptr<const Clip>>;
  Result<Clips> clips(const std::vector<CameraSpec>& cameras,
                      const std::function<void(const CameraSpec&)>& encoding, std::stop_token stop);

  /// The same for cameras that share a clip; empty for a camera without one (live, without sound).
  static std::string key(const CameraSpec& spec);

 private:
  Result<std::shared_ptr<const Clip>> clip(const CameraSpec& spec, const std::string& key,
                                           const std::function<void(const CameraSpec&)>& encoding,
                                           std::stop_token stop);
  const std::string folder_;
};

} // namespace fanlight::camsim
