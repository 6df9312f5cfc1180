#include "base/room.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

#include <glib.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace fanlight {
namespace {

namespace fs = std::filesystem;

Room reserved; // Main only.

/// The limits of this process. Never destroyed: reservations may end late.
RecentBounds& recent_bounds() {
  static auto* const recent = new RecentBounds{[] { return read_bounds(); }};
  return *recent;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

/// The number at the beginning of a file; none if the file does not exist or says "max".
std::optional<std::uint64_t> read_number(const fs::path& path) {
  std::string word;
  std::ifstream{path} >> word;
  return number(word);
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream{line};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(std::move(word));
  return words;
}

/// What /proc/PID/status says of a process (proc(5)).
struct Status {
  std::uint64_t uid = 0;
  std::uint64_t threads = 0;
  std::uint64_t capabilities = 0; ///< The effective set.
};

std::optional<Status> read_status(const fs::path& path) {
  std::ifstream file{path};
  Status status;
  bool found = false;
  for (std::string line; std::getline(file, line);) {
    const auto words = words_of(line);
    if (words.size() < 2) continue;
    if (words[0] == "Uid:") status.uid = number(words[1]).value_or(0);
    if (words[0] == "CapEff:") status.capabilities = std::strtoull(words[1].c_str(), nullptr, 16);
    if (words[0] != "Threads:") continue;
    status.threads = number(words[1]).value_or(0);
    found = true;
  }
  if (!found) return std::nullopt;
  return status;
}

/// The soft limit in a line of /proc/self/limits; none if unlimited.
std::optional<std::uint64_t> read_limit(const fs::path& proc, const std::string& name) {
  std::ifstream file{proc / "self/limits"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name)) {
      const auto words = words_of(line.substr(name.size()));
      return words.empty() ? std::nullopt : number(words[0]);
    }
  return std::nullopt;
}

/// Whether RLIMIT_NPROC does not apply: the kernel exempts root and the holders of two capabilities
/// in the initial user namespace (fork(2)).
bool is_exempt(const fs::path& proc, const Status& status) {
  constexpr std::uint64_t kSysAdmin = 1ULL << 21;
  constexpr std::uint64_t kSysResource = 1ULL << 24;
  std::string line;
  std::ifstream file{proc / "self/uid_map"};
  std::getline(file, line);
  const bool initial = words_of(line) == std::vector<std::string>{"0", "0", "4294967295"};
  return initial && (status.uid == 0 || (status.capabilities & (kSysAdmin | kSysResource)) != 0);
}

/// Counts the threads of all processes of the user.
std::uint64_t count_threads(const fs::path& proc, std::uint64_t uid) {
  std::uint64_t threads = 0;
  std::error_code failed;
  for (fs::directory_iterator entry{proc, failed}, end; !failed && entry != end;
       entry.increment(failed)) {
    if (!number(entry->path().filename().string())) continue;
    // On a busy machine, most processes belong to other users; their owner is cheap to read.
    struct stat owner {};
    if (stat(entry->path().c_str(), &owner) != 0 || owner.st_uid != uid) continue;
    const auto status = read_status(entry->path() / "status");
    if (status && status->uid == uid) threads += status->threads;
  }
  return threads;
}

void read_processes(const fs::path& proc, std::vector<Bound>& bounds) {
  const auto limit = read_limit(proc, "Max processes");
  const auto status = read_status(proc / "self/status");
  if (!limit || !status || is_exempt(proc, *status)) return;
  bounds.push_back({Bound::Of::threads, "RLIMIT_NPROC", *limit, count_threads(proc, status->uid),
                    "raise it for the user that runs the server (LimitNPROC= in the systemd unit, "
                    "ulimit -u)"});
}

/// The limits of the cgroup and of those above it: each applies to all below it.
void read_cgroup(const fs::path& mount, const fs::path& cgroup, std::vector<Bound>& bounds) {
  for (fs::path at = cgroup.relative_path();; at = at.parent_path()) {
    const auto limit = read_number(mount / at / "pids.max");
    const auto used = read_number(mount / at / "pids.current");
    if (limit && used)
      bounds.push_back({Bound::Of::threads, "pids.max", *limit, *used,
                        "raise it (TasksMax= in the systemd unit, docker run --pids-limit); it is "
                        "the limit of the cgroup /" +
                            at.string()});
    if (at.empty()) return;
  }
}

void read_cgroups(const fs::path& root, std::vector<Bound>& bounds) {
  const fs::path mounts = root / "sys/fs/cgroup";
  std::ifstream file{root / "proc/self/cgroup"};
  for (std::string line; std::getline(file, line);) { // NUMBER:CONTROLLERS:PATH, see cgroups(7).
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    // If the cgroup is outside the root of our namespace, only that root is visible.
    const bool outside = line.find("/..", second) != std::string::npos;
    const fs::path path = outside ? "/" : line.substr(second + 1);
    if (controllers == ",,") {
      read_cgroup(mounts, path, bounds);
      read_cgroup(mounts / "unified", path, bounds);
    } else if (controllers.find(",pids,") != std::string::npos) {
      read_cgroup(mounts / "pids", path, bounds);
    }
  }
}

void read_kernel(const fs::path& proc, std::vector<Bound>& bounds) {
  std::string line;
  std::ifstream file{proc /
                     "loadavg"}; // "0.20 0.18 0.12 1/80 11206": threads are behind the slash.
  std::getline(file, line);
  const auto slash = line.find('/');
  if (slash == std::string::npos) return;
  const auto used = number(line.substr(slash + 1));
  for (const char* name : {"threads-max", "pid_max"})
    if (const auto limit = read_number(proc / "sys/kernel" / name); limit && used)
      bounds.push_back({Bound::Of::threads, "kernel." + std::string{name}, *limit, *used,
                        "raise it (sysctl kernel." + std::string{name} + ")"});
}

std::uint64_t count_descriptors(const fs::path& folder) {
  // Since Linux 6.2, the size of the folder is the number of descriptors, which may be tens of
  // thousands.
  struct statfs system {};
  struct stat status {};
  if (statfs(folder.c_str(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC &&
      stat(folder.c_str(), &status) == 0 && status.st_size > 0)
    return static_cast<std::uint64_t>(status.st_size);
  std::error_code failed;
  std::uint64_t count = 0;
  for (fs::directory_iterator entry{folder, failed}, end; !failed && entry != end;
       entry.increment(failed))
    ++count;
  return count;
}

void read_descriptors(const fs::path& proc, std::vector<Bound>& bounds) {
  const auto limit = read_limit(proc, "Max open files");
  if (!limit) return;
  bounds.push_back({Bound::Of::descriptors, "RLIMIT_NOFILE", *limit,
                    count_descriptors(proc / "self/fd"),
                    "raise it (LimitNOFILE= in the systemd unit, ulimit -n, docker run --ulimit "
                    "nofile=N)"});
}

} // namespace

std::vector<Bound> read_bounds(const fs::path& root) {
  std::vector<Bound> bounds;
  const fs::path proc = root / "proc";
  read_cgroups(root, bounds);
  read_processes(proc, bounds);
  read_kernel(proc, bounds);
  read_descriptors(proc, bounds);
  return bounds;
}

const Bound* tightest(const std::vector<Bound>& bounds, Bound::Of of) {
  const Bound* found = nullptr;
  for (const Bound& bound : bounds)
    if (bound.of == of && (found == nullptr || bound.left() < found->left())) found = &bound;
  return found;
}

const std::vector<Bound>& RecentBounds::at(std::int64_t now_us) {
  constexpr std::int64_t kAge = 100'000;
  if (!read_at_us_ || now_us - *read_at_us_ >= kAge) {
    bounds_ = read_();
    read_at_us_ = now_us;
  }
  return bounds_;
}

void RecentBounds::count(Room room) {
  for (Bound& bound : bounds_)
    bound.used += bound.of == Bound::Of::threads ? room.threads : room.descriptors;
}

Reservation::Reservation(Room room) : room_(room) {
  reserved.threads += room.threads;
  reserved.descriptors += room.descriptors;
}

Reservation::~Reservation() {
  reserved.threads -= room_.threads;
  reserved.descriptors -= room_.descriptors;
  recent_bounds().count(room_);
}

Result<Reservation> Reservation::take(Room room, Room spare, const Reason& purpose) {
  return take(room, spare, purpose, recent_bounds().at(g_get_monotonic_time()));
}

Result<Reservation> Reservation::take(Room room, Room spare, const Reason& purpose,
                                      const std::vector<Bound>& bounds) {
  struct Kind {
    Bound::Of of;
    Reason name;
    std::uint64_t promised;
    std::uint64_t needed;
  };
  const Kind kinds[]{{Bound::Of::threads,
                      {"threads"_reason, "threads"},
                      reserved.threads,
                      room.threads + spare.threads},
                     {Bound::Of::descriptors,
                      {"file_descriptors"_reason, "file descriptors"},
                      reserved.descriptors,
                      room.descriptors + spare.descriptors}};
  for (const Kind& kind : kinds) {
    const Bound* bound = tightest(bounds, kind.of);
    if (bound == nullptr || bound->left() >= kind.promised + kind.needed) continue;
    return Error{Errc::busy,
                 Reason{"no_room"_reason,
                        "the server has no {kind} left for {purpose} ({bound} is {limit}, {used} "
                        "are in use or reserved, and {needed} must be free)",
                        {{"kind", {kind.name}},
                         {"purpose", {purpose}},
                         {"bound", bound->name},
                         {"limit", bound->limit},
                         {"used", bound->used + kind.promised},
                         {"needed", kind.needed}}}};
  }
  return Reservation{room};
}

} // namespace fanlight
