#include "camsim/picture/cache.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "camsim/picture/encoder.h"

namespace fanlight::camsim {
namespace {

/// An advisory lock on a separate file, held until destruction (or the end of the process). If
/// `stop` comes first, it is constructed without the lock.
class FileLock {
 public:
  FileLock(const std::string& path, const std::stop_token& stop)
      : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    // Polls: nothing can interrupt a blocking flock().
    while (fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK &&
           !stop.stop_requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ~FileLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  const int fd_;
};

Result<std::vector<EncodedTrack>> encode(const CameraSpec& spec, std::stop_token stop) {
  std::vector<EncodedTrack> tracks;
  if (!spec.live) {
    for (const auto codec : spec.codecs) {
      auto track = encode_video(spec, codec, stop);
      if (!track) return track.error();
      tracks.push_back(std::move(*track));
    }
  }
  if (spec.audio != AudioCodec::none) {
    auto track = encode_audio(spec);
    if (!track) return track.error();
    tracks.push_back(std::move(*track));
  }
  return tracks;
}

} // namespace

std::string Cache::default_folder() {
  return std::string(g_get_user_cache_dir()) + "/fanlight-camsim";
}

std::string Cache::key(const CameraSpec& spec) {
  if (spec.live && spec.audio == AudioCodec::none) return {};
  std::string shape = std::to_string(kClipVersion) + "\n" + spec.label() + "\n" +
                      std::to_string(static_cast<int>(spec.audio)) + "\n" +
                      std::to_string(spec.tone) + "\n";
  if (spec.rate != CameraSpec{}.rate) shape += std::to_string(spec.rate) + " Hz\n";
  if (!spec.live) {
    for (const auto codec : spec.codecs) shape += video_encoder(spec, codec) + "\n";
    shape += std::to_string(spec.width) + "x" + std::to_string(spec.height) + "@" +
             std::to_string(spec.fps) + "\n" + std::to_string(loop_frames(spec)) + "\n";
  }
  return take_string(g_compute_checksum_for_string(G_CHECKSUM_SHA256, shape.c_str(), -1));
}

Result<std::shared_ptr<const Clip>>
Cache::clip(const CameraSpec& spec, const std::string& key,
            const std::function<void(const CameraSpec&)>& encoding, std::stop_token stop) {
  const std::string path = folder_ + "/" + key.substr(0, 32) + ".clip";
  if (auto clip = Clip::open(path)) return clip;

  const FileLock lock(path + ".lock", stop);
  if (auto clip = Clip::open(path)) return clip; // Another process was faster.
  encoding(spec);
  auto tracks = encode(spec, stop);
  if (!tracks) return tracks.error();
  if (auto written = write_clip(path, *tracks); !written) return written.error();
  return Clip::open(path);
}

Result<Cache::Clips> Cache::clips(const std::vector<CameraSpec>& cameras,
                                  const std::function<void(const CameraSpec&)>& encoding,
                                  std::stop_token stop) {
  if (g_mkdir_with_parents(folder_.c_str(), 0755) != 0)
    return Error{Errc::internal, "creating the cache " + folder_ + ": " + std::strerror(errno)};

  std::map<std::string, const CameraSpec*> wanted;
  for (const CameraSpec& camera : cameras) {
    if (const std::string k = key(camera); !k.empty()) wanted.emplace(k, &camera);
  }
  Clips done;
  std::optional<Error> failure;
  std::mutex mutex; // Protects everything above.
  const auto work = [&] {
    while (true) {
      std::unique_lock lock(mutex);
      if (wanted.empty() || failure || stop.stop_requested()) return;
      const auto [k, camera] = *wanted.begin();
      wanted.erase(wanted.begin());
      lock.unlock();
      auto made = clip(*camera, k, encoding, stop);
      lock.lock();
      if (made)
        done[k] = *made;
      else
        failure = made.error();
    }
  };
  {
    std::vector<std::jthread> workers;
    const auto count = std::min<std::size_t>(wanted.size(), std::thread::hardware_concurrency());
    for (std::size_t i = 1; i < count; ++i) workers.emplace_back(work);
    work();
  }
  if (stop.stop_requested()) return Error{Errc::conflict, "filling the cache: stopped"};
  if (failure) return *failure;
  return done;
}

} // namespace fanlight::camsim
