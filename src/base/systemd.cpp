#include "base/systemd.h"

#include <chrono>
#include <cstdint>
#include <ctime>

#include <systemd/sd-daemon.h>

#include "base/log_line.h"

namespace fanlight::systemd {
namespace {

// A newline ends a line of the protocol; plain_value() removes newlines from `status`.
void notify(const std::string& state, const std::string& status) {
  sd_notify(0, (state + "STATUS=" + log::plain_value(status, log::kShort.message)).c_str());
}

} // namespace

void Notifier::ready(const std::string& status) {
  notify("READY=1\n", status);
  std::uint64_t timeout_us = 0;
  if (sd_watchdog_enabled(0, &timeout_us) <= 0) return;
  // Half of the timeout, as sd_watchdog_enabled(3) advises.
  const auto period =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(timeout_us)) /
      2;
  sd_notify(0, "WATCHDOG=1");
  watchdog_.every(period, [] { sd_notify(0, "WATCHDOG=1"); });
}

// systemd 253 and later require the time (Type=notify-reload); earlier versions ignore it.
void Notifier::reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto us = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us)).c_str());
}

void Notifier::reloaded(const std::string& status) { notify("READY=1\n", status); }

void Notifier::stopping(const std::string& status) { notify("STOPPING=1\n", status); }

} // namespace fanlight::systemd
