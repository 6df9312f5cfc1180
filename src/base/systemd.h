#pragma once

#include <string>

#include "base/main_loop.h"

namespace fanlight::systemd {

/// Reports the state of the service to systemd (Type=notify, sd_notify(3)). Without systemd, every
/// call does nothing.
///
/// A timer of the main loop feeds the watchdog: if the main thread stalls, systemd restarts the
/// service. Threads: main only.
class Notifier {
 public:
  /// The service is ready: `status` is the text that `systemctl status` shows. Starts to feed the
  /// watchdog if the unit has WatchdogSec=.
  void ready(const std::string& status);
  /// The server reads its configuration again; `systemctl reload` waits until reloaded().
  void reloading();
  void reloaded(const std::string& status);
  /// The service is shutting down. The watchdog is fed until the end.
  void stopping(const std::string& status);

 private:
  Timer watchdog_;
};

} // namespace fanlight::systemd
