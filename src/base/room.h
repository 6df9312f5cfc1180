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

/// A bound of the system on the threads or the descriptors of this process.
struct Bound {
  enum class Of { threads, descriptors };
  Of of = Of::threads;
  std::string name; ///< For clients, too: pids.max, RLIMIT_NPROC, ...
  std::uint64_t limit = 0;
  std::uint64_t used = 0; ///< By all that it counts, of other processes too.
  std::string remedy;     ///< For an operator: how to raise it.

  std::uint64_t left() const { return limit > used ? limit - used : 0; }
};

/// Reads below `root`, "/" but in tests, what bounds this process: the cgroup's pids.max and those
/// of the cgroups above it (version 1 and 2), RLIMIT_NPROC where it binds, kernel.threads-max and
/// kernel.pid_max, RLIMIT_NOFILE. What cannot be read does not bound.
std::vector<Bound> read_bounds(const std::filesystem::path& root = "/");

/// The one that leaves least; null: nothing bounds them.
const Bound* tightest(const std::vector<Bound>& bounds, Bound::Of of);

/// Threads and descriptors, of one viewer or one camera.
struct Room {
  std::uint32_t threads = 0;
  std::uint32_t descriptors = 0;
};

/// The bounds as they were a moment ago: to count the threads of a user, all of /proc is read. Main
/// only.
class RecentBounds {
 public:
  using Read = std::function<std::vector<Bound>()>;

  explicit RecentBounds(Read read) : read_(std::move(read)) {}
  /// Those that were read at most 100 ms before `now_us`, of the caller's clock.
  const std::vector<Bound>& at(std::int64_t now_us);
  /// `room` is reserved no more: what it was for is there, and was not when they were read.
  void count(Room room);

 private:
  const Read read_;
  std::optional<std::int64_t> read_at_us_;
  std::vector<Bound> bounds_;
};

/// Keeps room for threads that will be started and descriptors that will be opened until it ends,
/// when they are there and count by themselves. Main only.
class Reservation {
 public:
  /// Errc::busy where less than `room` and `spare` would be left, in words: GLib and GStreamer end
  /// the process when a thread cannot be started, so it must not come to that. `what` is, for
  /// example, "another viewer on webrtcbin".
  static Result<Reservation> take(Room room, Room spare, const std::string& what);
  /// The same, of these bounds.
  static Result<Reservation> take(Room room, Room spare, const std::string& what,
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
