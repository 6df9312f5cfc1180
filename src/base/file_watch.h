#pragma once

#include <functional>
#include <string>

#include "base/main_loop.h"

namespace fanlight {

/// Says when a file may have another content: written, replaced by a rename, created or removed.
/// Threads: main only.
class FileWatch {
 public:
  /// An editor writes in several steps: `changed` comes when nothing has happened for so long.
  static constexpr std::chrono::milliseconds kQuiet{250};

  FileWatch(std::string path, std::function<void()> changed);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  /// False: it was written to a moment ago, so it may be half of what it will be; `changed` is to
  /// come. Events of a file that is written for long are held back, so silence alone says little.
  bool settled() const;

 private:
  const std::string path_;
  const std::function<void()> changed_;
  void* monitor_ = nullptr; // GFileMonitor, owned.
  unsigned long connection_ = 0;
  Timer quiet_;
};

} // namespace fanlight
