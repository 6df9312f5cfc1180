#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <sys/epoll.h>

namespace fanlight::direct {

/// Room for what one system call brings, which all connections of a thread share.
///
/// What a connection could not use yet is put before it, so that it is read in one piece.
class Room {
 public:
  static constexpr std::size_t kFront = 384 * 1024;
  static constexpr std::size_t kSize = 256 * 1024;

  std::uint8_t* data() { return bytes_.get() + kFront; }

 private:
  const std::unique_ptr<std::uint8_t[]> bytes_{new std::uint8_t[kFront + kSize]};
};

/// A thread that reads the connections of many cameras. The process has a few of them for all.
///
/// Threads: post() and is_own() from any; the rest on the loop. Lifetime: it ends some time after
/// its last place was given up.
class Loop : public std::enable_shared_from_this<Loop> {
 public:
  static constexpr std::size_t kMostLoops = 4;
  /// A further thread begins when all have as many connections.
  static constexpr std::size_t kFew = 64;
  static constexpr int kTickMs = 250;
  static constexpr int kIdleMs = 5000;

  using Task = std::function<void()>;
  struct Reader {
    virtual ~Reader() = default;
    /// Its descriptor is ready: epoll events.
    virtual void on_ready(std::uint32_t events) = 0;
  };
  struct Member {
    virtual ~Member() = default;
    /// Every kTickMs, about. False: it is no longer a member.
    virtual bool on_tick(std::int64_t now_us) = 0;
  };

  /// The place of one connection in the loop that has the fewest.
  class Place {
   public:
    explicit Place(std::shared_ptr<Loop> loop) : loop_(std::move(loop)) {}
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Loop& loop() const { return *loop_; }

   private:
    const std::shared_ptr<Loop> loop_;
  };
  /// Null: the system has no thread or descriptor left.
  static std::unique_ptr<Place> enter();

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void post(Task task);
  bool is_own() const { return thread_ == std::this_thread::get_id(); }

  // On the loop.

  void add(std::shared_ptr<Member> member) { members_.push_back(std::move(member)); }
  bool watch(int descriptor, std::uint32_t events, Reader& reader);
  void change(int descriptor, std::uint32_t events, Reader& reader);
  /// Nothing more is told of it, even if something is ready now.
  void forget(int descriptor, Reader& reader);
  Room& room() { return room_; }

 private:
  bool is_good() const { return epoll_ >= 0 && wake_ >= 0; }
  bool start();
  void run();
  bool is_over(std::int64_t busy_us, std::int64_t now_us);
  void clear_wake();
  void run_tasks();
  void tick(std::int64_t now_us);

  const int epoll_;
  const int wake_;
  std::atomic<std::thread::id> thread_;
  std::size_t places_ = 0; ///< Protected by the lock of all loops.
  std::mutex lock_;        ///< Protects tasks_.
  std::vector<Task> tasks_;

  // Only on the loop.
  Room room_;
  std::vector<std::shared_ptr<Member>> members_;
  std::array<epoll_event, 64> events_{};
  int ready_ = 0; ///< Of events_.
};

/// Monotonic.
std::int64_t now_us();

} // namespace fanlight::direct
