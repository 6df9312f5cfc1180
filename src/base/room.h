#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fanlight {

/// A limit of the system on the threads or the descriptors of this process.
struct Bound {
  enum class Of { threads, descriptors };
  Of of = Of::threads;
  std::string name; ///< Shown to clients, too: pids.max, RLIMIT_NPROC, ...
  std::uint64_t limit = 0;
  std::uint64_t used = 0; ///< By everything that the limit counts, other processes included.
  std::string remedy;     ///< For the operator: how to raise the limit.

  std::uint64_t left() const { return limit > used ? limit - used : 0; }
};

/// Reads the limits of this process below `root`, which only tests change: pids.max of its cgroup
/// and of those above it (version 1 and 2), RLIMIT_NPROC if it applies, kernel.threads-max and
/// kernel.pid_max, RLIMIT_NOFILE. A limit that cannot be read does not count.
std::vector<Bound> read_bounds(const std::filesystem::path& root = "/");

/// The limit that leaves the least; null: there is no limit.
const Bound* tightest(const std::vector<Bound>& bounds, Bound::Of of);

/// Threads and descriptors that one viewer or one camera needs.
struct Room {
  std::uint32_t threads = 0;
  std::uint32_t descriptors = 0;
};

/// The limits with a short cache: to count the threads of a user takes reading all of /proc. Main
/// only.
class RecentBounds {
 public:
  using Read = std::function<std::vector<Bound>()>;

  explicit RecentBounds(Read read) : read_(std::move(read)) {}
  /// The limits as read at most 100 ms before `now_us`, of the caller's clock.
  const std::vector<Bound>& at(std::int64_t now_us);
  /// A reservation of `room` has ended: its threads and descriptors now exist, but did not when the
  /// limits were read.
  void count(Room room);

 private:
  const Read read_;
  std::optional<std::int64_t> read_at_us_;
  std::vector<Bound> bounds_;
};

/// Reserves threads and descriptors that are about to be created. Ends when they exist and the
/// system counts them. Main only.
class Reservation {
 public:
  /// Errc::busy, with the reason, if less than `room` and `spare` would be left: GLib and GStreamer
  /// abort the process if a thread cannot be started, so this must never happen. `purpose` is, for
  /// example, "another viewer on webrtcbin".
  static Result<Reservation> take(Room room, Room spare, const Reason& purpose);
  /// The same, with these limits.
  static Result<Reservation> take(Room room, Room spare, const Reason& purpose,
                                  const std::vector<Bound>& bounds);

  Reservation(Reservation&& other) noexcept : room_(std::exchange(other.room_, {})) {}
  Reservation& operator=(Reservation&& other) noexcept {
    std::swap(room_, other.room_);
    return *this;
  }
  ~Reservation();

 private:
  explicit Reservation(Room room);
  Room room_;
};

} // namespace fanlight
