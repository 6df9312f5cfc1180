#pragma once

#include <functional>
#include <string>

#include "base/main_loop.h"

namespace fanlight {

/// Reports that the content of a file may have changed: written, replaced by a rename, created or
/// removed. Threads: main only.
class FileWatch {
 public:
  /// Editors write in several steps: `changed` is called after this time without an event.
  static constexpr std::chrono::milliseconds kQuiet{250};

  FileWatch(std::string path, std::function<void()> changed);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  /// False: the file was written a moment ago and may be incomplete; `changed` will be called. GLib
  /// delays the events of a file that is being written, so the absence of events alone does not say
  /// that it is complete.
  bool settled() const;

 private:
  const std::string path_;
  const std::function<void()> changed_;
  void* monitor_ = nullptr; // GFileMonitor, owned.
  unsigned long connection_ = 0;
  Timer quiet_;
};

} // namespace fanlight
