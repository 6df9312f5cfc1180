#pragma once

#include <string>

#include "base/main_loop.h"

namespace fanlight::systemd {

/// Tells systemd how the service is doing (Type=notify, sd_notify(3)). Without systemd every call
/// is a no-op.
///
/// The watchdog is fed from a timer of the main loop: a stalled main thread stops feeding it and is
/// restarted. Threads: main only.
class Notifier {
 public:
  /// The service is up: `status` is what `systemctl status` shows. Starts feeding the watchdog
  /// where the unit asks for one (WatchdogSec=).
  void ready(const std::string& status);
  /// The configuration is being read again; until reloaded(), `systemctl reload` waits.
  void reloading();
  void reloaded(const std::string& status);
  /// A new line for `systemctl status`, without credentials.
  void status(const std::string& text);
  /// The service is on its way out. The watchdog is fed until the end.
  void stopping(const std::string& status);

 private:
  Timer watchdog_;
};

} // namespace fanlight::systemd
