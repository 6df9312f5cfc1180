#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "gst/ref.h"

namespace fanlight::test {

/// Takes one media of many cameras at once, over TCP, and counts what comes. Does not decode, and
/// asks for no other media.
class CameraWall {
 public:
  CameraWall(const std::vector<std::string>& urls, const std::string& media);
  ~CameraWall();

  /// Waits until every camera has sent that many RTP packets; names those that had not after half
  /// a minute, with the errors there were.
  std::string wait_for_buffers(int count);

 private:
  const std::vector<std::string> urls_;
  const std::string media_;
  Ref<GstElement> pipeline_;
  std::mutex mutex_; // Protects buffers_.
  std::condition_variable changed_;
  std::map<std::string, int> buffers_; ///< By name of the sink.
};

} // namespace fanlight::test
