#include "base/file_watch.h"

#include <ctime>

#include <gio/gio.h>
#include <sys/stat.h>

#include "base/log.h"

namespace fanlight {

FileWatch::FileWatch(std::string path, std::function<void()> changed)
    : path_(std::move(path)), changed_(std::move(changed)) {
  GFile* const file = g_file_new_for_path(path_.c_str());
  GError* failure = nullptr;
  // GLib watches the folder, so it also notices a file that is replaced or created later.
  GFileMonitor* const monitor =
      g_file_monitor_file(file, G_FILE_MONITOR_WATCH_MOVES, nullptr, &failure);
  g_object_unref(file);
  if (monitor == nullptr) {
    log::warning("config", {{"file", path_}},
                 std::string("the server cannot watch this file, and will not notice changes; "
                             "reload the configuration after a change: ") +
                     failure->message);
    g_error_free(failure);
    return;
  }
  monitor_ = monitor;
  connection_ = g_signal_connect_swapped(
      monitor, "changed",
      G_CALLBACK(+[](FileWatch* self) { self->quiet_.once(kQuiet, self->changed_); }), this);
}

bool FileWatch::settled() const {
  struct stat status {};
  timespec now{};
  if (monitor_ == nullptr || stat(path_.c_str(), &status) != 0) return true;
  clock_gettime(CLOCK_REALTIME, &now);
  using std::chrono::nanoseconds;
  const auto age = std::chrono::seconds{now.tv_sec - status.st_mtim.tv_sec} +
                   nanoseconds{now.tv_nsec - status.st_mtim.tv_nsec};
  // A time in the future is due to a wrong clock, not to a write in progress.
  return age < nanoseconds{0} || age >= kQuiet / 2;
}

FileWatch::~FileWatch() {
  if (monitor_ == nullptr) return;
  g_signal_handler_disconnect(monitor_, connection_);
  g_file_monitor_cancel(static_cast<GFileMonitor*>(monitor_));
  g_object_unref(monitor_);
}

} // namespace fanlight
